import KubeObjects
import Testing

struct LabelSelectorTests {
    struct MatchCase: Sendable, CustomTestStringConvertible {
        var selector: String
        /// Which of the four objects match: a {app: x, tier: 1}, b {app: x}, c {app: y}, d {}.
        var matches: String
        var testDescription: String { selector }
    }

    private static let objects: [(name: String, labels: [String: String])] = [
        ("a", ["app": "x", "tier": "1"]), ("b", ["app": "x"]), ("c", ["app": "y"]), ("d", [:]),
    ]

    static let matches: [MatchCase] = [
        MatchCase(selector: "", matches: "abcd"), MatchCase(selector: " ", matches: "abcd"),
        MatchCase(selector: "app=x", matches: "ab"), MatchCase(selector: "app==x", matches: "ab"),
        MatchCase(selector: "app!=x", matches: "cd"), MatchCase(selector: "app", matches: "abc"),
        MatchCase(selector: "!app", matches: "d"), MatchCase(selector: "! app", matches: "d"),
        MatchCase(selector: "app in (x,y)", matches: "abc"), MatchCase(selector: "app in ( x , y )", matches: "abc"),
        MatchCase(selector: "app notin (x)", matches: "cd"), MatchCase(selector: "app=x,tier=1", matches: "a"),
        MatchCase(selector: "app=x,!tier", matches: "b"), MatchCase(selector: "tier>0", matches: "a"),
        MatchCase(selector: "tier<1", matches: ""), MatchCase(selector: "app>0", matches: ""),
        MatchCase(selector: "app=", matches: ""), MatchCase(selector: "app in ()", matches: ""),
        MatchCase(selector: "app notin (,x)", matches: "cd"), MatchCase(selector: "app in(in,notin,x)", matches: "ab"),
        MatchCase(selector: "in in (in)", matches: ""), MatchCase(selector: "example.com/app=x", matches: ""),
    ]

    @Test(arguments: matches) func selects(_ given: MatchCase) throws {
        let selector = try LabelSelector(parsing: given.selector)
        let found = Self.objects.filter { selector.matches($0.labels) }.map(\.name).joined()
        #expect(found == given.matches)
        let inMetadata = Self.objects.filter { _, labels in
            let members = JSONObject(labels.map { ($0, JSONValue.string($1)) })
            return selector.matches(KubeObject(["metadata": ["labels": .object(members)]]))
        }
        #expect(inMetadata.map(\.name).joined() == given.matches)
        #expect(try LabelSelector(parsing: selector.description) == selector)
    }

    struct FaultCase: Sendable, CustomTestStringConvertible {
        var selector: String
        var message: String
        var testDescription: String { selector }
    }

    static let faults: [FaultCase] = [
        FaultCase(selector: "app in x", message: "unable to parse requirement: found 'x' expected: '('"),
        FaultCase(selector: "app in (x", message: "unable to parse requirement: found '', expected: ',' or ')'"),
        FaultCase(selector: "app=x y", message: "found 'y', expected: ',' or 'end of string'"),
        FaultCase(selector: "app=x,", message: "found '', expected: identifier after ','"),
        FaultCase(selector: ",app", message: "found ',', expected: !, identifier, or 'end of string'"),
        FaultCase(
            selector: "app x", message: "unable to parse requirement: found 'x', expected: in, notin, =, ==, !=, gt, lt"
        ),
        FaultCase(selector: "!", message: "unable to parse requirement: found '', expected: identifier"),
        FaultCase(selector: "app=(", message: "unable to parse requirement: found '(', expected: identifier"),
        FaultCase(
            selector: "tier>x",
            message:
                "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value "
                + "must be an integer"),
        FaultCase(
            selector: "app=a_",
            message: "unable to parse requirement: values[0][app]: Invalid value: \"a_\": "
                + NameValidation.labelValue("a_").joined()),
        FaultCase(
            selector: "a/b/c",
            message: "unable to parse requirement: <nil>: Invalid value: \"a/b/c\": "
                + NameValidation.labelName("a/b/c").joined()),
    ]

    @Test(arguments: faults) func faultsHaveTheServersWords(_ given: FaultCase) {
        #expect(throws: SelectorError(given.message)) { try LabelSelector(parsing: given.selector) }
    }

    @Test func readsAndWritesTheObjectForm() throws {
        let json: JSONValue = [
            "matchLabels": ["app": "x"],
            "matchExpressions": [
                ["key": "tier", "operator": "In", "values": ["1", "2"]], ["key": "old", "operator": "DoesNotExist"],
            ],
        ]
        let selector = try LabelSelector(json)
        #expect(selector.description == "app=x,!old,tier in (1,2)")
        #expect(try LabelSelector(selector.json) == selector)
        #expect(try LabelSelector([:]) == .everything)
        #expect(LabelSelector(matching: ["b": "1", "a": "2"]).description == "a=2,b=1")
    }

    @Test(
        arguments: [
            ["key": "k", "operator": "Near"], ["key": "k", "operator": "In"],
            ["key": "k", "operator": "Exists", "values": ["x"]],
        ] as [JSONValue])
    func refusesMalformedExpressions(_ expression: JSONValue) {
        #expect(throws: SelectorError.self) { try LabelSelector(["matchExpressions": [expression]]) }
    }
}
