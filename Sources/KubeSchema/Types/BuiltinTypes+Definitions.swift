public import KubeObjects

extension BuiltinTypes {
    /// The name of a kind's type in OpenAPI documents, such as `io.k8s.api.batch.v1.Job`.
    public static func openAPIName(of kind: GroupVersionKind) -> String? {
        schema(for: kind)?.definition?.openAPIName
    }

    /// Descriptions of types for an OpenAPI document, with all that they refer to, sorted by name.
    /// - Parameter kinds: the kinds that the document is about; nil describes every type.
    public static func openAPIDefinitions(
        _ version: OpenAPIVersion, of kinds: [GroupVersionKind]? = nil
    ) -> [(name: String, schema: JSONValue)] {
        var writer = DefinitionWriter(version: version)
        if let kinds {
            for kind in kinds { if let type = schema(for: kind) { writer.visit(type) } }
        } else {
            for number in definitions.indices { writer.visit(TypeSchema(.object(number))) }
        }
        return writer.found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension TypeDefinition {
    /// The name in OpenAPI documents.
    var openAPIName: String { "io.k8s." + name }
}

/// Describes types and follows their references.
private struct DefinitionWriter {
    let version: OpenAPIVersion
    var found: [String: JSONValue] = [:]

    init(version: OpenAPIVersion) { self.version = version }

    /// Describes a type that has a name; others are described where they are used.
    mutating func visit(_ type: TypeSchema) {
        guard let definition = type.definition, found[definition.openAPIName] == nil else { return }
        // Taken before its fields are looked at: types refer to themselves.
        found[definition.openAPIName] = ["type": "object"]
        found[definition.openAPIName] = describe(definition)
    }

    private mutating func describe(_ definition: TypeDefinition) -> JSONValue {
        var schema: JSONValue = ["type": "object"]
        let required = definition.fields.filter(\.isRequired)
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0.name) }) }
        var properties = JSONObject()
        for field in definition.fields { properties[field.name] = use(field.type) }
        if !properties.isEmpty { schema["properties"] = .object(properties) }
        if !definition.kinds.isEmpty {
            schema["x-kubernetes-group-version-kind"] = .array(definition.kinds.map(\.openAPIExtension))
        }
        if let mapType = definition.mapType { schema["x-kubernetes-map-type"] = .string(mapType) }
        return schema
    }

    private mutating func use(_ type: TypeSchema) -> JSONValue {
        var schema = shape(of: type)
        let isText = if case .string = type.shape { true } else { false }
        if isText, !type.enumeration.isEmpty { schema["enum"] = .array(type.enumeration.map(JSONValue.string)) }
        if let fallback = type.defaultValue { schema["default"] = fallback }
        if let listType = type.listType { schema["x-kubernetes-list-type"] = .string(listType) }
        if !type.listMapKeys.isEmpty {
            schema["x-kubernetes-list-map-keys"] = .array(type.listMapKeys.map(JSONValue.string))
        }
        if let key = type.patchMergeKey { schema["x-kubernetes-patch-merge-key"] = .string(key) }
        if !type.patchStrategies.isEmpty {
            schema["x-kubernetes-patch-strategy"] = .string(type.patchStrategies.joined(separator: ","))
        }
        return schema
    }

    private mutating func shape(of type: TypeSchema) -> JSONValue {
        switch type.shape {
        case .string: return ["type": "string"]
        case .boolean: return ["type": "boolean"]
        case .int32: return ["type": "integer", "format": "int32"]
        case .int64: return ["type": "integer", "format": "int64"]
        case .double: return ["type": "number", "format": "double"]
        case .bytes: return ["type": "string", "format": "byte"]
        case .list(let element): return ["type": "array", "items": use(element)]
        case .map(let values): return ["type": "object", "additionalProperties": use(values)]
        case .object:
            visit(type)
            return reference(type.definition?.openAPIName ?? "")
        case .quantity, .time, .microTime, .intOrString, .any, .fields, .schemaOrArray, .schemaOrBool, .schemaOrStrings:
            let (name, schema) = leaf(type.shape)
            found[name] = schema
            return reference(name)
        }
    }

    private func reference(_ name: String) -> JSONValue { ["$ref": .string(version.referencePrefix + name)] }

    /// The types that encode themselves.
    private func leaf(_ shape: TypeSchema.Shape) -> (String, JSONValue) {
        let isOld = version == .v2
        let meta = "io.k8s.apimachinery.pkg.apis.meta.v1."
        let extensions = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
        switch shape {
        case .quantity:
            return (
                "io.k8s.apimachinery.pkg.api.resource.Quantity",
                isOld ? ["type": "string"] : ["oneOf": [["type": "string"], ["type": "number"]]]
            )
        case .intOrString:
            return (
                "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
                isOld
                    ? ["type": "string", "format": "int-or-string"]
                    : ["format": "int-or-string", "oneOf": [["type": "integer"], ["type": "string"]]]
            )
        case .time: return (meta + "Time", ["type": "string", "format": "date-time"])
        case .microTime: return (meta + "MicroTime", ["type": "string", "format": "date-time"])
        case .fields: return (meta + "FieldsV1", ["type": "object"])
        case .schemaOrArray: return (extensions + "JSONSchemaPropsOrArray", [:])
        case .schemaOrBool: return (extensions + "JSONSchemaPropsOrBool", [:])
        case .schemaOrStrings: return (extensions + "JSONSchemaPropsOrStringArray", [:])
        default: return (extensions + "JSON", [:])
        }
    }
}

extension GroupVersionKind {
    /// As OpenAPI documents name a kind (`x-kubernetes-group-version-kind`).
    var openAPIExtension: JSONValue {
        ["group": .string(group), "kind": .string(kind), "version": .string(version)]
    }
}
