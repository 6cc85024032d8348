import KubeObjects
import KubeWire

/// Decides by the Roles, ClusterRoles and their bindings that are stored (RBAC, `rbac.authorization.k8s.io/v1`).
struct Authorizer: Sendable {
    /// Where roles and bindings are.
    let store: ObjectStore

    /// What a binding gives to a user.
    struct Grant: Sendable {
        /// The rules of the role.
        var rules: [PolicyRule]
        /// Which binding of which role to whom, as reviews tell it.
        var origin: String
        /// Why there are no rules, if the role does not exist.
        var fault: String?
    }

    /// Refuses what is not allowed.
    func require(_ access: AccessRequest) throws(KubeStatus) {
        guard allows(access) else { throw access.denial(because: fault(in: access)) }
    }

    /// What went wrong in finding out whether something is allowed: bindings of roles that do not exist.
    func fault(in access: AccessRequest) -> String {
        var faults: [String] = []
        for grant in grants(for: access.user, in: access.namespace) {
            if let fault = grant.fault, !faults.contains(fault) { faults.append(fault) }
        }
        if faults.isEmpty { return "" }
        return "RBAC: " + (faults.count == 1 ? faults[0] : "[\(faults.joined(separator: ", "))]")
    }

    /// The rules of a role that a binding refers to; nil if it does not exist.
    func rules(of reference: JSONValue, in namespace: String) -> [PolicyRule]? {
        let isClusterRole = reference["kind"]?.string == "ClusterRole"
        let role = store.object(
            GroupResource(group: Self.group, resource: isClusterRole ? "clusterroles" : "roles"),
            ObjectKey(namespace: isClusterRole ? "" : namespace, name: reference["name"]?.string ?? ""))
        return role.map { $0.object["rules"]?.array?.map(PolicyRule.init) ?? [] }
    }

    /// Whether something is allowed.
    func allows(_ access: AccessRequest) -> Bool { permission(for: access) != nil }

    /// Why something is allowed, which is empty for those who may do everything; nil if it is not.
    func permission(for access: AccessRequest) -> String? {
        if access.user.groups.contains("system:masters") { return "" }
        let grant = grants(for: access.user, in: access.namespace).first { $0.rules.contains { $0.allows(access) } }
        return grant.map { "RBAC: allowed by \($0.origin)" }
    }

    /// What holds for a user, cluster-wide and, if a namespace is given, in it.
    func grants(for user: UserIdentity, in namespace: String) -> [Grant] {
        var bindings = objects("clusterrolebindings", in: nil)
        if !namespace.isEmpty { bindings += objects("rolebindings", in: namespace) }
        return bindings.compactMap { binding in
            binding.subject(naming: user).map { grant(of: binding, to: $0) }
        }
    }

    private func grant(of binding: KubeObject, to subject: JSONValue) -> Grant {
        let namespace = binding.namespace ?? ""
        let name = binding[path: "roleRef", "name"]?.string ?? ""
        let kind = binding[path: "roleRef", "kind"]?.string ?? ""
        let rules = rules(of: binding["roleRef"] ?? [:], in: namespace)
        let place = namespace.isEmpty ? "" : "/\(namespace)"
        let owner = subject["namespace"]?.string.map { "/\($0)" } ?? ""
        return Grant(
            rules: rules ?? [],
            origin: "\(binding.kind) \"\(binding.name ?? "")\(place)\" of \(kind) \"\(name)\" to "
                + "\(subject["kind"]?.string ?? "") \"\(subject["name"]?.string ?? "")\(owner)\"",
            fault: rules == nil ? "\(kind.lowercased()).\(Self.group) \"\(name)\" not found" : nil)
    }

    private func objects(_ resource: String, in namespace: String?) -> [KubeObject] {
        store.objects(GroupResource(group: Self.group, resource: resource), in: namespace).objects.map(\.object)
    }

    /// The group of roles and bindings.
    static let group = "rbac.authorization.k8s.io"
}

/// One rule of a role.
struct PolicyRule: Sendable {
    /// The rule as it stands in the role.
    let json: JSONValue
    let verbs: [String]
    let groups: [String]
    let resources: [String]
    let names: [String]
    let paths: [String]

    /// Reads a rule.
    init(_ json: JSONValue) {
        self.json = json
        func strings(_ name: String) -> [String] { json[name]?.array?.compactMap(\.string) ?? [] }
        verbs = strings("verbs")
        groups = strings("apiGroups")
        resources = strings("resources")
        names = strings("resourceNames")
        paths = strings("nonResourceURLs")
    }

    /// Whether the rule allows something.
    func allows(_ access: AccessRequest) -> Bool {
        guard verbs.contains("*") || verbs.contains(access.verb) else { return false }
        guard !access.resource.isEmpty else { return allowsPath(access.path) }
        return (groups.contains("*") || groups.contains(access.group)) && allowsResource(access)
            && (names.isEmpty || names.contains(access.name))
    }

    private func allowsResource(_ access: AccessRequest) -> Bool {
        resources.contains { rule in
            rule == "*" || rule == access.resourceName
                || !access.subresource.isEmpty && rule == "*/\(access.subresource)"
        }
    }

    private func allowsPath(_ path: String) -> Bool {
        paths.contains { rule in
            rule == "*" || rule == path || rule.hasSuffix("*") && path.hasPrefix(rule.dropLast())
        }
    }
}

extension KubeObject {
    /// The subject of a binding that is a user, or a group of the user's; nil if none is.
    fileprivate func subject(naming user: UserIdentity) -> JSONValue? {
        self["subjects"]?.array?.first { subject in
            let name = subject["name"]?.string ?? ""
            switch subject["kind"]?.string {
            case "User": return name == user.name
            case "Group": return user.groups.contains(name)
            case "ServiceAccount":
                let namespace = subject["namespace"]?.string ?? self.namespace ?? ""
                return ServiceAccountName(namespace: namespace, name: name).userName == user.name
            default: return false
            }
        }
    }
}
