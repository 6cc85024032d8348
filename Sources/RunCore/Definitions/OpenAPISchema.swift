import KubeObjects
import KubeSchema

/// Pieces of the OpenAPI schemas of our definitions, in the structural form that a CustomResourceDefinition demands.
enum OpenAPISchema {
    /// A text.
    static func string(
        _ description: String? = nil, minLength: Int64? = nil, maxLength: Int64? = nil, pattern: String? = nil,
        enumeration: [String] = []
    ) -> JSONValue {
        var schema = base("string", description)
        schema["minLength"] = minLength.map(JSONValue.integer)
        schema["maxLength"] = maxLength.map(JSONValue.integer)
        schema["pattern"] = pattern.map(JSONValue.string)
        if !enumeration.isEmpty { schema["enum"] = .array(enumeration.map(JSONValue.string)) }
        return .object(schema)
    }

    /// A moment, RFC 3339.
    static func time(_ description: String? = nil) -> JSONValue {
        var schema = base("string", description)
        schema["format"] = "date-time"
        return .object(schema)
    }

    /// A whole number.
    static func integer(_ description: String? = nil, format: String? = nil, minimum: Int64? = nil) -> JSONValue {
        var schema = base("integer", description)
        schema["format"] = format.map(JSONValue.string)
        schema["minimum"] = minimum.map(JSONValue.integer)
        return .object(schema)
    }

    /// A truth value.
    static func boolean(_ description: String? = nil) -> JSONValue { .object(base("boolean", description)) }

    /// A number.
    static func number(_ description: String? = nil) -> JSONValue { .object(base("number", description)) }

    /// Any value at all, kept as it comes.
    static func any(_ description: String? = nil) -> JSONValue {
        var schema = JSONObject()
        schema["description"] = description.map(JSONValue.string)
        schema["x-kubernetes-preserve-unknown-fields"] = true
        return .object(schema)
    }

    /// An object of any fields, kept as it comes.
    static func openObject(_ description: String? = nil) -> JSONValue {
        var schema = base("object", description)
        schema["x-kubernetes-preserve-unknown-fields"] = true
        return .object(schema)
    }

    /// A list.
    static func array(
        of items: JSONValue, _ description: String? = nil, mapKey: String? = nil, isSet: Bool = false
    ) -> JSONValue {
        var schema = base("array", description)
        schema["items"] = items
        if isSet { schema["x-kubernetes-list-type"] = "set" }
        if let mapKey {
            schema["x-kubernetes-list-type"] = "map"
            schema["x-kubernetes-list-map-keys"] = [.string(mapKey)]
        }
        return .object(schema)
    }

    /// A map of texts.
    static func stringMap(_ description: String? = nil) -> JSONValue {
        var schema = base("object", description)
        schema["additionalProperties"] = string()
        return .object(schema)
    }

    /// An object of these fields.
    static func object(
        _ properties: JSONObject, _ description: String? = nil, required: [String] = [], rules: [JSONValue] = []
    ) -> JSONValue {
        var schema = base("object", description)
        if !required.isEmpty { schema["required"] = .array(required.map(JSONValue.string)) }
        schema["properties"] = .object(properties)
        if !rules.isEmpty { schema["x-kubernetes-validations"] = .array(rules) }
        return .object(schema)
    }

    /// A rule in CEL (`x-kubernetes-validations`).
    static func rule(_ rule: String, message: String) -> JSONValue {
        ["rule": .string(rule), "message": .string(message)]
    }

    /// A type of Kubernetes' own API, described.
    static func builtIn(_ name: String, _ description: String) -> JSONValue {
        var schema = BuiltinTypes.openAPIV3(named: name)?.object ?? [:]
        schema["description"] = .string(description)
        return .object(schema)
    }

    private static func base(_ type: String, _ description: String?) -> JSONObject {
        var schema = JSONObject()
        schema["description"] = description.map(JSONValue.string)
        schema["type"] = .string(type)
        return schema
    }
}
