import KubeObjects
import Testing

struct YAMLEncodeTests {
    struct RecordedCase: Sendable, CustomTestStringConvertible {
        var value: JSONValue
        var yaml: String
        var testDescription: String { value.encodedString() }
    }

    static let recorded = recordedYAMLOutput.split(separator: "\n").compactMap { row -> RecordedCase? in
        let array = "[" + row.replacing("}] \"", with: "}], \"") + "]"
        guard let pair = try? JSONValue(parsing: array), let value = pair[0], let yaml = pair[1]?.string else {
            return nil
        }
        return RecordedCase(value: value, yaml: yaml)
    }

    @Test func theTableIsReadInFull() {
        #expect(Self.recorded.count == recordedYAMLOutput.split(separator: "\n").count)
    }

    @Test(arguments: recorded) func printsAsKubectlPrints(_ given: RecordedCase) {
        #expect(YAML.encode(given.value) == given.yaml)
    }

    @Test func listsStandBelowTheirNameWithoutIndent() {
        let value: JSONValue = [
            "list": [1, ["a": "b", "c": []], ["x", "y"], []], "empty": [:], "none": .null, "yes": "yes",
            "time": "2026-11-21T06:20:49Z", "block": "a\nb\n",
        ]
        let expected = """
            block: |
              a
              b
            empty: {}
            list:
            - 1
            - a: b
              c: []
            - - x
              - "y"
            - []
            none: null
            time: "2026-11-21T06:20:49Z"
            "yes": "yes"

            """
        #expect(YAML.encode(value, sortedKeys: true) == expected)
    }

    @Test func keepsOrderUnlessAsked() {
        #expect(YAML.encode(["b": 1, "a": 2]) == "b: 1\na: 2\n")
        #expect(YAML.encode(["b": 1, "a": 2], sortedKeys: true) == "a: 2\nb: 1\n")
    }

    @Test func sortedKeysStandInKubectlsOrder() throws {
        let keys = [
            "_x", "|", "~", "1_000no", "1e3", "9", "10", "B", "Key", "a.b", "a/b", "a0", "a00", "a01", "b", "ca.crt",
            "key",
            "key-1", "key.2", "key1", "key2", "key10", "tls.crt", "tls.key", "é",
        ]
        var random = SeededGenerator(seed: 3)
        let members = JSONObject(keys.shuffled(using: &random).map { ($0, 1) })
        let text = YAML.encode(.object(members), sortedKeys: true)
        #expect(try YAML.parse(text).first?.value.object?.keys == keys)
    }

    @Test func integralDoublesComeBackAsIntegers() {
        #expect(
            YAML.encode([.double(6_151_860_325_590_366), .double(1e18), .double(1e20), .double(1.5e6)])
                == "- 6151860325590366\n- 1000000000000000000\n- 1e+20\n- 1500000\n")
    }

    /// What is written reads back as the same value.
    @Test(arguments: UInt64(1)...100) func survivesTheRoundTrip(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let value = JSONValue.random(using: &random)
            guard value != .null else { continue }
            let text = YAML.encode(value)
            #expect(try YAML.parse(text).first?.value == value, "\(text)")
        }
    }

    /// A damaged text is refused or read, never a crash; what is read survives being written.
    @Test(arguments: UInt64(1)...60) func mutatedTextsNeverCrash(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            var bytes = Array(YAML.encode(.random(using: &random)).utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let noise = Array("\n\t :-#'\"&*!|>%@`{}[],?\\a0.".utf8) + [0xFF, 0xC3, 0x00]
                bytes[Int.random(in: bytes.indices, using: &random)] = noise.randomElement(using: &random) ?? 0
            }
            guard let documents = try? YAML.parse(bytes) else { continue }
            for document in documents {
                #expect(try YAML.parse(YAML.encode(document.value)).first?.value == document.value)
            }
        }
    }
}
