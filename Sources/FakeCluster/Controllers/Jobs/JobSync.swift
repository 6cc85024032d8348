import KubeObjects

/// How a Job ends.
struct JobOutcome: Sendable, Hashable {
    var hasSucceeded: Bool
    var reason: String
    var message: String

    /// The condition that says so before all pods are gone.
    var interimCondition: String { hasSucceeded ? "SuccessCriteriaMet" : "FailureTarget" }
    /// The condition that says so in the end.
    var finalCondition: String { hasSucceeded ? "Complete" : "Failed" }
}

/// One look at a Job and its pods: what is true, and what follows from it. Pure: the controller does what it says.
struct JobSync: Sendable {
    /// The most pods that are waiting in the status to be counted (`MaxUncountedPods`).
    static let maximumUncounted = 500

    let spec: JobSpecification
    let pods: [JobPod]
    let isDeleting: Bool
    let now: Timestamp
    var status: JobStatus
    /// Pods that go on; those that are deleted in this sync leave it.
    var active: [JobPod]
    /// The back-off with the pods that have newly ended.
    private(set) var backOff: JobBackOff
    private(set) var outcome: JobOutcome?
    private(set) var succeeded: Int
    private(set) var failed: Int
    private(set) var terminating: Int
    private(set) var succeededIndexes = IndexIntervals()
    private var countedIndexes = IndexIntervals()
    private(set) var failedIndexes: IndexIntervals?
    /// The last failed pod of each index that is to be tried again, kept until its successor carries its count on.
    private(set) var delayed: [Int: JobPod] = [:]

    init(_ job: KubeObject, pods: [JobPod], backOff former: JobBackOff, now: Timestamp) {
        spec = JobSpecification(job)
        status = JobStatus(job)
        isDeleting = job.isBeingDeleted
        self.now = now
        // In the order of indexes, so that completed ones are counted in order.
        self.pods = spec.isIndexed ? pods.sorted { ($0.index ?? .max) < ($1.index ?? .max) } : pods
        active = self.pods.filter(\.isActive)
        terminating = self.pods.count { $0.isTerminating }
        backOff = former
        succeeded = 0
        failed = 0
        countEndedPods()
        if status.startTime == nil && !spec.isSuspended { status.startTime = now }
        assess()
    }

    /// Whether a pod's end counts: an Indexed Job leaves pods without a sensible index alone.
    func counts(_ pod: JobPod) -> Bool {
        guard spec.isIndexed else { return true }
        return pod.index.map { $0 < spec.completions ?? 0 } ?? false
    }

    private mutating func countEndedPods() {
        let uncountedSucceeded = Set(status.uncountedSucceeded)
        let uncountedFailed = Set(status.uncountedFailed)
        let ended = pods.filter { $0.hasFinalizer && counts($0) }
        let newlySucceeded = ended.filter { $0.phase == "Succeeded" && !uncountedSucceeded.contains($0.uid) }
        let newlyFailed = ended.filter { $0.isFailed(in: spec) && !uncountedFailed.contains($0.uid) }
        let policy = spec.podFailurePolicy
        succeeded = status.succeeded + newlySucceeded.count + uncountedSucceeded.count
        failed =
            status.failed + uncountedFailed.count + newlyFailed.count { policy?.verdict(on: $0)?.action != .ignore }
        backOff.count(
            succeeded: newlySucceeded.map { $0.finishTime(now: now) },
            failed: newlyFailed.map { $0.finishTime(now: now) })
    }

    private mutating func assess() {
        if let met = status.condition("SuccessCriteriaMet"), met.isTrue {
            outcome = JobOutcome(hasSucceeded: true, reason: met.reason, message: met.message)
        } else if let target = status.condition("FailureTarget"), target.isTrue {
            outcome = JobOutcome(hasSucceeded: false, reason: target.reason, message: target.message)
        } else {
            outcome = failure()
        }
        guard spec.isIndexed else { return }
        assessIndexes()
    }

    private func failure() -> JobOutcome? {
        if let policy = spec.podFailurePolicy {
            for pod in pods where pod.phase == "Failed" {
                guard let verdict = policy.verdict(on: pod), verdict.action == .failJob else { continue }
                return .failed("PodFailurePolicy", verdict.message)
            }
        }
        if failed > spec.backoffLimit || hasTooManyRestarts {
            return .failed("BackoffLimitExceeded", "Job has reached the specified backoff limit")
        }
        if let left = timeToDeadline, left <= .zero {
            return .failed("DeadlineExceeded", "Job was active longer than specified deadline")
        }
        return nil
    }

    /// Whether restarts in place have used up the limit (`restartPolicy: OnFailure`).
    private var hasTooManyRestarts: Bool {
        guard spec.restartPolicy == "OnFailure" else { return false }
        let restarts = pods.reduce(0) { $0 + $1.restarts }
        return spec.backoffLimit == 0 ? restarts > 0 : restarts >= spec.backoffLimit
    }

    /// How long the Job may still be active; nil without a deadline.
    var timeToDeadline: Duration? {
        guard let seconds = spec.activeDeadlineSeconds, !spec.isSuspended, let start = status.startTime else {
            return nil
        }
        return start + .seconds(seconds) - now
    }

    private mutating func assessIndexes() {
        let completions = spec.completions ?? 0
        countedIndexes = IndexIntervals(status.completedIndexes ?? "", below: completions)
        let newly = pods.filter { $0.hasFinalizer && counts($0) && $0.phase == "Succeeded" }.compactMap(\.index)
        succeededIndexes = countedIndexes.union(IndexIntervals(newly))
        succeeded = succeededIndexes.count
        if let limit = spec.backoffLimitPerIndex { assessFailedIndexes(limit, completions) }
        if outcome == nil, let message = spec.successPolicy?.match(succeededIndexes, completions: completions) {
            outcome = JobOutcome(hasSucceeded: true, reason: "SuccessPolicy", message: message)
        }
    }

    private mutating func assessFailedIndexes(_ limit: Int, _ completions: Int) {
        let policy = spec.podFailurePolicy
        let exhausted = pods.filter { pod in
            guard pod.hasFinalizer, counts(pod), pod.isFailed(in: spec) else { return false }
            switch policy?.verdict(on: pod)?.action {
            case .failIndex: return true
            case .ignore: return false
            default: return pod.failureCount >= limit
            }
        }
        let failedIndexes = IndexIntervals(status.failedIndexes ?? "", below: completions)
            .union(IndexIntervals(exhausted.compactMap(\.index)))
        self.failedIndexes = failedIndexes
        if outcome == nil {
            if let most = spec.maxFailedIndexes, failedIndexes.count > most {
                outcome = .failed(
                    "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes")
            } else if failedIndexes.count > 0, failedIndexes.count + succeededIndexes.count >= completions {
                outcome = .failed("FailedIndexes", "Job has failed indexes")
            }
        }
        delay(failedIndexes)
    }

    private mutating func delay(_ failedIndexes: IndexIntervals) {
        let activeIndexes = Set(active.compactMap(\.index))
        for pod in pods where pod.hasFinalizer && counts(pod) && pod.isFailed(in: spec) {
            guard let index = pod.index, !activeIndexes.contains(index), !succeededIndexes.contains(index),
                !failedIndexes.contains(index)
            else { continue }
            if let other = delayed[index], other.allFailures > pod.allFailures { continue }
            delayed[index] = pod
        }
    }

    /// Takes note of pods that were deleted.
    mutating func noteDeleted(_ deleted: [JobPod]) {
        let uids = Set(deleted.map(\.uid))
        active.removeAll { uids.contains($0.uid) }
        terminating += deleted.count
    }

    /// Looks whether the Job has reached what it is for.
    /// - Parameter active: how many pods go on, those that were just made included.
    mutating func noteCompletion(active: Int) {
        guard outcome == nil, active == 0 else { return }
        guard spec.completions.map({ succeeded >= $0 }) ?? (succeeded > 0) else { return }
        outcome = JobOutcome(
            hasSucceeded: true, reason: "CompletionsReached", message: "Reached expected number of succeeded pods")
    }
}

extension JobSync {
    /// The pods whose finalizer is to be removed, and whether there are no more of them than can be counted at once; puts
    /// those that count into the status' uncounted lists.
    mutating func track() -> (released: [JobPod], isAll: Bool) {
        let succeededBefore = Set(status.uncountedSucceeded)
        let failedBefore = Set(status.uncountedFailed)
        let policy = spec.podFailurePolicy
        var released: [JobPod] = []
        var newIndexes: [Int] = []
        var isAll = true
        for pod in pods where pod.hasFinalizer && mayRelease(pod) {
            released.append(pod)
            if pod.phase == "Succeeded" && !failedBefore.contains(pod.uid) {
                if spec.isIndexed {
                    if counts(pod), let index = pod.index { newIndexes.append(index) }
                } else if !succeededBefore.contains(pod.uid) {
                    status.uncountedSucceeded.append(pod.uid)
                }
            } else if pod.isFailed(in: spec) || outcome?.hasSucceeded == false {
                if counts(pod), !failedBefore.contains(pod.uid), policy?.verdict(on: pod)?.action != .ignore {
                    status.uncountedFailed.append(pod.uid)
                }
            }
            let waiting = newIndexes.count + status.uncountedSucceeded.count + status.uncountedFailed.count
            if waiting >= Self.maximumUncounted {
                isAll = false
                break
            }
        }
        if spec.isIndexed {
            succeededIndexes = countedIndexes.union(IndexIntervals(newIndexes))
            status.succeeded = succeededIndexes.count
            status.completedIndexes = succeededIndexes.description
            status.failedIndexes = failedIndexes?.description
        }
        return (released, isAll)
    }

    private func mayRelease(_ pod: JobPod) -> Bool {
        if isDeleting || outcome != nil || pod.phase == "Succeeded" { return true }
        guard pod.isFailed(in: spec) else { return false }
        return pod.index.map { delayed[$0]?.uid != pod.uid } ?? true
    }
}

extension JobOutcome {
    static func failed(_ reason: String, _ message: String) -> JobOutcome {
        JobOutcome(hasSucceeded: false, reason: reason, message: message)
    }
}
