public import KubeObjects

/// How OpenAPI documents describe a custom resource.
public enum CustomResourceOpenAPI {
    /// The name of the type, such as `io.cellbytes.v1.JobRun`: the group's labels backwards, version and kind.
    public static func name(of kind: GroupVersionKind) -> String {
        (kind.group.split(separator: ".").reversed().map(String.init) + [kind.version, kind.kind]).joined(
            separator: ".")
    }

    /// The description of the type.
    /// - Parameters:
    ///   - schema: the definition's `openAPIV3Schema`.
    ///   - kind: the kind.
    ///   - version: for Swagger 2.0 the schema is made simpler: what it cannot say is left open.
    public static func schema(
        of schema: JSONValue, kind: GroupVersionKind, _ version: OpenAPIVersion
    ) -> JSONValue {
        var described = version == .v2 ? simplified(schema) : schema
        let isOpen = described["x-kubernetes-preserve-unknown-fields"] == true
        // Clients take a type with properties as closed.
        if !(version == .v2 && isOpen) {
            var properties = described["properties"]?.object ?? [:]
            let metadata = BuiltinTypes.objectMeta?.definition?.openAPIName ?? ""
            properties["apiVersion"] = ["type": "string"]
            properties["kind"] = ["type": "string"]
            properties["metadata"] = ["$ref": .string(version.referencePrefix + metadata)]
            described["properties"] = .object(properties)
        }
        described["type"] = "object"
        described["x-kubernetes-group-version-kind"] = [kind.openAPIExtension]
        return described
    }

    private static let unsupported = [
        "allOf", "anyOf", "oneOf", "not", "default", "nullable", "x-kubernetes-validations",
    ]

    /// The schema without what Swagger 2.0 does not know; nothing in it is stricter than before.
    private static func simplified(_ schema: JSONValue) -> JSONValue {
        guard case .object(var members) = schema else { return schema }
        let isNullable = members["nullable"] == true
        let isOpen = members["x-kubernetes-preserve-unknown-fields"] == true
        for keyword in unsupported { members[keyword] = nil }
        if isNullable { members["type"] = nil }
        if isNullable || isOpen {
            for keyword in ["items", "properties", "required"] { members[keyword] = nil }
        }
        if let properties = members["properties"]?.object {
            let nullable = Set(properties.filter { $0.value["nullable"] == true }.map(\.key))
            members["properties"] = .object(properties.mapValues(simplified))
            if let required = members["required"]?.array {
                let left = required.filter { !nullable.contains($0.string ?? "") }
                members["required"] = left.isEmpty ? nil : .array(left)
            }
        }
        if let items = members["items"] { members["items"] = simplified(items) }
        if let values = members["additionalProperties"] {
            members["additionalProperties"] = values.object == nil ? nil : simplified(values)
        }
        return .object(members)
    }
}
