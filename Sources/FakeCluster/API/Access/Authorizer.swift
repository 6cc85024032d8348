import KubeObjects
import KubeWire

/// Decides by the Roles, ClusterRoles and their bindings that are stored (RBAC, `rbac.authorization.k8s.io/v1`).
struct Authorizer: Sendable {
    /// Where roles and bindings are.
    let store: ObjectStore

    /// Refuses what is not allowed.
    func require(_ access: AccessRequest) throws(KubeStatus) {
        guard allows(access) else { throw access.denial() }
    }

    /// Whether something is allowed.
    func allows(_ access: AccessRequest) -> Bool {
        if access.user.groups.contains("system:masters") { return true }
        return rules(for: access.user, in: access.namespace).contains { $0.allows(access) }
    }

    /// The rules that hold for a user, cluster-wide and, if a namespace is given, in it.
    func rules(for user: UserIdentity, in namespace: String) -> [PolicyRule] {
        var rules: [PolicyRule] = []
        for binding in objects("clusterrolebindings", in: nil) where binding.names(user) {
            rules += self.rules(of: binding, in: "")
        }
        guard !namespace.isEmpty else { return rules }
        for binding in objects("rolebindings", in: namespace) where binding.names(user) {
            rules += self.rules(of: binding, in: namespace)
        }
        return rules
    }

    private func rules(of binding: KubeObject, in namespace: String) -> [PolicyRule] {
        let name = binding[path: "roleRef", "name"]?.string ?? ""
        let isClusterRole = binding[path: "roleRef", "kind"]?.string == "ClusterRole"
        let role = store.object(
            GroupResource(group: Self.group, resource: isClusterRole ? "clusterroles" : "roles"),
            ObjectKey(namespace: isClusterRole ? "" : namespace, name: name))
        return role.map { rules(ofRole: $0.object) } ?? []
    }

    /// A role's own rules, and those of the roles that it gathers.
    private func rules(ofRole role: KubeObject) -> [PolicyRule] {
        var rules = role["rules"]?.array?.map(PolicyRule.init) ?? []
        for selector in role[path: "aggregationRule", "clusterRoleSelectors"]?.array ?? [] {
            guard let selector = try? LabelSelector(selector) else { continue }
            for other in objects("clusterroles", in: nil) where other.name != role.name && selector.matches(other) {
                rules += other["rules"]?.array?.map(PolicyRule.init) ?? []
            }
        }
        return rules
    }

    private func objects(_ resource: String, in namespace: String?) -> [KubeObject] {
        store.objects(GroupResource(group: Self.group, resource: resource), in: namespace).objects.map(\.object)
    }

    private static let group = "rbac.authorization.k8s.io"

}

/// One rule of a role.
struct PolicyRule: Sendable {
    /// The rule as it stands in the role.
    let json: JSONValue
    private let verbs: [String]
    private let groups: [String]
    private let resources: [String]
    private let names: [String]
    private let paths: [String]

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
    /// Whether a binding's subjects name a user.
    fileprivate func names(_ user: UserIdentity) -> Bool {
        self["subjects"]?.array?.contains { subject in
            let name = subject["name"]?.string ?? ""
            switch subject["kind"]?.string {
            case "User": return name == user.name
            case "Group": return user.groups.contains(name)
            case "ServiceAccount":
                let namespace = subject["namespace"]?.string ?? self.namespace ?? ""
                return ServiceAccountName(namespace: namespace, name: name).userName == user.name
            default: return false
            }
        } ?? false
    }
}
