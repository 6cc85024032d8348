import KubeObjects
import Testing

/// Templates and what they give; `JSONPathAgainstKubectlTests` holds a longer list against kubectl itself.
struct JSONPathTemplateTests {
    struct PathCase: Sendable, CustomTestStringConvertible {
        var path: String
        var values: [JSONValue]
        var testDescription: String { path }
    }

    private static let object: JSONValue = [
        "spec": ["a.b": 1, "color": "red", "list": [10, 20, 30, 40], "markup": "<&>", "half": 0.5],
        "status": [
            "conditions": [
                ["type": "Other", "status": "False", "n": 1], ["type": "Ready", "status": "True", "n": 2],
            ]
        ],
    ]

    @Test(arguments: [
        PathCase(path: ".spec.color", values: ["red"]), PathCase(path: "$.spec.color", values: ["red"]),
        PathCase(path: #".spec['a\.b']"#, values: [1]), PathCase(path: #".spec.a\.b"#, values: [1]),
        PathCase(path: ".spec.list[1]", values: [20]), PathCase(path: ".spec.list[-1]", values: [40]),
        PathCase(path: ".spec.list[-1:]", values: [40]), PathCase(path: ".spec.list[1:3]", values: [20, 30]),
        PathCase(path: ".spec.list[0:4:2]", values: [10, 30]), PathCase(path: ".spec.list[0,2]", values: [10, 30]),
        PathCase(path: ".spec.list[*]", values: [10, 20, 30, 40]), PathCase(path: ".spec.none.deeper", values: []),
        PathCase(path: "..type", values: ["Other", "Ready"]), PathCase(path: ".spec.list[2:2]", values: []),
        PathCase(path: #".status.conditions[?(@.type=="Ready")].status"#, values: ["True"]),
        PathCase(path: ".status.conditions[?(@.type == 'Ready')].status", values: ["True"]),
        PathCase(path: ".status.conditions[?(@.n>1)].type", values: ["Ready"]),
        PathCase(path: ".status.conditions[?(@.n<=1)].type", values: ["Other"]),
        PathCase(path: ".status.conditions[?(@.type!=\"Ready\")].type", values: ["Other"]),
        PathCase(path: ".status.conditions[?(@.none)].type", values: []),
    ])
    func aPathLeadsToItsValues(_ example: PathCase) throws {
        #expect(try JSONPathTemplate(path: example.path).values(in: Self.object) == example.values)
    }

    @Test(arguments: [
        ("{.spec.color}", "red"), ("a {.spec.color} b", "a red b"), (".spec.color", ".spec.color"),
        ("{.spec.markup}{.spec.half}", "<&>0.5"), ("{.spec.list}", "[10,20,30,40]"),
        ("{.status.conditions[*].type}", "Other Ready"),
        (#"{range .status.conditions[*]}{.type}={.n}{"\n"}{end}."#, "Other=1\nReady=2\n."),
        ("{range .none[*]}x{end}y", "y"), ("{range .spec.list[*]}{@};", "10;20;30;40;"),
        ("{range .status.conditions[0:1]}{range .type}[{@}]{end}{.n}{end}", "[Other]1"),
        (#"{"\t\"\u00e9\x41"}{'it'}"#, "\t\"éAit"), ("", ""),
    ])
    func aTemplateIsFilled(_ template: String, _ text: String) throws {
        #expect(try JSONPathTemplate(template).text(filledFrom: Self.object) == text)
    }

    @Test(arguments: ["spec.color", ".spec.color", "{spec.color}", "{.spec.color}"])
    func aRelaxedPathMayBeBare(_ text: String) throws {
        #expect(try JSONPathTemplate(relaxed: text).values(in: Self.object) == ["red"])
    }

    @Test(arguments: ["", ".", "{}", "{.a}{.b}", "a}"])
    func whatIsNoRelaxedPathIsRefused(_ text: String) {
        #expect(throws: JSONPathError.self) { try JSONPathTemplate(relaxed: text) }
    }

    @Test(arguments: [
        ("{.a[}", "unterminated array"), ("{.a[x]}", "invalid array index x"), ("{.a", "unclosed action"),
        ("{.a[1:2:3:4]}", "invalid array index 1:2:3:4"), ("{.a[-]}", "array index - is not a number"),
        ("{.a[?(@.b}", "unterminated filter"), ("{.a[?(@.b)}", "unclosed array expect ]"),
        (#"{"a}"#, "unterminated quoted string"), (#"{"\q"}"#, #"unquote string "\q" error invalid syntax"#),
        ("{+}", "cannot parse number +"), ("{....a}", "invalid multiple recursive descent"),
        ("{~}", "unrecognized character in action: U+007E '~'"),
        ("{end}", "not in range, nothing to end"), ("{.a\\", "unclosed action"),
    ])
    func whatIsNoTemplateIsRefused(_ text: String, _ reason: String) {
        #expect(throws: JSONPathError(reason)) { try JSONPathTemplate(text) }
    }

    @Test(arguments: [
        ("{.spec.list[9]}", "array index out of bounds: index 9, length 4"),
        ("{.spec.list[-5]}", "array index out of bounds: index -1, length 4"),
        ("{.spec.list[2:1]}", "starting index 2 is greater than ending index 1"),
        ("{.spec.list[0:2:0]}", "step must be > 0"), ("{.spec[0]}", "map[string]interface {} is not array or slice"),
        ("{.spec.color[?(@.a)]}", "red is not array or slice and cannot be filtered"),
        (#"{.status.conditions[?(@.n=="1")]}"#, "incompatible types for comparison"),
        ("{.status.conditions[?(@.n=>1)]}", "unrecognized filter operator =>"),
        ("{foo}", "unrecognized identifier foo"),
    ])
    func whatDoesNotFitIsRefused(_ text: String, _ reason: String) throws {
        let template = try JSONPathTemplate(text)
        #expect(throws: JSONPathError(reason)) { try template.text(filledFrom: Self.object) }
    }

    @Test func goWritesMarkupEscaped() {
        let value: JSONValue = ["b": "<&>\u{2028}\"\n", "a": [1, [:], []]]
        #expect(value.goEncodedString() == #"{"a":[1,{},[]],"b":"\u003c\u0026\u003e\u2028\"\n"}"#)
        #expect(
            value.goEncodedString(indentation: 4)
                == """
                {
                    "a": [
                        1,
                        {},
                        []
                    ],
                    "b": "\\u003c\\u0026\\u003e\\u2028\\"\\n"
                }
                """)
    }
}
