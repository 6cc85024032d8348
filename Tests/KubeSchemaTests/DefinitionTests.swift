import KubeObjects
import Testing

@testable import KubeSchema

/// What a resource definition's schema may not be.
struct DefinitionTests {
    struct RefusalCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var schema: JSONValue
        var errors: [String]

        /// - Parameter property: the schema of the property `a` of whole objects.
        init(_ name: String, _ property: JSONValue, _ errors: String...) {
            testDescription = name
            schema = ["type": "object", "properties": ["a": property]]
            self.errors = errors
        }

        init(whole name: String, _ schema: JSONValue, _ errors: String...) {
            testDescription = name
            self.schema = schema
            self.errors = errors
        }
    }

    /// The faults without the path to the schema.
    private func errors(_ schema: JSONValue) -> [String] {
        do {
            _ = try StructuralSchema(openAPIV3: schema)
            return []
        } catch {
            return error.errors.map { $0.description.replacing("spec.validation.openAPIV3Schema", with: "$") }
        }
    }

    @Test(arguments: [
        RefusalCase(whole: "no type at the root", [:], "$.type: Required value: must not be empty at the root"),
        RefusalCase(
            whole: "a root that is no object", ["type": "string"],
            #"$.type: Invalid value: "string": must be object at the root"#),
        RefusalCase(
            whole: "a map at the root", ["type": "object", "additionalProperties": ["type": "string"]],
            "$.additionalProperties: Forbidden: must not be used at the root"),
        RefusalCase(
            whole: "metadata described",
            [
                "type": "object",
                "properties": ["metadata": ["type": "object", "properties": ["labels": ["type": "object"]]]],
            ],
            "$.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata "
                + "is implicitly specified"),
        RefusalCase(
            whole: "metadata's default",
            ["type": "object", "properties": ["metadata": ["type": "object", "default": [:]]]],
            "$.properties[metadata].default: Forbidden: must not be set in top-level metadata"),
        RefusalCase(
            "no type", ["properties": ["b": ["type": "string"]]],
            "$.properties[a].type: Required value: must not be empty for specified object fields"),
        RefusalCase(
            "an unknown type", ["type": "text"],
            #"$.properties[a].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "#
                + #""number", "object", "string""#),
        RefusalCase(
            "a list without items", ["type": "array"], "$.properties[a].items: Required value: must be specified"),
        RefusalCase(
            "items without type", ["type": "array", "items": [:]],
            "$.properties[a].items.type: Required value: must not be empty for specified array items"),
        RefusalCase(
            "a type among alternatives", ["type": "string", "anyOf": [["type": "string"]]],
            "$.properties[a].anyOf[0].type: Forbidden: must be empty to be structural"),
        RefusalCase(
            whole: "alternatives that bring a field",
            ["type": "object", "oneOf": [["required": ["b"], "properties": ["b": ["minLength": 1]]]]],
            "$.properties[b]: Required value: because it is defined in $.oneOf[0].properties[b]"),
        RefusalCase(
            "unique items", ["type": "array", "items": ["type": "string"], "uniqueItems": true],
            "$.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity "
                + "becomes quadratic"),
        RefusalCase(
            "properties of a map",
            ["type": "object", "properties": ["b": ["type": "string"]], "additionalProperties": ["type": "string"]],
            "$.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"),
        RefusalCase(
            "a pattern that is none", ["type": "string", "pattern": "["],
            #"$.properties[a].pattern: Invalid value: "[": must be a valid regular expression, but isn't: error parsing "#
                + "regexp: missing closing ]: `[`"),
        RefusalCase(
            "a reference", ["type": "object", "$ref": "#/x"], "$.properties[a].$ref: Forbidden: $ref is not supported"),
        RefusalCase(
            "unknown fields not preserved", ["type": "object", "x-kubernetes-preserve-unknown-fields": false],
            "$.properties[a].x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined"),
        RefusalCase(
            "a list type of no list", ["type": "string", "x-kubernetes-list-type": "set"],
            #"$.properties[a].type: Invalid value: "string": must be array if x-kubernetes-list-type is specified"#),
        RefusalCase(
            "keys that may be missing",
            [
                "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k", "l"],
                "items": ["type": "object", "properties": ["k": ["type": "string"]]],
            ],
            "$.properties[a].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, "
                + "so it must have a default or be a required property",
            #"$.properties[a].x-kubernetes-list-map-keys: Invalid value: ["k","l"]: entries must all be names of item "#
                + "properties"),
        RefusalCase(
            "a default of another type", ["type": "integer", "default": "x"],
            #"$.properties[a].default: Invalid value: "string":  in body must be of type integer: "string""#),
        RefusalCase(
            "a default with unknown fields",
            ["type": "object", "properties": ["b": ["type": "string"]], "default": ["c": 1]],
            #"$.properties[a].default: Invalid value: {"c":1}: must not have unknown fields"#),
        RefusalCase(
            "a default with a fault inside",
            ["type": "object", "properties": ["b": ["type": "string"]], "default": ["b": 1]],
            #"$.properties[a].default.b: Invalid value: "integer": b in body must be of type string: "integer""#),
    ])
    func schemasThatAreNotStructuralAreRefused(_ test: RefusalCase) { #expect(errors(test.schema) == test.errors) }

    @Test func whatToolsGenerateIsAccepted() {
        #expect(
            errors([
                "type": "object",
                "properties": [
                    "apiVersion": ["type": "string"], "kind": ["type": "string"], "metadata": ["type": "object"],
                    "spec": [
                        "type": "object",
                        "properties": [
                            "port": [
                                "anyOf": [["type": "integer"], ["type": "string"]], "x-kubernetes-int-or-string": true,
                            ],
                            "any": ["x-kubernetes-preserve-unknown-fields": true],
                            "object": [
                                "type": "object", "x-kubernetes-embedded-resource": true,
                                "x-kubernetes-preserve-unknown-fields": true,
                            ],
                            "choice": [
                                "type": "object",
                                "properties": ["x": ["type": "string"], "y": ["type": "string"]],
                                "oneOf": [["required": ["x"]], ["required": ["y"]]],
                            ],
                        ],
                    ],
                ],
            ]) == [])
    }
}

/// Rules of values beside those of the recorded transcripts.
struct ValueRuleTests {
    struct RuleCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var rules: JSONValue
        var value: JSONValue
        var errors: [String]

        init(_ name: String, _ rules: JSONValue, _ value: JSONValue, _ errors: String...) {
            testDescription = name
            self.rules = rules
            self.value = value
            self.errors = errors
        }
    }

    @Test(arguments: [
        RuleCase(
            "shorter than allowed", ["type": "string", "minLength": 2], "a",
            #"a: Invalid value: "a": a in body should be at least 2 chars long"#),
        RuleCase("length in characters", ["type": "string", "maxLength": 2], "äö"),
        RuleCase(
            "at an excluded bound", ["type": "number", "maximum": 1.5, "exclusiveMaximum": true], 1.5,
            "a: Invalid value: 1.5: a in body should be less than 1.5"),
        RuleCase(
            "no multiple", ["type": "integer", "multipleOf": 5], 7,
            "a: Invalid value: 7: a in body should be a multiple of 5"),
        RuleCase("a multiple of a fraction", ["type": "number", "multipleOf": 0.1], 0.3),
        RuleCase(
            "too few items", ["type": "array", "items": ["type": "string"], "minItems": 1], [],
            "a: Invalid value: 0: a in body should have at least 1 items"),
        RuleCase(
            "too few properties",
            ["type": "object", "additionalProperties": ["type": "string"], "minProperties": 1], [:],
            "a: Invalid value: 1: a in body should have at least 1 properties"),
        RuleCase(
            "beyond 32 bits", ["type": "integer", "format": "int32"], 3_000_000_000,
            #"<nil>: Invalid value: "": Checked value must be of type integer with format int32 in a"#),
        RuleCase(
            "no date", ["type": "string", "format": "date-time"], "today",
            #"a: Invalid value: "today": a in body must be of type date-time: "today""#),
        RuleCase(
            "null", ["type": "array", "items": ["type": "string"]], [.null],
            #"a[0]: Invalid value: "null": a[0] in body must be of type string: "null""#),
        RuleCase("null where it is allowed", ["type": "string", "nullable": true, "minLength": 1], .null),
        RuleCase(
            "none of several", ["type": "string", "anyOf": [["pattern": "^a"], ["pattern": "^b"]]], "c",
            #"<nil>: Invalid value: "": "a" must validate at least one schema (anyOf)"#,
            #"a: Invalid value: "c": a in body should match '^a'"#),
        RuleCase(
            "two of one", ["type": "string", "oneOf": [["minLength": 1], ["maxLength": 5]]], "c",
            #"<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found 2 valid alternatives"#),
        RuleCase(
            "not all", ["type": "string", "allOf": [["minLength": 1], ["pattern": "^b"]]], "c",
            #"a: Invalid value: "c": a in body should match '^b'"#,
            #"<nil>: Invalid value: "": "a" must validate all the schemas (allOf)"#),
        RuleCase(
            "what must not be", ["type": "string", "not": ["pattern": "^c"]], "c",
            #"<nil>: Invalid value: "": "a" must not validate the schema (not)"#),
        RuleCase(
            "twice in a set", ["type": "array", "items": ["type": "string"], "x-kubernetes-list-type": "set"],
            ["x", "y", "x", "x"], #"a[2]: Duplicate value: "x""#),
        RuleCase(
            "twice in a map list",
            [
                "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                "items": ["type": "object", "required": ["name"], "properties": ["name": ["type": "string"]]],
            ], [["name": "x"], ["name": "x"]], #"a[1]: Duplicate value: {"name":"x"}"#),
    ])
    func rulesAreHeld(_ test: RuleCase) throws {
        let schema = try StructuralSchema(openAPIV3: ["type": "object", "properties": ["a": test.rules]])
        #expect(schema.validate(["a": test.value], old: nil).map(\.description) == test.errors)
    }

    struct FormatCase: Sendable, CustomTestStringConvertible {
        var format: String
        var yes: [String]
        var no: [String]
        var testDescription: String { format }
    }

    @Test(arguments: [
        FormatCase(
            format: "date-time", yes: ["2024-02-29T00:00:00Z", "2024-01-01T00:00:00.5+02:00"],
            no: ["2023-02-29T00:00:00Z", "x"]),
        FormatCase(format: "date", yes: ["2024-02-29"], no: ["2024-2-29", "2023-02-29"]),
        FormatCase(format: "duration", yes: ["1h30m", "0", "22 ns", "3 days"], no: ["1", "h", "1x"]),
        FormatCase(format: "byte", yes: ["", "YQ==", "YWI=", "YWJj"], no: ["YQ", "Y*=="]),
        FormatCase(format: "ipv4", yes: ["10.0.0.1"], no: ["10.0.0", "256.0.0.1", "01.0.0.1"]),
        FormatCase(
            format: "ipv6", yes: ["::1", "2001:db8::1", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8"],
            no: ["1.2.3.4", "1::2::3", "1:2:3"]),
        FormatCase(format: "cidr", yes: ["10.0.0.0/8", "::/0"], no: ["10.0.0.0", "10.0.0.0/33"]),
        FormatCase(format: "mac", yes: ["00:1b:44:11:3a:b7", "0000.5e00.5301"], no: ["00:1b:44"]),
        FormatCase(format: "uuid", yes: ["123e4567-e89b-12d3-a456-426614174000"], no: ["123e4567"]),
        FormatCase(format: "hostname", yes: ["a.example.com"], no: ["-a.com", ""]),
        FormatCase(format: "email", yes: ["a@example.com", "A <a@example.com>"], no: ["a", "@b"]),
        FormatCase(format: "uri", yes: ["https://example.com/x", "/rooted"], no: ["example.com", "a b"]),
        FormatCase(format: "quantity", yes: ["10Gi", "1.5", "100m", "1e3"], no: ["x", "1Q"]),
        FormatCase(format: "k8s-short-name", yes: ["a-1"], no: ["A", "a.b"]),
        FormatCase(format: "isbn", yes: ["0321751043", "978-0321751041"], no: ["0321751044"]),
        FormatCase(format: "anything", yes: ["x"], no: []),
    ])
    func formats(_ test: FormatCase) throws {
        let schema = try StructuralSchema(
            openAPIV3: ["type": "object", "properties": ["a": ["type": "string", "format": .string(test.format)]]])
        for text in test.yes { #expect(schema.validate(["a": .string(text)], old: nil) == [], "\(text)") }
        for text in test.no { #expect(schema.validate(["a": .string(text)], old: nil).count == 1, "\(text)") }
    }
}
