import KubeObjects
import KubeWire

/// What authorization decides on: who wants to do what with which resource or path.
struct AccessRequest: Sendable, Hashable {
    /// Who.
    var user: UserIdentity
    /// The verb, as in RBAC rules.
    var verb: String
    /// The API group; empty for the core group.
    var group = ""
    /// The plural resource name; empty for a path that is no resource.
    var resource = ""
    /// The subresource.
    var subresource = ""
    /// The namespace; empty at the cluster scope.
    var namespace = ""
    /// The object's name, if the request names one.
    var name = ""
    /// The path, if it is no resource.
    var path = ""

    /// A request for a resource.
    init(user: UserIdentity, verb: String, group: String = "", resource: String, name: String = "") {
        self.user = user
        self.verb = verb
        self.group = group
        self.resource = resource
        self.name = name
    }

    /// What a request to the API wants.
    init(_ target: RequestTarget, user: UserIdentity) {
        self.user = user
        verb = target.verb
        if let path = target.resourcePath {
            group = path.group
            resource = path.resource
            subresource = path.subresource ?? ""
            namespace = path.namespace ?? ""
            name = path.name ?? ""
            if ["list", "watch", "deletecollection"].contains(verb), name.isEmpty {
                name = Self.selectedName(target.query["fieldSelector"] ?? "")
            }
        } else {
            path = target.path
        }
    }

    /// A list of the one object of a name counts as access to that name.
    private static func selectedName(_ selector: String) -> String {
        let prefix = "metadata.name="
        guard selector.hasPrefix(prefix), !selector.contains(",") else { return "" }
        return String(selector.dropFirst(prefix.count).drop { $0 == "=" })
    }

    /// The resource with its subresource, as rules name it: `pods/log`.
    var resourceName: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }

    /// The refusal, in the words of the API server.
    func denial(because reason: String = "") -> KubeStatus {
        let ending = reason.isEmpty ? "" : ": \(reason)"
        guard !resource.isEmpty else {
            return KubeStatus(
                code: 403, reason: .forbidden,
                message: "forbidden: User \"\(user.name)\" cannot \(verb) path \"\(path)\"\(ending)",
                details: KubeStatus.Details())
        }
        let scope = namespace.isEmpty ? "at the cluster scope" : "in the namespace \"\(namespace)\""
        return KubeStatus.forbidden(
            GroupResource(group: group, resource: resource), name,
            "User \"\(user.name)\" cannot \(verb) resource \"\(resourceName)\" in API group \"\(group)\" \(scope)"
                + ending)
    }
}
