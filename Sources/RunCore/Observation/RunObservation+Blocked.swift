public import KubeObjects

/// Why a run's pods do not start.
public struct PodBlockage: Sendable, Hashable {
    /// One of the kubelet's waiting reasons, `Unschedulable`, or ``RunReason/podCreateFailed``.
    public var reason: String
    /// What is wrong, in words that stay the same while the kubelet tries again.
    public var message: String
}

extension RunObservation {
    /// What keeps the newest pod from running; nil if nothing is known to be wrong.
    ///
    /// The kubelet's own messages change with every try. Words of ours do not, so that a run that is stuck causes one
    /// write of its status and not one a minute.
    public var blockage: PodBlockage? {
        if lacksPods, let podRefusal {
            return PodBlockage(
                reason: RunReason.podCreateFailed.rawValue,
                message: "the API server refuses the Job's pod: \(podRefusal)")
        }
        guard let pod = pods.last(where: { !$0.isFinished && !$0.isBeingDeleted }) else { return nil }
        if let message = pod.unschedulable {
            return PodBlockage(reason: "Unschedulable", message: "pod \(pod.name) fits no node: \(message)")
        }
        for container in pod.containers {
            if let blockage = container.blockage(in: pod.name) { return blockage }
        }
        return nil
    }
}

extension RunObservation {
    /// How long until it is worth asking why the Job has no pods, as they take a moment: zero if it is time. Nil if it has
    /// some, or needs none.
    public func timeToAskForPods(now: Timestamp, settings: RunSettings) -> Duration? {
        guard lacksPods, let start = job?.startTime.flatMap(Timestamp.init) else { return nil }
        return settings.timeToSettle(since: start, now: now) ?? .zero
    }
}

extension ObservedContainer {
    fileprivate func blockage(in pod: String) -> PodBlockage? {
        let place = "container \(name) of pod \(pod)"
        return switch waitingReason {
        case "ErrImagePull", "ImagePullBackOff":
            PodBlockage(reason: "ImagePullBackOff", message: "image \(image) of \(place) cannot be pulled")
        case "InvalidImageName", "ErrImageNeverPull":
            PodBlockage(reason: waitingReason ?? "", message: "image \(image) of \(place) cannot be used")
        case "CreateContainerConfigError", "CreateContainerError", "RunContainerError":
            PodBlockage(
                reason: waitingReason ?? "",
                message: "\(place) cannot be created" + (waitingMessage.map { ": \($0)" } ?? ""))
        case "CrashLoopBackOff":
            PodBlockage(reason: "CrashLoopBackOff", message: "\(place) fails and is started again")
        default: nil
        }
    }
}
