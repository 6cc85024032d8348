import KubeObjects
import Testing

struct YAMLDocumentTests {
    private static let text = """
        # A comment.
        apiVersion: v1
        ---
        kind: Pod
        spec:
          containers:
          - name: a
            env: [{name: x, value: yes},
              {name: z}]
          -
            name: "b"
        other: &o {p: 1}
        alias: *o
        """

    struct LineCase: Sendable, CustomTestStringConvertible {
        var path: [JSONPathElement]
        var line: Int
        var testDescription: String { path.fieldPath }

        init(_ path: [JSONPathElement], _ line: Int) {
            self.path = path
            self.line = line
        }
    }

    static let lines: [LineCase] = [
        LineCase([], 4), LineCase(["kind"], 4), LineCase(["spec"], 5), LineCase(["spec", "containers"], 6),
        LineCase(["spec", "containers", 0], 7), LineCase(["spec", "containers", 0, "name"], 7),
        LineCase(["spec", "containers", 0, "env", 0, "value"], 8),
        LineCase(["spec", "containers", 0, "env", 1, "name"], 9), LineCase(["spec", "containers", 1, "name"], 11),
        LineCase(["spec", "containers", 1, "image"], 11), LineCase(["spec", "containers", 7], 6),
        LineCase(["spec", "missing", "x"], 5), LineCase(["other", "p"], 12), LineCase(["alias", "p"], 13),
    ]

    @Test(arguments: lines) func everyFieldHasItsLine(_ given: LineCase) throws {
        let document = try #require(try YAML.parse(Self.text).last)
        #expect(document.startLine == 4)
        #expect(document.line(of: given.path) == given.line)
    }

    @Test(
        arguments: [
            ("", []), ("spec", ["spec"]), ("spec.containers[0].name", ["spec", "containers", 0, "name"]),
            ("metadata.labels[app]", ["metadata", "labels", "app"]),
            ("metadata.annotations[a.b/c].d", ["metadata", "annotations", "a.b/c", "d"]),
            ("spec.a[b", ["spec", "a", "b"]), ("[", []), ("spec..a.", ["spec", "a"]), ("a]b", ["a]b"]),
        ] as [(String, [JSONPathElement])])
    func aFieldIsFoundByTheServersName(_ field: String, _ steps: [JSONPathElement]) {
        #expect(YAMLDocument.steps(ofField: field) == steps)
    }

    @Test func whereATextLacksItsQuotesTheyAreAdvised() throws {
        let document = try #require(try YAML.parse("spec:\n  args: [yes, 012, \"x\", {}]\n").first)
        let message = "spec.args in body must be of type string: \"boolean\""
        func hint(_ index: Int, _ message: String = message) -> String {
            document.quotesHint(message, at: ["spec", "args", .index(index)])
        }
        #expect(hint(0) == "; yes is no text without quotes: write \"yes\"")
        #expect(hint(1) == "; 012 is no text without quotes: write \"012\"")
        #expect(hint(2) == "")
        #expect(hint(3) == "")
        #expect(hint(0, "spec.args in body must be of type integer: \"boolean\"") == "")
    }

    @Test func aScalarWithoutQuotesIsShownAsWritten() throws {
        let document = try #require(try YAML.parse(Self.text).last)
        let value = document.location(of: ["spec", "containers", 0, "env", 0, "value"])
        #expect(value.line == 8)
        #expect(value.column == 21)
        #expect(value.plainText == "yes")
        #expect(document.location(of: ["spec", "containers", 1, "name"]).plainText == nil)
        #expect(document.location(of: ["spec"]).plainText == nil)
    }
}
