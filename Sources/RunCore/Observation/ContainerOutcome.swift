public import KubeObjects

/// The end of the container that decided a run: what its status keeps after the pod is gone.
public struct ContainerOutcome: Sendable, Hashable {
    /// The pod.
    public var pod: String
    /// The container; nil if the pod failed as a whole, as when it is evicted.
    public var container: String?
    /// The exit code; nil if no container ended.
    public var exitCode: Int64?
    /// The kubelet's reason, such as `Error`, `OOMKilled` or `Evicted`.
    public var reason: String
    /// The termination message or the pod's message; empty if there is none.
    public var message: String
    /// How many bytes the kubelet keeps of a termination message in that pod, if this one has as many and may have been
    /// longer.
    public var cutAt: Int?
    /// When the container ended; nil if no container did, or nobody said when.
    public var finishedAt: Timestamp?
}

extension RunObservation {
    /// The container that decided how the run went so far.
    ///
    /// Once a pod has failed that is the container that failed it: of an Indexed Job the one of the lowest failed
    /// index, otherwise the last one. Pods that were being deleted count only if there are no others: the Job controller
    /// stops the pods that are left when a Job has failed. Of a Job that is complete it is the target container of the
    /// last pod that succeeded. Nil if no pod has ended, or none is left to tell.
    public var decidingContainer: ContainerOutcome? {
        if job?.result == .complete {
            return pods.last { $0.phase == "Succeeded" }?.success
        }
        var failures = pods.compactMap { pod in pod.failure.map { (pod: pod, outcome: $0) } }
        if failures.contains(where: { !$0.pod.isBeingDeleted }) { failures.removeAll(where: \.pod.isBeingDeleted) }
        if job?.isIndexed == true, let lowest = failures.compactMap(\.pod.index).min() {
            failures.removeAll { $0.pod.index != lowest }
        }
        let last = failures.compactMap(\.outcome.finishedAt).max()
        return failures.last { $0.outcome.finishedAt == last }?.outcome
    }
}

extension ObservedPod {
    /// The end of the target container, if it ended well.
    fileprivate var success: ContainerOutcome? {
        guard let target, let end = target.termination else { return nil }
        return outcome(of: target, end)
    }

    /// What made the pod fail: the target container if it failed, else an init container or another one, else a sidecar,
    /// else the reason of the pod as a whole. Nil if it succeeded, however its sidecars were stopped.
    fileprivate var failure: ContainerOutcome? {
        guard phase != "Succeeded" else { return nil }
        // A sidecar of a pod that goes on is started again.
        for container in phase == "Failed" ? containers : [target].compactMap(\.self) + others {
            if let end = container.termination, end.exitCode != 0 { return outcome(of: container, end) }
        }
        guard phase == "Failed" else { return nil }
        return ContainerOutcome(
            pod: name, container: nil, exitCode: nil, reason: reason ?? "PodFailed", message: message ?? "")
    }

    private func outcome(of container: ObservedContainer, _ end: ObservedContainer.Termination) -> ContainerOutcome {
        ContainerOutcome(
            pod: name, container: container.name, exitCode: end.exitCode,
            // A pod's own reason (Evicted, DeadlineExceeded) says more than a container's "Error".
            reason: reason ?? end.reason ?? (end.exitCode == 0 ? "Completed" : "Error"),
            message: (end.message ?? message ?? "").withoutTrailingSpace,
            cutAt: end.message.flatMap { $0.utf8.count < messageLimit ? nil : messageLimit },
            finishedAt: end.finishedAt)
    }
}

extension String {
    /// The text without the line break that `echo` and the end of a log leave behind.
    fileprivate var withoutTrailingSpace: String {
        guard let end = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[...end])
    }
}
