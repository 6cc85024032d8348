import KubeObjects
import KubeSchema
import Testing

struct FieldSetTests {
    static let encoded: [JSONValue] = [
        [:], ["f:data": ["f:a": [:], "f:b": [:]]], ["f:a": [".": [:], "f:b": [:]]],
        [
            "f:spec": [
                "f:items": [#"k:{"name":"a"}"#: [".": [:], "f:name": [:]]], "f:set": [#"v:"p""#: [:], "v:1": [:]],
            ]
        ],
        [#"k:{"containerPort":80,"protocol":"TCP"}"#: [".": [:]], "i:3": [:]],
        // Equal for Swift, but of other bytes: fields of their own.
        ["f:\u{212B}": ["f:a": [:]], "f:A\u{30A}": ["f:b": [:]]],
        ["f:a\u{302}\u{323}": [:], "f:a\u{323}\u{302}": [:], "f:\u{E9}": [:], "f:e\u{301}": [:]],
        [#"v:"\#u{212B}""#: [:], "v:\"A\u{30A}\"": [:], "f:\u{301}a": [:]],
    ]

    @Test(arguments: encoded) func survivesFieldsV1(_ fields: JSONValue) throws {
        let set = try #require(FieldSet(fieldsV1: fields))
        #expect(set.fieldsV1 == fields.encodedAgain)
        #expect(FieldSet(fieldsV1: set.fieldsV1) == set)
    }

    @Test func namesStandInOrder() throws {
        let fields: JSONValue = ["v:1": [:], "f:b": [:], #"k:{"n":1}"#: [:], "f:a": ["f:z": [:], ".": [:]]]
        let text = try #require(FieldSet(fieldsV1: fields)).fieldsV1.encodedString()
        #expect(text == #"{"f:a":{".":{},"f:z":{}},"f:b":{},"k:{\"n\":1}":{},"v:1":{}}"#)
    }

    /// What is written alike is one step, as it is for a real server, which takes 1 and 1.0 for equal.
    @Test(
        arguments: [
            (["v:1": [:], "v:1.0": [:]], #"{"v:1":{}}"#),
            (["v:0": [:], "v:-0.0": [:], "v:0.5": [:]], #"{"v:0":{},"v:0.5":{}}"#),
            (["v:[1]": [:], "v:[1.0]": [:]], #"{"v:[1]":{}}"#),
            (
                [#"k:{"n":1}"#: ["f:a": [:]], #"k:{"n":1.0}"#: ["f:b": [:]]],
                #"{"k:{\"n\":1}":{"f:a":{},"f:b":{}}}"#
            ),
        ] as [(JSONValue, String)])
    func whatIsWrittenAlikeIsOneStep(_ fields: JSONValue, _ written: String) throws {
        #expect(try #require(FieldSet(fieldsV1: fields)).fieldsV1.encodedString() == written)
    }

    @Test(arguments: [["x": [:]], ["k:x": [:]], ["v:{": [:]], ["i:x": [:]], "text"] as [JSONValue])
    func refusesOtherNames(_ fields: JSONValue) {
        #expect(FieldSet(fieldsV1: fields) == nil)
    }
}

extension JSONValue {
    /// A field alone has nothing in it, so the `.` of what has nothing else goes.
    fileprivate var encodedAgain: JSONValue {
        guard let members = object else { return self }
        if members.count == 1, members["."] != nil { return [:] }
        return .object(members.mapValues(\.encodedAgain))
    }
}
