public import KubeObjects

extension BuiltinTypes {
    /// A type as part of a resource definition's schema: structural, without references, no longer than it must be.
    ///
    /// Texts that are quantities, integers or texts, and binary data are described as controller-gen describes them. Of an
    /// embedded `metadata` the fields that a template carries are known. A type inside of itself is cut off: what is
    /// below is kept unseen.
    /// - Parameter name: such as `api.batch.v1.JobSpec`.
    /// - Returns: the schema; nil if there is no such type.
    public static func openAPIV3(named name: String) -> JSONValue? {
        guard let schema = schema(named: name) else { return nil }
        var writer = StructuralSchemaWriter()
        return writer.write(schema)
    }

}

/// Writes types as structural schemas.
private struct StructuralSchemaWriter {
    /// The object types around the one that is being written.
    private var open: Set<String> = []

    private static let metadataName = "apimachinery.pkg.apis.meta.v1.ObjectMeta"

    /// The fields of a template's metadata. `creationTimestamp: null` is what clients write that print whole Go structs.
    private static let templateMetadata: JSONValue = [
        "type": "object",
        "properties": [
            "annotations": ["type": "object", "additionalProperties": ["type": "string"]],
            "creationTimestamp": ["type": "string", "format": "date-time", "nullable": true],
            "finalizers": ["type": "array", "items": ["type": "string"], "x-kubernetes-list-type": "set"],
            "generateName": ["type": "string"],
            "labels": ["type": "object", "additionalProperties": ["type": "string"]],
            "name": ["type": "string"],
            "namespace": ["type": "string"],
        ],
    ]

    private static let integerOrString: JSONValue = [["type": "integer"], ["type": "string"]]

    private static let quantity =
        #"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$"#

    mutating func write(_ type: TypeSchema) -> JSONValue {
        switch type.shape {
        case .string: return text(type)
        case .boolean: return ["type": "boolean"]
        case .int32: return ["type": "integer", "format": "int32"]
        case .int64: return ["type": "integer", "format": "int64"]
        case .double: return ["type": "number", "format": "double"]
        case .bytes: return ["type": "string", "format": "byte"]
        case .time, .microTime: return ["type": "string", "format": "date-time"]
        case .intOrString: return ["x-kubernetes-int-or-string": true, "anyOf": Self.integerOrString]
        case .quantity:
            return [
                "x-kubernetes-int-or-string": true, "anyOf": Self.integerOrString, "pattern": .string(Self.quantity),
            ]
        case .any: return ["x-kubernetes-preserve-unknown-fields": true]
        case .fields, .schemaOrArray, .schemaOrBool, .schemaOrStrings: return Self.unseen
        case .list(let element): return list(of: element, type)
        case .map(let values): return ["type": "object", "additionalProperties": write(values)]
        case .object(let number): return object(BuiltinTypes.definitions[number], type)
        }
    }

    private static let unseen: JSONValue = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]

    private func text(_ type: TypeSchema) -> JSONValue {
        var schema: JSONValue = ["type": "string"]
        if !type.enumeration.isEmpty { schema["enum"] = .array(type.enumeration.map(JSONValue.string)) }
        if let fallback = type.defaultValue { schema["default"] = fallback }
        return schema
    }

    private mutating func list(of element: TypeSchema, _ type: TypeSchema) -> JSONValue {
        var items = write(element)
        if type.listType == "map" { requireKeys(type.listMapKeys, in: &items) }
        var schema: JSONValue = ["type": "array", "items": items]
        if let listType = type.listType { schema["x-kubernetes-list-type"] = .string(listType) }
        if !type.listMapKeys.isEmpty {
            schema["x-kubernetes-list-map-keys"] = .array(type.listMapKeys.map(JSONValue.string))
        }
        return schema
    }

    /// A key of a list must be required or have a default.
    private func requireKeys(_ keys: [String], in items: inout JSONValue) {
        var required = items["required"]?.array ?? []
        for key in keys where items[path: "properties", key, "default"] == nil {
            if !required.contains(.string(key)) { required.append(.string(key)) }
        }
        if !required.isEmpty { items["required"] = .array(required) }
    }

    private mutating func object(_ definition: TypeDefinition, _ type: TypeSchema) -> JSONValue {
        if definition.name == Self.metadataName { return Self.templateMetadata }
        guard open.insert(definition.name).inserted else { return Self.unseen }
        defer { open.remove(definition.name) }
        var schema: JSONValue = ["type": "object"]
        var properties = JSONObject()
        for field in definition.fields { properties[field.name] = write(field.type) }
        if !properties.isEmpty { schema["properties"] = .object(properties) }
        let required = definition.fields.filter { $0.isRequired && $0.type.defaultValue == nil }
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0.name) }) }
        if type.isAtomicMap { schema["x-kubernetes-map-type"] = "atomic" }
        return schema
    }
}
