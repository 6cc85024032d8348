import KubeObjects

/// The cluster roles and bindings that every cluster has (Kubernetes v1.36, `plugin/pkg/auth/authorizer/rbac/bootstrappolicy`),
/// for the resources that are served here.
enum BootstrapRoles {
    /// All of them.
    static let objects: [KubeObject] = roles + bindings
    /// The roles, those that gather others' rules with what they gather.
    static let roles: [KubeObject] = gathered(from: ownRoles)

    private static let read = ["get", "list", "watch"]
    private static let write = ["create", "delete", "deletecollection", "patch", "update"]

    private struct Grant {
        var groups: [String]
        var resources: [String]
        var verbs: [String]

        var rule: JSONValue {
            [
                "apiGroups": .array(groups.map { .string($0) }), "resources": .array(resources.map { .string($0) }),
                "verbs": .array(verbs.map { .string($0) }),
            ]
        }
    }

    private static let view = [
        Grant(
            groups: [""],
            resources: [
                "configmaps", "endpoints", "events", "limitranges", "namespaces", "namespaces/status",
                "persistentvolumeclaims",
                "persistentvolumeclaims/status", "pods", "pods/log", "pods/status", "resourcequotas",
                "resourcequotas/status", "serviceaccounts", "services", "services/status",
            ], verbs: read),
        Grant(
            groups: ["apps"],
            resources: [
                "deployments", "deployments/scale", "deployments/status", "replicasets", "replicasets/scale",
                "replicasets/status",
            ], verbs: read),
        Grant(groups: ["batch"], resources: ["cronjobs", "cronjobs/status", "jobs", "jobs/status"], verbs: read),
        Grant(
            groups: ["policy"], resources: ["poddisruptionbudgets", "poddisruptionbudgets/status"], verbs: read),
        Grant(
            groups: ["networking.k8s.io"], resources: ["ingresses", "ingresses/status", "networkpolicies"],
            verbs: read),
        Grant(
            groups: ["autoscaling"],
            resources: ["horizontalpodautoscalers", "horizontalpodautoscalers/status"], verbs: read),
        Grant(groups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read),
    ]

    private static let edit = [
        Grant(
            groups: [""],
            resources: [
                "configmaps", "events", "persistentvolumeclaims", "pods", "pods/attach", "pods/exec",
                "pods/portforward", "secrets", "serviceaccounts", "services",
            ], verbs: write),
        Grant(groups: [""], resources: ["pods/eviction", "serviceaccounts/token"], verbs: ["create"]),
        Grant(groups: [""], resources: ["pods/attach", "pods/exec", "pods/portforward", "secrets"], verbs: read),
        Grant(groups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"]),
        Grant(
            groups: ["apps"],
            resources: ["deployments", "deployments/scale", "replicasets", "replicasets/scale"], verbs: write),
        Grant(groups: ["batch"], resources: ["cronjobs", "jobs"], verbs: write),
        Grant(groups: ["policy"], resources: ["poddisruptionbudgets"], verbs: write),
        Grant(groups: ["networking.k8s.io"], resources: ["ingresses", "networkpolicies"], verbs: write),
        Grant(groups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: write),
        Grant(groups: ["coordination.k8s.io"], resources: ["leases"], verbs: read + write),
    ]

    private static let admin = [
        Grant(groups: ["authorization.k8s.io"], resources: ["localsubjectaccessreviews"], verbs: ["create"]),
        Grant(
            groups: ["rbac.authorization.k8s.io"], resources: ["rolebindings", "roles"],
            verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]),
    ]

    private static let discoveryURLs: [JSONValue] = [
        "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version",
        "/version/",
    ]

    private static var ownRoles: [KubeObject] {
        [
            role(
                "cluster-admin",
                rules: [
                    ["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]],
                    ["nonResourceURLs": ["*"], "verbs": ["*"]],
                ]),
            role("admin", gathers: "admin", isPartOf: nil),
            role("edit", gathers: "edit", isPartOf: "admin"),
            role("view", gathers: "view", isPartOf: "edit"),
            part("admin", grants: admin),
            part("edit", grants: edit),
            part("view", grants: view),
            role(
                "system:basic-user",
                rules: [
                    Grant(
                        groups: ["authorization.k8s.io"],
                        resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], verbs: ["create"]
                    ).rule,
                    Grant(
                        groups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"]
                    ).rule,
                ]),
            role(
                "system:discovery", rules: [["nonResourceURLs": .array(discoveryURLs), "verbs": ["get"]]]),
            role(
                "system:public-info-viewer",
                rules: [
                    [
                        "nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version", "/version/"],
                        "verbs": ["get"],
                    ]
                ]),
        ]
    }

    private static var bindings: [KubeObject] {
        [
            binding("cluster-admin", groups: ["system:masters"]),
            binding("system:basic-user", groups: ["system:authenticated"]),
            binding("system:discovery", groups: ["system:authenticated"]),
            binding("system:public-info-viewer", groups: ["system:authenticated", "system:unauthenticated"]),
        ]
    }

    /// A role gathers from roles that gather themselves, so that this is done as long as it changes anything.
    private static func gathered(from roles: [KubeObject]) -> [KubeObject] {
        let next = roles.map { role in
            guard let rules = ClusterRoleController.gatheredRules(of: role, from: roles) else { return role }
            var role = role
            role["rules"] = .array(rules)
            return role
        }
        return next == roles ? roles : gathered(from: next)
    }

    private static func label(_ role: String) -> String { "rbac.authorization.k8s.io/aggregate-to-\(role)" }

    private static func role(_ name: String, gathers own: String, isPartOf other: String?) -> KubeObject {
        var object = role(name, rules: [], isPartOf: other)
        object["aggregationRule"] = [
            "clusterRoleSelectors": [["matchLabels": .object([label(own): "true"])]]
        ]
        return object
    }

    private static func part(_ role: String, grants: [Grant]) -> KubeObject {
        self.role("system:aggregate-to-\(role)", rules: grants.map(\.rule), isPartOf: role)
    }

    private static func role(_ name: String, rules: [JSONValue], isPartOf other: String? = nil) -> KubeObject {
        var object = bootstrapObject("ClusterRole", name, isPartOf: other)
        object["rules"] = .array(rules)
        return object
    }

    private static func binding(_ role: String, groups: [String]) -> KubeObject {
        var object = bootstrapObject("ClusterRoleBinding", role)
        object["roleRef"] = [
            "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(role),
        ]
        object["subjects"] = .array(
            groups.map { ["apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": .string($0)] })
        return object
    }

    private static func bootstrapObject(_ kind: String, _ name: String, isPartOf role: String? = nil) -> KubeObject {
        var object = KubeObject(apiVersion: "rbac.authorization.k8s.io/v1", kind: kind, name: name)
        var labels: JSONObject = ["kubernetes.io/bootstrapping": "rbac-defaults"]
        if let role { labels[label(role)] = "true" }
        object.metadata["labels"] = .object(labels)
        object.metadata["annotations"] = ["rbac.authorization.kubernetes.io/autoupdate": "true"]
        return object
    }
}
