import KubeObjects
import Testing

struct JSONValueTests {
    @Test func pathsReachIntoObjects() {
        var value: JSONValue = ["spec": ["template": ["labels": ["a": "1"]]]]
        #expect(value[path: "spec", "template", "labels", "a"] == "1")
        #expect(value[path: "spec", "none", "labels"] == nil)
        value.set("2", at: ["spec", "template", "labels", "b"])
        value.set(nil, at: ["spec", "template", "labels", "a"])
        value.set(3, at: ["status", "count"])
        value.set(nil, at: ["none", "at", "all"])
        #expect(value == ["spec": ["template": ["labels": ["b": "2"]]], "status": ["count": 3]])
    }

    @Test func objectsAreEqualInAnyOrder() {
        let left: JSONValue = ["a": 1, "b": ["c": 2, "d": 3]]
        let right: JSONValue = ["b": ["d": 3, "c": 2], "a": 1]
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left != ["a": 1, "b": ["c": 2, "d": 4]])
        #expect(left != ["a": 1])
    }

    struct TwinCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var one: String
        var other: String
    }

    /// Swift takes texts for equal whose letters are put together from other parts; JSON and Go do not.
    static let twins = [
        TwinCase(testDescription: "composed and decomposed", one: "\u{E9}", other: "e\u{301}"),
        TwinCase(testDescription: "as many bytes", one: "\u{212B}", other: "A\u{30A}"),
        TwinCase(testDescription: "marks in another order", one: "a\u{302}\u{323}", other: "a\u{323}\u{302}"),
        TwinCase(testDescription: "a sign of its own", one: "\u{2126}", other: "\u{3A9}"),
        TwinCase(testDescription: "an ASCII twin", one: "\u{212A}", other: "K"),
        TwinCase(
            testDescription: "long texts", one: "a name of many bytes \u{212B}", other: "a name of many bytes A\u{30A}"),
    ]

    @Test(arguments: twins, [0, 20]) func namesOfOtherBytesAreOthers(_ twin: TwinCase, _ others: Int) throws {
        #expect(twin.one == twin.other)
        var object = JSONObject((0..<others).map { ("n\($0)", JSONValue.integer(0)) })
        object[twin.one] = 1
        object[twin.other] = 2
        #expect(object.count == others + 2)
        #expect(object[twin.one] == 1)
        #expect(object[twin.other] == 2)
        #expect(object != object.mapValues { $0 == 1 ? 2 : $0 == 2 ? 1 : $0 })
        #expect(try JSONValue(parsing: JSONValue.object(object).encoded()) == .object(object))
        object[twin.one] = nil
        #expect(object[twin.one] == nil)
        #expect(object[twin.other] == 2)
    }

    @Test(arguments: twins) func textsOfOtherBytesAreOthers(_ twin: TwinCase) {
        let (one, other) = (JSONValue.string(twin.one), JSONValue.string(twin.other))
        #expect(one == .string(String(decoding: Array(twin.one.utf8), as: UTF8.self)))
        #expect(one != other)
        #expect(other != one)
        #expect(Set([one, other, one]).count == 2)
        #expect(JSONValue.object([twin.one: 1]) != .object([twin.other: 1]))
    }

    @Test func valuesOfDifferentKindsDiffer() {
        let values: [JSONValue] = [
            .null, false, 0, .double(0), "", [], [:], "0", "e\u{301}", "\u{e9}", [.null], ["a": .null],
        ]
        for (left, value) in values.enumerated() {
            for (right, other) in values.enumerated() { #expect((value == other) == (left == right)) }
        }
    }

    /// Past sixteen members an object has an index; it must say the same as the list.
    @Test(arguments: UInt64(1)...20) func largeObjectsBehaveAsDictionaries(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var object = JSONObject()
        var twin: [String: JSONValue] = [:]
        for _ in 0..<300 {
            let key = "k\(Int.random(in: 0..<40, using: &random))"
            let value: JSONValue? =
                Int.random(in: 0..<3, using: &random) == 0 ? nil : .integer(.random(in: 0...9, using: &random))
            object[key] = value
            twin[key] = value
            #expect(object.count == twin.count)
            #expect(object[key] == twin[key])
        }
        for (key, value) in object { #expect(twin[key] == value) }
        #expect(Set(object.keys) == Set(twin.keys))
    }

    @Test func textsForMessages() throws {
        let value = try JSONValue(parsing: #"{"b":[1,1.5,"x",true,null],"a":{}}"#)
        #expect(value.goText == "map[a:map[] b:[1 1.5 x true <nil>]]")
        #expect(["spec", "containers", 0, "name"].fieldPath == "spec.containers[0].name")
    }

    @Test func base64GoesBothWays() {
        for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            #expect(Base64.encode(Array(text.utf8)) == encoded)
            #expect(Base64.decode(encoded) == Array(text.utf8))
        }
        #expect(Base64.decode("Zm9v\nYg==\r\n") == Array("foob".utf8))
        for text in ["Zg", "Zg=", "Z===", "Zg==Zg==", "Z g=", "Zm9*", "=Zg="] { #expect(Base64.decode(text) == nil) }
    }
}
