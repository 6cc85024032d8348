import HTTPTypes
import KubeObjects
import RunCore

/// What a role has to allow for a request.
struct AccessUse: Sendable, Hashable, Comparable {
    var group: String
    var resource: String
    var verb: String

    static func < (one: AccessUse, other: AccessUse) -> Bool {
        (one.group, one.resource, one.verb) < (other.group, other.resource, other.verb)
    }

    /// Everything that rules allow.
    static func all(of rules: [AccessRule]) -> Set<AccessUse> {
        Set(
            rules.flatMap { rule in rule.verbs.map { AccessUse(group: rule.group, resource: rule.resource, verb: $0) } }
        )
    }

    /// What an API server asks for before it carries out a request.
    static func uses(of entry: DisturbedTransport.Entry) -> [AccessUse] {
        var parts = entry.path.split(separator: "/").map(String.init)[...]
        // /api/VERSION or /apis/GROUP/VERSION, then perhaps a namespace.
        let group = parts.first == "api" ? "" : parts.dropFirst().first ?? ""
        parts = parts.dropFirst(group.isEmpty ? 2 : 3)
        if parts.first == "namespaces", parts.count > 2 { parts = parts.dropFirst(2) }
        guard let plural = parts.popFirst() else { return [] }
        let name = parts.popFirst()
        let resource = ([plural] + parts).joined(separator: "/")
        func use(_ verb: String) -> AccessUse { AccessUse(group: group, resource: resource, verb: verb) }
        switch entry.method {
        case .get: return [use(name != nil ? "get" : entry.query.contains("watch=true") ? "watch" : "list")]
        case .post: return [use("create")] + finalizers(entry.body)
        case .put: return [use("update")]
        case .delete: return [use("delete")]
        // An apply that makes its object is a creation, too.
        default: return [use("patch")] + (entry.code == 201 ? [use("create")] + finalizers(entry.body) : [])
        }
    }

    /// An owner reference that blocks its owner's deletion is as good as a finalizer of it (admission plugin
    /// OwnerReferencesPermissionEnforcement).
    private static func finalizers(_ body: [UInt8]) -> [AccessUse] {
        let owners = (try? JSONValue(parsing: body)).flatMap(KubeObject.init)?.ownerReferences ?? []
        return owners.filter { $0.blockOwnerDeletion == true }.compactMap { owner in
            let family = RunFamilies.all.first {
                $0.runResource.kind == owner.kind && $0.runResource.apiVersion == owner.apiVersion
            }
            return family.map {
                AccessUse(group: $0.runResource.group, resource: "\($0.runResource.plural)/finalizers", verb: "update")
            }
        }
    }
}
