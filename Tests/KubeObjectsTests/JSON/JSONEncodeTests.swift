import KubeObjects
import Testing

struct JSONEncodeTests {
    struct NumberCase: Sendable, CustomTestStringConvertible {
        var number: Double
        var text: String
        var testDescription: String { text }
    }

    /// As `json.Marshal` prints them.
    static let numbers: [NumberCase] = [
        NumberCase(number: 0, text: "0"), NumberCase(number: -0.0, text: "-0"), NumberCase(number: 1, text: "1"),
        NumberCase(number: 0.5, text: "0.5"), NumberCase(number: 100, text: "100"),
        NumberCase(number: 123.456, text: "123.456"), NumberCase(number: -2.25, text: "-2.25"),
        NumberCase(number: 1e20, text: "100000000000000000000"), NumberCase(number: 1e21, text: "1e+21"),
        NumberCase(number: 1.5e300, text: "1.5e+300"), NumberCase(number: 0.000001, text: "0.000001"),
        NumberCase(number: 0.00000015, text: "1.5e-7"), NumberCase(number: .leastNonzeroMagnitude, text: "5e-324"),
        NumberCase(number: 9_223_372_036_854_775_808, text: "9223372036854776000"),
        NumberCase(number: 0.1, text: "0.1"), NumberCase(number: 1.0 / 3, text: "0.3333333333333333"),
        NumberCase(number: .infinity, text: "null"),
    ]

    @Test(arguments: numbers) func doublesPrintAsGoPrintsThem(_ given: NumberCase) {
        #expect(JSONValue.double(given.number).encodedString() == given.text)
    }

    @Test func controlCharactersAreEscaped() {
        let text: JSONValue = .string("\u{0}\u{1f}\u{8}\u{c}\n\r\t\"\\/\u{7f}<é")
        #expect(text.encodedString() == #""\u0000\u001f\b\f\n\r\t\"\\/\#u{7f}<é""#)
    }

    /// Texts are looked through eight bytes at a time: what ends one may stand at each of them, and behind the last eight.
    @Test(arguments: 0...19)
    func whatIsNoPlainTextIsSeenAtEachPlace(_ place: Int) throws {
        let (before, behind) = (String(repeating: "a", count: place), String(repeating: "z", count: 19 - place))
        for (mark, escaped) in [
            ("\"", #"\""#), ("\\", #"\\"#), ("\u{1F}", #"\u001f"#), ("\n", #"\n"#), ("\u{0}", #"\u0000"#), (" ", " "),
            ("!", "!"), ("#", "#"), ("[", "["), ("]", "]"), ("\u{7F}", "\u{7F}"), ("\u{A0}", "\u{A0}"), ("ÿ", "ÿ"),
        ] {
            for text in [before + mark + behind, before + mark] {
                let encoded = JSONValue.string(text).encodedString()
                #expect(encoded == "\"\(text.replacing(mark, with: escaped))\"")
                #expect(try JSONValue(parsing: Array("{\(encoded):\(encoded)}".utf8)) == [text: .string(text)])
            }
        }
    }

    @Test func compactTextKeepsOrder() {
        let value: JSONValue = ["b": [1, [], "x"], "a": [:], "c": ["d": .null]]
        #expect(value.encodedString() == #"{"b":[1,[],"x"],"a":{},"c":{"d":null}}"#)
        #expect(value.encodedString(sortedKeys: true) == #"{"a":{},"b":[1,[],"x"],"c":{"d":null}}"#)
        var bytes = Array("x".utf8)
        value.encode(into: &bytes)
        #expect(bytes == Array("x".utf8) + value.encoded())
    }

    @Test func prettyTextIndentsByTwo() {
        let value: JSONValue = ["b": [1, []], "a": ["c": true], "e": [:]]
        let expected = """
            {
              "b": [
                1,
                []
              ],
              "a": {
                "c": true
              },
              "e": {}
            }
            """
        #expect(value.encodedString(pretty: true) == expected)
    }
}
