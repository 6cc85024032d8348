import KubeObjects
import KubeWire

/// Custom resources as OpenAPI describes them: what their definition says, with the fields that every object has.
struct OpenAPICustomTypes {
    /// The types that schemas refer to.
    let types: OpenAPITypes
    /// Whether schemas are those of version 2, which knows less.
    let isVersion2: Bool

    /// What a kind is called in documents: its group in reverse, `com.example.v1.Widget`.
    static func documentName(_ resource: APIResource) -> String {
        let group = resource.group.split(separator: ".").reversed().joined(separator: ".")
        return "\(group).\(resource.version).\(resource.kind)"
    }

    /// The schema of a kind.
    func schema(of resource: APIResource, _ source: JSONValue) -> JSONValue {
        var schema = isVersion2 ? downgrade(source) : source
        var properties = schema["properties"]?.object ?? [:]
        properties["apiVersion"] = ["type": "string"]
        properties["kind"] = ["type": "string"]
        properties["metadata"] = types.reference("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")
        schema["type"] = "object"
        schema["properties"] = .object(properties)
        schema["x-kubernetes-group-version-kind"] = OpenAPITypes.kinds([resource.groupVersionKind])
        return schema
    }

    /// What version 2 can say of a schema: no alternatives, no nulls, and nothing of what is kept unseen.
    private func downgrade(_ schema: JSONValue) -> JSONValue {
        guard var members = schema.object else { return schema }
        for key in ["allOf", "anyOf", "oneOf", "not", "nullable", "x-kubernetes-validations"] {
            if key == "nullable", members[key] == true { members["type"] = nil }
            members[key] = nil
        }
        if members["x-kubernetes-int-or-string"] == true { members["type"] = nil }
        if members["x-kubernetes-preserve-unknown-fields"] == true {
            for key in ["properties", "items", "additionalProperties", "required"] { members[key] = nil }
            // An object without properties would be one of which nothing is known to be there.
            members["type"] = nil
        }
        if let properties = members["properties"]?.object {
            members["properties"] = .object(properties.mapValues(downgrade))
        }
        for key in ["items", "additionalProperties"] {
            if let inner = members[key], inner.object != nil { members[key] = downgrade(inner) }
        }
        return .object(members)
    }
}
