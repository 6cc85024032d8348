import KubeObjects

/// What an object of a built-in kind has beside its metadata while nothing is set in it: Go writes structures and what is
/// not `omitempty` all the same. Bookmarks are such objects.
enum EmptyObject {
    /// The members of an empty object; none for custom resources.
    static func members(of kind: GroupVersionKind) -> JSONObject {
        switch (kind.group, kind.kind) {
        case ("", "Pod"): ["spec": podSpec, "status": [:]]
        case ("", "PodTemplate"): ["template": template]
        case ("", "Namespace"), ("", "PersistentVolume"), ("", "ResourceQuota"), ("networking.k8s.io", "Ingress"):
            ["spec": [:], "status": [:]]
        case ("", "PersistentVolumeClaim"): ["spec": ["resources": [:]], "status": [:]]
        case ("policy", "PodDisruptionBudget"): ["spec": [:], "status": disruption]
        case ("", "LimitRange"): ["spec": ["limits": .null]]
        case ("", "Service"): ["spec": [:], "status": ["loadBalancer": [:]]]
        case ("", "Event"):
            [
                "involvedObject": [:], "source": [:], "firstTimestamp": .null, "lastTimestamp": .null,
                "eventTime": .null, "reportingComponent": "", "reportingInstance": "",
            ]
        case ("batch", "Job"): ["spec": ["template": template], "status": [:]]
        case ("batch", "CronJob"):
            [
                "spec": ["schedule": "", "jobTemplate": ["metadata": [:], "spec": ["template": template]]],
                "status": [:],
            ]
        case ("apps", "Deployment"):
            ["spec": ["selector": .null, "template": template, "strategy": [:]], "status": [:]]
        case ("apps", "ReplicaSet"): ["spec": ["selector": .null, "template": template], "status": ["replicas": 0]]
        case ("coordination.k8s.io", "Lease"), ("networking.k8s.io", "NetworkPolicy"): ["spec": [:]]
        case ("rbac.authorization.k8s.io", "Role"), ("rbac.authorization.k8s.io", "ClusterRole"): ["rules": .null]
        case ("rbac.authorization.k8s.io", "RoleBinding"), ("rbac.authorization.k8s.io", "ClusterRoleBinding"):
            ["roleRef": ["apiGroup": "", "kind": "", "name": ""]]
        case ("apiextensions.k8s.io", "CustomResourceDefinition"): definition
        default: [:]
        }
    }

    private static let podSpec: JSONValue = ["containers": .null]
    private static let template: JSONValue = ["metadata": [:], "spec": podSpec]
    private static let disruption: JSONValue = [
        "disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0,
    ]
    private static let definition: JSONObject = [
        "spec": ["group": "", "names": ["plural": "", "kind": ""], "scope": "", "versions": .null],
        "status": ["conditions": .null, "storedVersions": .null, "acceptedNames": ["plural": "", "kind": ""]],
    ]
}
