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
