import KubeObjects
import Testing
import Yams

struct YAMLParseTests {
    struct RecordedCase: Sendable, CustomTestStringConvertible {
        var yaml: String
        var json: JSONValue?
        var testDescription: String { yaml }

        /// One row of a recorded table: JSON texts one after another.
        init?(row: Substring) throws {
            let documents = try YAML.parse("{\"row\":[\(row.replacing("\" ", with: "\",", maxReplacements: 1))]}")
            guard let values = documents.first?.value["row"]?.array, let yaml = values.first?.string else { return nil }
            self.yaml = yaml
            json = values.count > 1 ? values[1] : nil
        }
    }

    static let recorded = rows(recordedYAML)
    static let refused = rows(refusedYAML)

    private static func rows(_ table: String) -> [RecordedCase] {
        table.split(separator: "\n").compactMap { row in try? RecordedCase(row: row) }
    }

    @Test func tablesAreReadInFull() {
        #expect(Self.recorded.count == recordedYAML.split(separator: "\n").count)
        #expect(Self.refused.count == refusedYAML.split(separator: "\n").count)
    }

    @Test(arguments: recorded) func meansWhatItMeansToKubectl(_ given: RecordedCase) throws {
        let documents = try YAML.parse("x: \(given.yaml)\n", duplicateKeys: .lastWins)
        #expect(documents.first?.value["x"] == given.json)
    }

    @Test(arguments: refused) func refusesWhatKubectlRefuses(_ given: RecordedCase) {
        #expect(throws: YAMLError.self) { try YAML.parse("x: \(given.yaml)\n", duplicateKeys: .lastWins) }
    }

    struct FaultCase: Sendable, CustomTestStringConvertible {
        var yaml: String
        var error: YAMLError
        var testDescription: String { yaml }

        init(_ yaml: String, _ line: Int, _ column: Int, _ message: String) {
            self.yaml = yaml
            error = YAMLError(message, line: line, column: column)
        }
    }

    static let faults: [FaultCase] = [
        FaultCase("a: 1\nb: 2\na: 3\n", 3, 1, #"key "a" already set in map"#),
        FaultCase("a:\n  1: x\n  '1': y\n", 3, 3, #"key "1" already set in map"#),
        FaultCase("{\n \"a\": 1,\n \"a\": 2}", 3, 2, #"key "a" already set in map"#),
        FaultCase("{\"s\":{\"a\": 1,\"a\": 2}}", 1, 14, #"key "s.a" already set in map"#),
        FaultCase("a: b: c\n", 1, 5, "mapping values are not allowed in this context"),
        FaultCase("a:\n\t- b\n", 2, 1, "found character that cannot start any token"),
        FaultCase("a: [1, 2\nb: 3\n", 2, 2, "did not find expected ',' or ']'"),
        FaultCase("a: *b\n", 1, 4, "unknown anchor 'b' referenced"),
        FaultCase("a: &b [*b]\n", 1, 8, "anchor 'b' value contains itself"),
        FaultCase("a: 1\n? [x]\n: 2\n", 2, 3, "invalid map key: a list or a map is no name of a field"),
        FaultCase("~: 1\n", 1, 1, "null is no name of a field; quote it if it is meant as text"),
        FaultCase("a:\n  b: .inf\n", 2, 6, "+Inf cannot be written as JSON; quote it if it is meant as text"),
        FaultCase("a: 1\n--- \nb: !!int x\n", 3, 4, "cannot decode !!str `x` as a !!int"),
    ]

    @Test(arguments: faults) func faultsSayWhatAndWhere(_ given: FaultCase) {
        #expect(throws: given.error) { try YAML.parse(given.yaml) }
    }

    @Test func invalidBytesAreFoundInTheirLine() {
        let bytes = Array("a: 1\nb: ".utf8) + [0xFF, 0x0A]
        let error = #expect(throws: YAMLError.self) { try YAML.parse(bytes) }
        #expect(error?.line == 2)
        #expect(error?.column == 4)
    }

    @Test func readsSeveralDocumentsAndSkipsEmptyOnes() throws {
        let documents = try YAML.parse("# nothing\n---\na: 1\n---\n---\n~\n---\n# only this\n---\n- b\n...\n")
        #expect(documents.map(\.value) == [["a": 1], ["b"]])
        #expect(documents.map(\.startLine) == [3, 10])
    }

    @Test func readsJSONValuesOneAfterAnother() throws {
        let documents = try YAML.parse("{\"a\": \"\\ud83d\\ude00\"}\n\n {\"b\":\n 1.0}")
        #expect(documents.map(\.value) == [["a": "😀"], ["b": .double(1)]])
        #expect(documents.map(\.startLine) == [1, 3])
        #expect(documents[1].line(of: ["b"]) == 3)
    }

    @Test func whatBeginsLikeJSONMayBeYAML() throws {
        #expect(try YAML.parse("{a: 1,}\n---\nb: 2").map(\.value) == [["a": 1], ["b": 2]])
    }

    @Test func aliasesRepeatValues() throws {
        let documents = try YAML.parse("a: &x {b: [1]}\nc: *x\nd: [*x, *x]\n")
        #expect(documents.first?.value == ["a": ["b": [1]], "c": ["b": [1]], "d": [["b": [1]], ["b": [1]]]])
    }

    @Test func explodingAliasesAreRefused() {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1...9 {
            let aliases = repeatElement("*a\(level - 1)", count: 10).joined(separator: ",")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let error = #expect(throws: YAMLError.self) { try YAML.parse(text) }
        #expect(error?.message == "document contains excessive aliasing")
    }

    @Test func nestingIsLimitedThroughAliasesToo() {
        #expect(throws: YAMLError.self) { try YAML.parse(String(repeating: "[", count: 2000)) }
        var text = "a0: &a0 [x]\n"
        for level in 1...1200 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(throws: YAMLError.self) { try YAML.parse(text) }
    }

    @Test func mergedMembersMayBeSetAgain() throws {
        let documents = try YAML.parse("base: &b {x: 1, z: 2}\nuse:\n  <<: *b\n  x: 3\n")
        #expect(documents.first?.value["use"] == ["x": 3, "z": 2])
        #expect(throws: YAMLError.self) { try YAML.parse("use:\n  <<: {x: 1}\n  x: 3\n  x: 4\n") }
    }
}

/// Where both readers should agree, an independent YAML reader is the oracle: structure, quoting, folding.
struct YAMLDifferentialTests {
    @Test(arguments: UInt64(1)...60) func agreesWithYams(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let value = JSONValue.random(using: &random)
            guard value != .null, let node = Node(value) else { continue }
            let style: [Node.Scalar.Style] = [.doubleQuoted, .singleQuoted]
            let text = try Yams.serialize(node: node.styled(style.randomElement(using: &random) ?? .doubleQuoted))
            let documents = try YAML.parse(text)
            #expect(documents.first?.value == value, "\(text)")
        }
    }

    @Test(arguments: UInt64(1)...60) func yamsReadsWhatIsWritten(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let value = JSONValue.random(using: &random)
            let text = YAML.encode(value)
            guard let node = try Yams.compose(yaml: text) else { continue }
            #expect(node.strings == Node(value)?.strings, "\(text)")
        }
    }
}

extension Node {
    /// A tree whose strings are tagged as such, so that no style changes what they mean.
    fileprivate init?(_ value: JSONValue) {
        switch value {
        case .null: self = Node("null", Tag(.null))
        case .bool(let value): self = Node(value ? "true" : "false", Tag(.bool))
        case .integer(let number): self = Node(String(number), Tag(.int))
        case .double(let number): self = Node(number.goFormatted, Tag(.float))
        case .string(let text): self = Node(text, Tag(.str))
        case .array(let elements): self = .sequence(Sequence(elements.compactMap { Node($0) }))
        case .object(let members):
            self = .mapping(
                Mapping(members.compactMap { key, value in Node(value).map { (Node(key, Tag(.str)), $0) } }))
        }
    }

    fileprivate func styled(_ style: Scalar.Style) -> Node {
        switch self {
        case .scalar(var scalar):
            if scalar.tag == Tag(.str) { scalar.style = style }
            return .scalar(scalar)
        case .sequence(let sequence): return .sequence(Sequence(sequence.map { $0.styled(style) }))
        case .mapping(let mapping):
            return .mapping(Mapping(mapping.map { ($0.key.styled(style), $0.value.styled(style)) }))
        case .alias: return self
        }
    }

    /// All scalars' texts, in order.
    fileprivate var strings: [String] {
        switch self {
        case .scalar(let scalar): [scalar.string]
        case .sequence(let sequence): sequence.flatMap(\.strings)
        case .mapping(let mapping): mapping.flatMap { $0.key.strings + $0.value.strings }
        case .alias: []
        }
    }
}
