import KubeObjects

extension JobSync {
    /// What has to become of the pods.
    struct PodChanges: Sendable {
        var deletions: [JobPod] = []
        /// The pods to make: their indexes, or nil for pods without.
        var creations: [Int?] = []
        /// When to look again, if pods may not be made yet.
        var retryAfter: Duration?
    }

    /// What has to become of the pods of a Job that goes on.
    func podChanges() -> PodChanges {
        if spec.isSuspended { return PodChanges(deletions: active) }
        let wanted = wantedActive
        let surplus = surplusPods(active.count - wanted)
        if !surplus.isEmpty { return PodChanges(deletions: surplus) }
        let missing = wanted - active.count - (spec.replacesOnlyFailedPods ? terminating : 0)
        guard missing > 0 else { return PodChanges() }
        if spec.backoffLimitPerIndex == nil {
            let delay = backOff.remaining(at: now)
            if delay > .zero { return PodChanges(retryAfter: delay) }
        }
        let count = min(missing, Self.maximumUncounted)
        guard spec.isIndexed else { return PodChanges(creations: Array(repeating: nil, count: count)) }
        let pending = pendingIndexes(count)
        guard spec.backoffLimitPerIndex != nil else { return PodChanges(creations: pending) }
        return withoutBackingOff(pending)
    }

    private var wantedActive: Int {
        guard let completions = spec.completions else { return succeeded > 0 ? active.count : spec.parallelism }
        return max(0, min(completions - succeeded, spec.parallelism))
    }

    /// Pods that are too many: first those that repeat an index or are beyond the last, then those that are least far.
    private func surplusPods(_ count: Int) -> [JobPod] {
        var surplus: [JobPod] = []
        var rest = active
        if spec.isIndexed {
            var seen: Set<Int> = []
            rest = []
            for pod in active {
                if counts(pod), let index = pod.index, seen.insert(index).inserted {
                    rest.append(pod)
                } else {
                    surplus.append(pod)
                }
            }
        }
        let more = count - surplus.count
        if more > 0 { surplus += rest.sorted { $0.progress < $1.progress }.prefix(more) }
        return Array(surplus.prefix(Self.maximumUncounted))
    }

    private func pendingIndexes(_ count: Int) -> [Int] {
        let busy = pods.filter { $0.isActive || (spec.replacesOnlyFailedPods && $0.isTerminating) }
        var taken = succeededIndexes.union(IndexIntervals(busy.compactMap(\.index)))
        if let failedIndexes { taken = taken.union(failedIndexes) }
        return taken.firstMissing(count, below: spec.completions ?? 0)
    }

    /// Of these indexes, those whose own back-off is over; if there are none, when the first one is.
    private func withoutBackingOff(_ indexes: [Int]) -> PodChanges {
        var changes = PodChanges()
        for index in indexes {
            var delay = Duration.zero
            if let pod = delayed[index] {
                delay = JobBackOff.remaining(
                    failures: pod.allFailures + 1, since: pod.finishTime(now: now), at: now)
            }
            if delay > .zero {
                changes.retryAfter = min(changes.retryAfter ?? delay, delay)
            } else {
                changes.creations.append(index)
            }
        }
        return changes
    }
}

extension JobPod {
    /// How often pods of this index have failed before this one, counting or not.
    var allFailures: Int { failureCount + ignoredFailureCount }

    /// How far the pod has come: unassigned, pending, running, ready; the older the farther.
    var progress: (Int, Int64) {
        let isAssigned = !(object[path: "spec", "nodeName"]?.string ?? "").isEmpty
        let stage = !isAssigned ? 0 : phase == "Pending" ? 1 : isReady ? 3 : 2
        return (stage, -(object.creationTimestamp?.seconds ?? 0))
    }
}
