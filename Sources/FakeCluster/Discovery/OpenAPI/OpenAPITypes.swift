import KubeObjects
import KubeSchema

/// The built-in types as OpenAPI describes them: the names, formats and extensions that kubectl reads for explaining,
/// validating and patching.
struct OpenAPITypes {
    /// Where references lead: `#/definitions/` in version 2, `#/components/schemas/` in version 3.
    let referencePrefix: String

    /// What a type is called in documents: `io.k8s.api.batch.v1.Job`.
    static func documentName(_ name: String) -> String { "io.k8s." + name }

    /// The types that have no definition in the tables since they are leaves there.
    static let leaves: [(name: String, schema: JSONValue)] = [
        (quantity, ["type": "string"]),
        (time, ["type": "string", "format": "date-time"]),
        (microTime, ["type": "string", "format": "date-time"]),
        (intOrString, ["type": "string", "format": "int-or-string"]),
        (fields, ["type": "object"]),
        (anyValue, [:]), (schemaOrArray, [:]), (schemaOrBool, [:]), (schemaOrStrings, [:]),
    ]

    private static let quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity"
    private static let time = "io.k8s.apimachinery.pkg.apis.meta.v1.Time"
    private static let microTime = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime"
    private static let intOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
    private static let fields = "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1"
    private static let extensionTypes = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
    private static let anyValue = extensionTypes + "JSON"
    private static let schemaOrArray = extensionTypes + "JSONSchemaPropsOrArray"
    private static let schemaOrBool = extensionTypes + "JSONSchemaPropsOrBool"
    private static let schemaOrStrings = extensionTypes + "JSONSchemaPropsOrStringArray"

    /// The names of types that the tables have as definitions and that are described as leaves.
    private static let leafNames = Set(leaves.map(\.name))

    /// The schema of an object type; nil for one that is described as a leaf.
    func schema(of definition: TypeDefinition) -> JSONValue? {
        guard !Self.leafNames.contains(Self.documentName(definition.name)) else { return nil }
        var properties = JSONObject()
        for field in definition.fields { properties[field.name] = schema(of: field.type) }
        var schema: JSONObject = ["type": "object"]
        if !properties.isEmpty { schema["properties"] = .object(properties) }
        let required = definition.fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        if !definition.kinds.isEmpty { schema["x-kubernetes-group-version-kind"] = Self.kinds(definition.kinds) }
        return .object(schema)
    }

    /// The extension that names the kinds of a type.
    static func kinds(_ kinds: [GroupVersionKind]) -> JSONValue {
        .array(kinds.map(kind))
    }

    /// A kind as extensions name it.
    static func kind(_ kind: GroupVersionKind) -> JSONValue {
        ["group": .string(kind.group), "kind": .string(kind.kind), "version": .string(kind.version)]
    }

    /// A reference to a type.
    func reference(_ name: String) -> JSONValue { ["$ref": .string(referencePrefix + name)] }

    private func schema(of type: TypeSchema) -> JSONValue {
        var schema = plainSchema(of: type)
        if !type.enumeration.isEmpty, type.definition == nil, schema["items"] == nil {
            schema["enum"] = .array(type.enumeration.map(JSONValue.string))
        }
        if let fallback = type.defaultValue { schema["default"] = fallback }
        if let key = type.patchMergeKey { schema["x-kubernetes-patch-merge-key"] = .string(key) }
        if !type.patchStrategies.isEmpty {
            schema["x-kubernetes-patch-strategy"] = .string(type.patchStrategies.joined(separator: ","))
        }
        if let list = type.listType { schema["x-kubernetes-list-type"] = .string(list) }
        if !type.listMapKeys.isEmpty {
            schema["x-kubernetes-list-map-keys"] = .array(type.listMapKeys.map(JSONValue.string))
        }
        return schema
    }

    private func plainSchema(of type: TypeSchema) -> JSONValue {
        switch type.shape {
        case .string: ["type": "string"]
        case .boolean: ["type": "boolean"]
        case .int32: ["type": "integer", "format": "int32"]
        case .int64: ["type": "integer", "format": "int64"]
        case .double: ["type": "number", "format": "double"]
        case .bytes: ["type": "string", "format": "byte"]
        case .quantity: reference(Self.quantity)
        case .time: reference(Self.time)
        case .microTime: reference(Self.microTime)
        case .intOrString: reference(Self.intOrString)
        case .any: reference(Self.anyValue)
        case .fields: reference(Self.fields)
        case .schemaOrArray: reference(Self.schemaOrArray)
        case .schemaOrBool: reference(Self.schemaOrBool)
        case .schemaOrStrings: reference(Self.schemaOrStrings)
        case .list(let element): ["type": "array", "items": schema(of: element)]
        case .map(let values): ["type": "object", "additionalProperties": schema(of: values)]
        case .object(let number): reference(Self.documentName(BuiltinTypes.definitions[number].name))
        }
    }
}
