import KubeObjects
import KubeSchema

/// Writes values as the real server shows them in messages about whole structures.
///
/// A real server validates its internal types and prints a refused structure as Go's encoder writes it: every field is
/// there, in the order of its declaration, under the name that it has in Go. `field.Error.ErrorBody` is where that happens.
enum InternalForm {
    /// What Go writes for a field that is not set, and how a set one is written.
    indirect enum Kind: Sendable {
        /// A value as it stands, or this text if it is not there.
        case plain(String)
        /// A structure, there or not.
        case structure(String)
        /// A pointer to a structure: `null` if it is not there.
        case optional(String)
        /// A list of structures.
        case list(String)
        /// The fields of a structure in the place of this one.
        case embedded(String)
    }

    /// A field of a structure.
    struct Field: Sendable {
        /// The name in Go.
        var name: String
        /// The name in JSON.
        var key: String
        /// What it holds.
        var kind: Kind
    }

    /// A value of a structure of the table, as text.
    static func text(_ value: JSONValue?, as structure: String) -> String {
        guard let fields = InternalFormTable.structures[structure] else { return (value ?? .null).compactText }
        return "{" + members(value ?? [:], fields).joined(separator: ",") + "}"
    }

    /// A pod template: its metadata is embedded and keeps the names that it has on the wire.
    static func podTemplate(_ template: JSONValue) -> String {
        var members = metadata(template["metadata"] ?? [:])
        members.append("\"Spec\":" + podSpec(template["spec"] ?? [:]))
        return "{" + members.joined(separator: ",") + "}"
    }

    /// A pod's spec, whose switches for the host's namespaces stand in its security context.
    static func podSpec(_ spec: JSONValue) -> String {
        guard var members = spec.object else { return "null" }
        members.edit("securityContext") { context in
            for key in ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"] {
                context[key] = spec[key]
            }
        }
        return text(.object(members), as: "PodSpec")
    }

    private static func metadata(_ metadata: JSONValue) -> [String] {
        let order = [
            "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation",
            "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations",
            "ownerReferences", "finalizers", "managedFields",
        ]
        return order.compactMap { key in
            guard let value = metadata[key], !value.isNull, value != [:], value != [] else { return nil }
            return "\"\(key)\":" + value.compactText
        }
    }

    private static func members(_ value: JSONValue, _ fields: [Field]) -> [String] {
        fields.flatMap { field -> [String] in
            let name = "\"\(field.name)\":"
            let given = value[field.key].flatMap { $0.isNull ? nil : $0 }
            switch field.kind {
            case .plain(let absent): return [name + (given?.compactText ?? absent)]
            case .structure(let type): return [name + text(given, as: type)]
            case .optional(let type): return [name + (given.map { text($0, as: type) } ?? "null")]
            case .list(let type):
                guard let elements = given?.array else { return [name + "null"] }
                return [name + "[" + elements.map { text($0, as: type) }.joined(separator: ",") + "]"]
            case .embedded(let type): return members(value, InternalFormTable.structures[type] ?? [])
            }
        }
    }
}
