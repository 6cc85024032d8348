import Foundation
import KubeObjects
import Testing

struct JSONParseTests {
    struct ValueCase: Sendable, CustomTestStringConvertible {
        var text: String
        var value: JSONValue
        var testDescription: String { text }
    }

    static let values: [ValueCase] = [
        ValueCase(text: " null ", value: .null),
        ValueCase(text: "true", value: true),
        ValueCase(text: "\t[false]\r\n", value: [false]),
        ValueCase(text: "0", value: .integer(0)),
        ValueCase(text: "-0", value: .integer(0)),
        ValueCase(text: "-12", value: .integer(-12)),
        ValueCase(text: "9223372036854775807", value: .integer(.max)),
        ValueCase(text: "-9223372036854775808", value: .integer(.min)),
        ValueCase(text: "9223372036854775808", value: .double(9_223_372_036_854_775_808)),
        ValueCase(text: "1.0", value: .double(1)),
        ValueCase(text: "1E3", value: .double(1000)),
        ValueCase(text: "2.5e-3", value: .double(0.0025)),
        ValueCase(text: #""""#, value: ""),
        ValueCase(text: #""plain é 😀""#, value: "plain é 😀"),
        ValueCase(text: #""\"\\\/\b\f\n\r\t""#, value: .string("\"\\/\u{8}\u{c}\n\r\t")),
        ValueCase(text: #""a\u00e9\ud83d\ude00z""#, value: "aé😀z"),
        ValueCase(text: #""\ud83d""#, value: "\u{FFFD}"),
        ValueCase(text: #""\ud83dx\u0041""#, value: "\u{FFFD}xA"),
        ValueCase(text: #""\ud83d\u0041""#, value: "\u{FFFD}A"),
        ValueCase(text: #""\ud83d\n""#, value: "\u{FFFD}\n"),
        ValueCase(text: #""\ude00""#, value: "\u{FFFD}"),
        ValueCase(text: "[]", value: []),
        ValueCase(text: "{}", value: [:]),
        ValueCase(text: #"[1,[2],{"a":[]}]"#, value: [1, [2], ["a": []]]),
        ValueCase(text: #"{"b":1,"a":{"c":null}}"#, value: ["b": 1, "a": ["c": .null]]),
        ValueCase(text: #"{"a":1,"a":2}"#, value: ["a": 2]),
    ]

    @Test(arguments: values) func readsValues(_ given: ValueCase) throws {
        #expect(try JSONValue(parsing: given.text) == given.value)
    }

    /// A list that is read an element at a time has the elements, the rest and the faults of one read as a whole.
    @Test(
        arguments: values.map(\.text) + faults.map(\.text),
        ["[%]", "[1,%]", #"{"items":[%]}"#, #"{"a":{"items":[%]},"items":[0, %, 2] , "b":%}"#, #"{"items":%}"#])
    func readsElementsOneByOne(_ text: String, _ frame: String) {
        let bytes = Array(frame.replacingOccurrences(of: "%", with: text).utf8)
        var elements: [JSONValue] = []
        let rest = Result { () throws(JSONError) in
            try JSONValue.parse(bytes, elementsOf: "items") { elements.append($0) }
        }
        let whole = Result { () throws(JSONError) in try JSONValue(parsing: bytes) }
        let put = rest.map { rest in
            guard rest["items"]?.array != nil else { return rest }
            var put = rest
            put.set(.array(elements), at: ["items"])
            return put
        }
        #expect(put == whole)
    }

    @Test func keepsOrderAndNumberKind() throws {
        let value = try JSONValue(parsing: #"{"z":1,"a":1.0,"m":[]}"#)
        #expect(value.object?.keys == ["z", "a", "m"])
        #expect(value["z"]?.typeName == "integer")
        #expect(value["a"]?.typeName == "number")
    }

    struct FaultCase: Sendable, CustomTestStringConvertible {
        var text: String
        var message: String
        var line = 1
        var column: Int
        var testDescription: String { text }
    }

    static let faults: [FaultCase] = [
        FaultCase(text: "", message: "unexpected end of JSON input", column: 1),
        FaultCase(text: "{", message: "unexpected end of JSON input", column: 2),
        FaultCase(text: #"["a"#, message: "unexpected end of JSON input", column: 4),
        FaultCase(text: "tru", message: "unexpected end of JSON input", column: 4),
        FaultCase(text: "trux", message: "invalid character 'x' in literal true (expecting 'e')", column: 4),
        FaultCase(
            text: "{\n  \"a\": }", message: "invalid character '}' looking for beginning of value", line: 2, column: 8),
        FaultCase(text: "[1,]", message: "invalid character ']' looking for beginning of value", column: 4),
        FaultCase(
            text: "{a:1}", message: "invalid character 'a' looking for beginning of object key string", column: 2),
        FaultCase(
            text: #"{"a":1,}"#, message: "invalid character '}' looking for beginning of object key string", column: 8),
        FaultCase(text: #"{"a" 1}"#, message: "invalid character '1' after object key", column: 6),
        FaultCase(text: #"{"a":1 "b"}"#, message: "invalid character '\"' after object key:value pair", column: 8),
        FaultCase(text: "[1 2]", message: "invalid character '2' after array element", column: 4),
        FaultCase(text: "1 2", message: "invalid character '2' after top-level value", column: 3),
        FaultCase(text: "01", message: "invalid character '1' after top-level value", column: 2),
        FaultCase(text: "-x", message: "invalid character 'x' in numeric literal", column: 2),
        FaultCase(text: "1.x", message: "invalid character 'x' after decimal point in numeric literal", column: 3),
        FaultCase(text: "1e+x", message: "invalid character 'x' in exponent of numeric literal", column: 4),
        FaultCase(text: "\"a\nb\"", message: #"invalid character '\n' in string literal"#, column: 3),
        FaultCase(text: #""\x""#, message: "invalid character 'x' in string escape code", column: 3),
        FaultCase(text: #""\u12g4""#, message: #"invalid character 'g' in \u hexadecimal character escape"#, column: 6),
        FaultCase(text: "'a'", message: #"invalid character '\'' looking for beginning of value"#, column: 1),
        FaultCase(
            text: "[1e999]", message: "json: cannot unmarshal number 1e999 into Go value of type float64", column: 2),
    ]

    @Test(arguments: faults) func faultsSayWhatAndWhere(_ given: FaultCase) throws {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: given.text) }
        #expect(error?.message == given.message)
        #expect(error?.line == given.line)
        #expect(error?.column == given.column)
    }

    @Test func nestingIsLimited() throws {
        let limit = JSONValue.nestingLimit
        let deepest = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
        #expect(try JSONValue(parsing: deepest).encodedString() == deepest)
        #expect(throws: JSONError.self) { try JSONValue(parsing: "[\(deepest)]") }
    }

    @Test func invalidUTF8BecomesTheReplacementCharacter() throws {
        #expect(try JSONValue(parsing: [0x22, 0x61, 0xFF, 0x62, 0x22]) == "a\u{FFFD}b")
    }

    @Test func duplicatesAreReportedWithTheirPaths() throws {
        let text = #"{"a":1,"spec":{"x":1,"x":2,"x":3,"l":[{},{"n":1,"n":2}]},"a":2}"#
        let (value, duplicates) = try JSONValue.parseReportingDuplicates(Array(text.utf8))
        #expect(duplicates == ["spec.x", "spec.l[1].n", "a"])
        #expect(value == ["a": 2, "spec": ["x": 3, "l": [[:], ["n": 2]]]])
    }

    /// Foundation's parser is the oracle: what both take they understand alike.
    @Test(arguments: UInt64(1)...40) func agreesWithFoundation(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let value = JSONValue.random(using: &random)
            let text = value.encodedString(pretty: Bool.random(using: &random))
            let own = try JSONValue(parsing: text)
            #expect(own == value)
            #expect(try JSONDecoder().decode(FoundationJSON.self, from: Data(text.utf8)).value == own, "\(text)")
        }
    }

    /// A damaged text is refused or read, never a crash; what is read survives being written.
    @Test(arguments: UInt64(1)...40) func mutatedTextsNeverCrash(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            var bytes = JSONValue.random(using: &random).encoded()
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            #expect(try JSONValue(parsing: value.encoded()) == value)
        }
    }
}
