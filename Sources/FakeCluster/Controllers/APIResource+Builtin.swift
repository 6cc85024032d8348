import KubeWire

/// Resources that only the built-in controllers speak of.
extension APIResource {
    /// Nodes.
    static let nodes = APIResource(group: "", version: "v1", plural: "nodes", kind: "Node", isNamespaced: false)
    /// Deployments.
    static let deployments = APIResource(group: "apps", version: "v1", plural: "deployments", kind: "Deployment")
    /// Replica sets.
    static let replicaSets = APIResource(group: "apps", version: "v1", plural: "replicasets", kind: "ReplicaSet")
    /// Pod disruption budgets.
    static let podDisruptionBudgets = APIResource(
        group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget")
    /// Cluster roles.
    static let clusterRoles = APIResource(
        group: "rbac.authorization.k8s.io", version: "v1", plural: "clusterroles", kind: "ClusterRole",
        isNamespaced: false)
    /// Cron jobs.
    static let cronJobs = APIResource(group: "batch", version: "v1", plural: "cronjobs", kind: "CronJob")
}
