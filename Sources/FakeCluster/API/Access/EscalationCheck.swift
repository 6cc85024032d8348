import KubeObjects
import KubeSchema
import KubeWire

/// Keeps users from giving away rights that they do not have themselves: what a role grants, and what the role of a binding
/// grants, must be among the author's own rights, unless the author may `escalate` roles or `bind` that one
/// (Kubernetes v1.36, `registry/rbac` and `component-helpers`' `CompactString`).
struct EscalationCheck: Sendable {
    /// Who knows the rights.
    let authorizer: Authorizer
    /// Who writes.
    let user: UserIdentity

    /// Refuses a role or binding with more rights than its author's.
    /// - Parameter name: the object's name in the request; empty for a new object.
    func check(
        _ object: KubeObject, _ resource: GroupResource, namespace: String, requestName: String
    ) throws(KubeStatus) {
        guard resource.group == Authorizer.group, !user.groups.contains("system:masters") else { return }
        let name = object.name ?? ""
        switch resource.resource {
        case "roles", "clusterroles":
            if may("escalate", resource.resource, requestName, namespace) { return }
            if object["aggregationRule"] != nil, !missing(from: [Self.everything, Self.everyPath], in: "").isEmpty {
                throw KubeStatus.forbidden(
                    resource, name, "must have cluster-admin privileges to use the aggregationRule")
            }
            try confirm(object.value.list("rules").map(PolicyRule.init), resource, name, namespace)
        case "rolebindings", "clusterrolebindings":
            let reference = object["roleRef"] ?? [:]
            let isClusterRole = reference.text("kind") == "ClusterRole"
            let roles = isClusterRole ? "clusterroles" : "roles"
            if may("bind", roles, reference.text("name"), namespace) { return }
            guard let rules = authorizer.rules(of: reference, in: namespace) else {
                throw KubeStatus.notFound(
                    GroupResource(group: Authorizer.group, resource: isClusterRole ? "clusterrole" : "role"),
                    reference.text("name"))
            }
            try confirm(rules, resource, name, namespace)
        default: return
        }
    }

    private static let everything = PolicyRule(["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]])
    private static let everyPath = PolicyRule(["nonResourceURLs": ["*"], "verbs": ["*"]])

    private func may(_ verb: String, _ resource: String, _ name: String, _ namespace: String) -> Bool {
        var access = AccessRequest(user: user, verb: verb, group: Authorizer.group, resource: resource, name: name)
        access.namespace = namespace
        return authorizer.allows(access)
    }

    private func missing(from rules: [PolicyRule], in namespace: String) -> [PolicyRule] {
        let own = authorizer.grants(for: user, in: namespace).flatMap(\.rules)
        return rules.flatMap(\.singleRights).filter { right in !own.contains { $0.covers(right) } }
    }

    private func confirm(
        _ rules: [PolicyRule], _ resource: GroupResource, _ name: String, _ namespace: String
    ) throws(KubeStatus) {
        let missing = missing(from: rules, in: namespace)
        guard !missing.isEmpty else { return }
        let list = Set(PolicyRule.gathered(missing).map(\.text)).sorted().joined(separator: "\n")
        let groups = user.groups.map(\.quoted).joined(separator: " ")
        throw KubeStatus.forbidden(
            resource, name,
            "user \(user.name.quoted) (groups=[\(groups)]) is attempting to grant RBAC permissions not currently held:\n"
                + list)
    }
}

extension PolicyRule {
    private init(_ members: [(String, [String])]) {
        self.init(.object(JSONObject(members.map { ($0, .array($1.map { .string($0) })) })))
    }

    /// The rule as rules of one verb on one resource or path each.
    var singleRights: [PolicyRule] {
        var rights: [PolicyRule] = []
        for group in groups {
            for resource in resources {
                for verb in verbs {
                    let right = [("apiGroups", [group]), ("resources", [resource]), ("verbs", [verb])]
                    if names.isEmpty {
                        rights.append(PolicyRule(right))
                    } else {
                        rights += names.map { PolicyRule(right + [("resourceNames", [$0])]) }
                    }
                }
            }
        }
        for path in paths {
            rights += verbs.map { PolicyRule([("nonResourceURLs", [path]), ("verbs", [$0])]) }
        }
        return rights
    }

    /// Whether whoever has this rule has a single right.
    func covers(_ right: PolicyRule) -> Bool {
        func has(_ own: [String], _ wanted: [String]) -> Bool { own.contains("*") || wanted.allSatisfy(own.contains) }
        guard has(verbs, right.verbs) else { return false }
        guard right.paths.isEmpty else {
            return right.paths.allSatisfy { path in
                paths.contains { $0 == path || $0 == "*" || $0.hasSuffix("*") && path.hasPrefix($0.dropLast()) }
            }
        }
        let coversResource = right.resources.allSatisfy { resource in
            if resources.contains("*") || resources.contains(resource) { return true }
            guard let slash = resource.firstIndex(of: "/") else { return false }
            return resources.contains("*" + resource[slash...])
        }
        let coversName = names.isEmpty || !right.names.isEmpty && right.names.allSatisfy(names.contains)
        return has(groups, right.groups) && coversResource && coversName
    }

    /// Single rights with the verbs on one resource put together.
    static func gathered(_ rights: [PolicyRule]) -> [PolicyRule] {
        var gathered: [PolicyRule] = []
        var positions: [[[String]]: Int] = [:]
        for right in rights {
            let key = [right.groups, right.resources, right.names]
            if right.paths.isEmpty, let position = positions[key] {
                let present = gathered[position]
                let verbs = present.verbs + right.verbs.filter { !present.verbs.contains($0) }
                gathered[position] = PolicyRule([
                    ("apiGroups", right.groups), ("resources", right.resources), ("verbs", verbs),
                    ("resourceNames", right.names),
                ])
            } else {
                if right.paths.isEmpty { positions[key] = gathered.count }
                gathered.append(right)
            }
        }
        return gathered
    }

    /// The rule in one line: `{APIGroups:["batch"], Resources:["jobs"], Verbs:["get" "list"]}`.
    var text: String {
        let parts = [
            ("APIGroups", groups), ("Resources", resources), ("NonResourceURLs", paths), ("ResourceNames", names),
            ("Verbs", verbs),
        ]
        let texts = parts.filter { !$0.1.isEmpty }.map { name, values in
            "\(name):[\(values.map(\.quoted).joined(separator: " "))]"
        }
        return "{\(texts.joined(separator: ", "))}"
    }
}
