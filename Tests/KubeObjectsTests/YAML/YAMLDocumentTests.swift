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
