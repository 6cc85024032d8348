import KubeObjects

/// What the Job controller reads of a Job's `spec`.
struct JobSpecification: Sendable {
    /// The whole `spec`.
    let json: JSONValue

    init(_ job: KubeObject) { json = job["spec"] ?? [:] }

    var parallelism: Int { integer("parallelism") ?? 1 }
    var completions: Int? { integer("completions") }
    var backoffLimit: Int { integer("backoffLimit") ?? 6 }
    var backoffLimitPerIndex: Int? { integer("backoffLimitPerIndex") }
    var maxFailedIndexes: Int? { integer("maxFailedIndexes") }
    var activeDeadlineSeconds: Int? { integer("activeDeadlineSeconds") }
    var ttlSecondsAfterFinished: Int? { integer("ttlSecondsAfterFinished") }
    var isSuspended: Bool { json["suspend"]?.bool ?? false }
    var isIndexed: Bool { json["completionMode"]?.string == "Indexed" }
    var template: JSONValue { json["template"] ?? [:] }
    var restartPolicy: String { template["spec"]?["restartPolicy"]?.string ?? "Never" }
    var podFailurePolicy: PodFailurePolicy? { json["podFailurePolicy"].map(PodFailurePolicy.init) }
    var successPolicy: SuccessPolicy? { json["successPolicy"].map(SuccessPolicy.init) }

    /// Whether a pod is replaced only once it has failed, not already while it terminates.
    var replacesOnlyFailedPods: Bool { json["podReplacementPolicy"]?.string == "Failed" }

    /// Whether another controller is responsible for the Job (`managedBy`).
    var isManagedElsewhere: Bool {
        guard let manager = json["managedBy"]?.string else { return false }
        return manager != "kubernetes.io/job-controller"
    }

    private func integer(_ key: String) -> Int? { json[key]?.integer.flatMap { Int(exactly: $0) } }
}
