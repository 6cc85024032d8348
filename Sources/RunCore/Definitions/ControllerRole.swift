/// The right to do some things with one resource, as a rule of a Role has it.
public struct AccessRule: Sendable, Hashable {
    /// The API group; empty for the core group.
    public var group: String
    /// The plural name, with a subresource behind a slash: `jobruns/status`.
    public var resource: String
    /// The verbs, in alphabetical order.
    public var verbs: [String]

    /// A rule.
    public init(_ group: String, _ resource: String, _ verbs: [String]) {
        self.group = group
        self.resource = resource
        self.verbs = verbs.sorted()
    }
}

/// What the controller has to be allowed to do: exactly what it does, which a test holds against what it is seen doing.
public enum ControllerRole {
    /// What the families need, wherever their runs are; in order of group and resource, one rule for each.
    public static func rules(for families: [any RunFamily]) -> [AccessRule] {
        merged(common + families.flatMap { rules(for: $0) })
    }

    /// Those of a family's rules that no Role can give, because their resources belong to no namespace.
    public static func clusterRules(for family: any RunFamily) -> [AccessRule] {
        let resources = ([family.runResource] + family.referencedResources).filter { !$0.isNamespaced }
        return rules(for: [family]).filter { rule in
            let plural = rule.resource.prefix { $0 != "/" }
            return resources.contains { $0.group == rule.group && $0.plural == plural }
        }
    }

    /// Those of a family's rules that belong to a namespace, as far as they go beyond what all families need.
    public static func ownRules(for family: any RunFamily) -> [AccessRule] {
        let cluster = clusterRules(for: family)
        return rules(for: [family]).filter { !cluster.contains($0) }.compactMap { rule in
            let shared = common.first { $0.group == rule.group && $0.resource == rule.resource }?.verbs ?? []
            let verbs = rule.verbs.filter { !shared.contains($0) }
            return verbs.isEmpty ? nil : AccessRule(rule.group, rule.resource, verbs)
        }
    }

    /// What a family whose runs belong to no namespace needs in the namespace `default`, where their Events are.
    public static let clusterEventRules = common.filter { $0.resource == "events" }

    /// What leader election needs, in the namespace of the lease.
    public static let leaseRules = [AccessRule("coordination.k8s.io", "leases", ["create", "get", "update"])]

    private static let common = [
        AccessRule("", "events", ["create", "list", "patch"]),
        AccessRule("", "pods", ["list", "watch"]),
        AccessRule("batch", "jobs", ["create", "delete", "get", "list", "watch"]),
    ]

    private static func rules(for family: any RunFamily) -> [AccessRule] {
        let run = family.runResource
        var rules = [
            AccessRule(run.group, run.plural, ["list", "watch"]),
            AccessRule(run.group, "\(run.plural)/status", ["patch"]),
            // A Job's owner reference blocks the run's deletion; servers with OwnerReferencesPermissionEnforcement ask
            // for this right then.
            AccessRule(run.group, "\(run.plural)/finalizers", ["update"]),
        ]
        for resource in family.referencedResources {
            rules.append(
                AccessRule(resource.group, resource.plural, resource.isWatched ? ["get", "list", "watch"] : ["get"]))
        }
        return rules + family.accessRules
    }

    private static func merged(_ rules: [AccessRule]) -> [AccessRule] {
        var verbs: [[String]: Set<String>] = [:]
        for rule in rules { verbs[[rule.group, rule.resource], default: []].formUnion(rule.verbs) }
        return verbs.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, verbs in
            AccessRule(key[0], key[1], Array(verbs))
        }
    }
}
