package import KubeObjects

/// What objects look like to the type checking of admission policies: their metadata can be seen whole.
extension PolicyCompiler {
    /// The schema of a built-in kind; nil if it is not known.
    package static func schema(of kind: GroupVersionKind) -> StructuralSchema? {
        guard let type = BuiltinTypes.schema(for: kind) else { return nil }
        var writer = ExpressionSchemaWriter()
        return writer.schema(of: type).object.map { StructuralSchema(compiling: $0) }
    }

    /// The schema of a custom resource, from its definition's `openAPIV3Schema`.
    package static func schema(ofCustomResource source: JSONValue) -> StructuralSchema? {
        guard var root = source.object, let metadata = BuiltinTypes.objectMeta else { return nil }
        var writer = ExpressionSchemaWriter()
        var properties = root["properties"]?.object ?? [:]
        properties["apiVersion"] = ["type": "string"]
        properties["kind"] = ["type": "string"]
        properties["metadata"] = writer.schema(of: metadata)
        root["properties"] = .object(properties)
        return StructuralSchema(compiling: root)
    }
}

/// Writes built-in types as schemas, each place where a type is used whole.
private struct ExpressionSchemaWriter {
    /// The object types around the one that is being written: a type within itself is left open.
    private var around: Set<String> = []

    /// The one keyword that leaves the type of a value open.
    private static let open: JSONValue = ["x-kubernetes-int-or-string": true]

    mutating func schema(of type: TypeSchema) -> JSONValue {
        switch type.shape {
        case .string: return ["type": "string"]
        case .boolean: return ["type": "boolean"]
        case .int32, .int64: return ["type": "integer"]
        case .double: return ["type": "number"]
        case .bytes: return ["type": "string", "format": "byte"]
        case .time, .microTime: return ["type": "string", "format": "date-time"]
        case .list(let element): return ["type": "array", "items": schema(of: element)]
        case .map(let values): return ["type": "object", "additionalProperties": schema(of: values)]
        case .object:
            guard let definition = type.definition, around.insert(definition.name).inserted else { return Self.open }
            defer { around.remove(definition.name) }
            var properties: JSONObject = [:]
            for field in definition.fields { properties[field.name] = schema(of: field.type) }
            return ["type": "object", "properties": .object(properties)]
        case .quantity, .intOrString, .any, .fields, .schemaOrArray, .schemaOrBool, .schemaOrStrings: return Self.open
        }
    }
}
