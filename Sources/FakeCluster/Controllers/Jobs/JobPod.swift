import KubeObjects

/// A pod of a Job, as the Job controller looks at it.
struct JobPod: Sendable {
    /// The finalizer that keeps a pod until its end is counted.
    static let trackingFinalizer = "batch.kubernetes.io/job-tracking"
    /// The annotation and label with a pod's completion index.
    static let indexKey = "batch.kubernetes.io/job-completion-index"
    /// The annotation with how often the pods of an index have failed before.
    static let failureCountKey = "batch.kubernetes.io/job-index-failure-count"
    /// The same for failures that the failure policy ignores.
    static let ignoredFailureCountKey = "batch.kubernetes.io/job-index-ignored-failure-count"

    let object: KubeObject
    let uid: String
    let phase: String
    /// The completion index, if it has a sensible one.
    let index: Int?
    let hasFinalizer: Bool

    init(_ object: KubeObject) {
        self.object = object
        uid = object.uid ?? ""
        phase = object[path: "status", "phase"]?.string ?? ""
        index = object.annotations[Self.indexKey].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        hasFinalizer = object.finalizers.contains(Self.trackingFinalizer)
    }

    var name: String { object.name ?? "" }
    var isDeleting: Bool { object.isBeingDeleted }
    var isTerminal: Bool { phase == "Succeeded" || phase == "Failed" }
    /// Neither at its end nor on its way there.
    var isActive: Bool { !isTerminal && !isDeleting }
    /// On its way to its end.
    var isTerminating: Bool { !isTerminal && isDeleting }

    var isReady: Bool {
        object[path: "status", "conditions"]?.array?
            .contains { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" } ?? false
    }

    /// Whether the pod counts as failed: deleted pods do, unless the Job waits until they really are.
    func isFailed(in job: JobSpecification) -> Bool {
        if phase == "Failed" { return true }
        return !job.replacesOnlyFailedPods && isDeleting && phase != "Succeeded"
    }

    /// How often pods of this index have failed before this one, as far as it counts.
    var failureCount: Int { annotation(Self.failureCountKey) }
    /// How often pods of this index have failed before this one without counting.
    var ignoredFailureCount: Int { annotation(Self.ignoredFailureCountKey) }

    private func annotation(_ key: String) -> Int { object.annotations[key].flatMap { Int($0) } ?? 0 }

    /// When the pod ended: the latest end of its containers; else when it was deleted or made.
    func finishTime(now: Timestamp) -> Timestamp {
        let statuses = object[path: "status", "containerStatuses"]?.array ?? []
        let ends = statuses.compactMap {
            $0["state"]?["terminated"]?["finishedAt"]?.string.flatMap(Timestamp.init)
        }
        if let last = ends.max(), ends.count == statuses.count { return last }
        if let deletion = object.deletionTimestamp { return deletion }
        let changes = (object[path: "status", "conditions"]?.array ?? []).compactMap {
            $0["lastTransitionTime"]?.string.flatMap(Timestamp.init)
        }
        return changes.max() ?? object.creationTimestamp ?? now
    }

    /// How often the containers of a pod that goes on were restarted.
    var restarts: Int64 {
        guard phase == "Running" || phase == "Pending" else { return 0 }
        let statuses =
            (object[path: "status", "initContainerStatuses"]?.array ?? [])
            + (object[path: "status", "containerStatuses"]?.array ?? [])
        return statuses.reduce(0) { $0 + ($1["restartCount"]?.integer ?? 0) }
    }
}
