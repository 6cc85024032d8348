import KubeObjects
import Testing

@testable import KubeSchema

/// A schema like those of real definitions: a bit of everything.
private let widget: JSONValue = [
    "type": "object",
    "properties": [
        "spec": [
            "type": "object",
            "properties": [
                "size": ["type": "integer", "minimum": 1, "maximum": 10, "default": 3],
                "color": ["type": "string", "enum": ["red", "blue"]],
                "tags": ["type": "array", "items": ["type": "string"], "maxItems": 3],
                "free": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                "either": ["x-kubernetes-int-or-string": true],
                "name": ["type": "string", "pattern": "^[a-z]+$", "maxLength": 8],
                "map": ["type": "object", "additionalProperties": ["type": "string"]],
                "maybe": ["type": "string", "nullable": true],
            ],
            "required": ["color"],
        ],
        "status": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
    ],
]

private func object(_ spec: JSONValue) -> JSONValue {
    ["apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": "one"], "spec": spec]
}

struct StructuralSchemaTests {
    struct ValidationCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var spec: JSONValue
        var errors: [String]

        init(_ name: String, _ spec: JSONValue, _ errors: String...) {
            testDescription = name
            self.spec = spec
            self.errors = errors
        }
    }

    @Test(arguments: [
        ValidationCase("right", ["color": "red", "size": 2, "either": "5%", "tags": ["a"], "maybe": .null]),
        ValidationCase("missing", [:], "spec.color: Required value"),
        ValidationCase(
            "several", ["color": "green", "size": 0, "tags": ["a", "b", "c", "d"], "name": "UPPER"],
            #"spec.color: Unsupported value: "green": supported values: "red", "blue""#,
            #"spec.name: Invalid value: "UPPER": spec.name in body should match '^[a-z]+$'"#,
            "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1",
            "spec.tags: Too many: 4: must have at most 3 items"),
        ValidationCase(
            "text for a number", ["color": "red", "size": "3"],
            #"spec.size: Invalid value: "string": spec.size in body must be of type integer: "string""#),
        ValidationCase(
            "fraction for a whole number", ["color": "red", "size": 2.5],
            #"spec.size: Invalid value: "number": spec.size in body must be of type integer: "number""#,
            #"<nil>: Invalid value: "": Checked value must be of type integer (default format) in spec.size"#),
        ValidationCase("whole double for a whole number", ["color": "red", "size": .double(4)]),
        ValidationCase(
            "number for integer or text", ["color": "red", "either": 1.5],
            #"spec.either: Invalid value: "number": spec.either in body must be of type integer,string: "number""#),
        ValidationCase(
            "map value", ["color": "red", "map": ["a": 1]],
            #"spec.map.a: Invalid value: "integer": spec.map.a in body must be of type string: "integer""#),
        ValidationCase(
            "list element", ["color": "red", "tags": ["a", 1]],
            #"spec.tags[1]: Invalid value: "integer": spec.tags[1] in body must be of type string: "integer""#),
        ValidationCase(
            "too large", ["color": "red", "size": 11],
            "spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10"),
        ValidationCase(
            "too long", ["color": "red", "name": "abcdefghi"],
            "spec.name: Too long: may not be more than 8 bytes"),
        ValidationCase(
            "text for an object", "text",
            #"spec: Invalid value: "string": spec in body must be of type object: "string""#),
    ])
    func faultsAreToldInTheServersWords(_ test: ValidationCase) throws {
        let schema = try StructuralSchema(openAPIV3: widget)
        #expect(schema.validate(object(test.spec), old: nil).map(\.description) == test.errors)
    }

    @Test func whatIsUnknownIsDroppedAndNamed() throws {
        let schema = try StructuralSchema(openAPIV3: widget)
        var value = object(["color": "red", "unknown": 1, "free": ["any": ["thing": [1]]], "map": ["a": "b"]])
        value["status"] = ["x": 1]
        value["extra"] = [:]
        #expect(schema.prune(&value) == ["extra", "spec.unknown"])
        var expected = object(["color": "red", "free": ["any": ["thing": [1]]], "map": ["a": "b"]])
        expected["status"] = ["x": 1]
        #expect(value == expected)
    }

    @Test func defaultsFillWhatIsMissingOrNull() throws {
        let schema = try StructuralSchema(openAPIV3: widget)
        var value = object(["color": .null, "size": .null, "maybe": .null])
        schema.applyDefaults(to: &value)
        #expect(value["spec"] == ["size": 3, "maybe": .null])
        #expect(schema.validate(value, old: nil).map(\.description) == ["spec.color: Required value"])
    }

    @Test func whatWasWrongBeforeIsNotBlamedAgain() throws {
        let schema = try StructuralSchema(openAPIV3: widget)
        let old = object(["color": "green", "tags": [1]])
        #expect(schema.validate(object(["color": "green", "tags": [1], "size": 2]), old: old).isEmpty)
        #expect(
            schema.validate(object(["color": "green", "tags": [1, "c"]]), old: old).map(\.field) == ["spec.tags[0]"])
        #expect(schema.validate(object(["color": "grey", "tags": [1]]), old: old).map(\.field) == ["spec.color"])
    }

    @Test func defaultsReachIntoListsAndMaps() throws {
        let schema = try StructuralSchema(openAPIV3: [
            "type": "object",
            "properties": [
                "list": [
                    "type": "array",
                    "items": ["type": "object", "properties": ["a": ["type": "string", "default": "x"]]],
                ],
                "map": [
                    "type": "object", "additionalProperties": ["type": "integer", "default": 7],
                ],
            ],
        ])
        var value: JSONValue = ["list": [[:], ["a": "y"]], "map": ["k": .null, "l": 1]]
        schema.applyDefaults(to: &value)
        #expect(value == ["list": [["a": "x"], ["a": "y"]], "map": ["k": 7, "l": 1]])
    }

    @Test func mergeKeysAreThoseOfTheSchemaAndOfTheMetadata() throws {
        let schema = try StructuralSchema(openAPIV3: [
            "type": "object",
            "properties": [
                "list": [
                    "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                    "items": ["type": "object", "required": ["name"], "properties": ["name": ["type": "string"]]],
                ],
                "atom": ["type": "object", "x-kubernetes-map-type": "atomic"],
                "map": ["type": "object", "additionalProperties": ["type": "object"]],
            ],
        ])
        #expect(schema.member("list")?.listMapKeys == ["name"])
        #expect(schema.member("list")?.element?.member("name") != nil)
        #expect(schema.member("atom")?.isAtomicMap == true)
        #expect(schema.member("map")?.member("any") != nil)
        #expect(schema.member("metadata")?.member("ownerReferences")?.listMapKeys == ["uid"])
        #expect(schema.member("map")?.member("metadata")?.member("ownerReferences") == nil)
    }
}
