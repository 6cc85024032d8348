public import KubeObjects

/// Which changes of pods concern a run.
public struct PodTriggerRule: Sendable, Hashable {
    /// The state that a pod reaches.
    public var state: PodTrigger.State
    /// The labels that it has.
    public var selector: LabelSelector

    /// A rule.
    public init(state: PodTrigger.State, selector: LabelSelector = .everything) {
        self.state = state
        self.selector = selector
    }

    /// Whether a pod's change is one of these.
    public func matches(_ trigger: PodTrigger) -> Bool {
        trigger.state == state && selector.matches(trigger.labels)
    }
}

/// A pod that has reached a state.
public struct PodTrigger: Sendable, Hashable {
    /// What a pod can reach.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// The pod was made.
        case created
        /// Its condition `Ready` became `True`.
        case ready
        /// Its condition `Ready` was `True` and is no longer, though nobody deletes the pod.
        case notready
        /// The pod is gone.
        case deleted
    }

    /// The state.
    public var state: State
    /// The pod's name.
    public var pod: String
    /// The pod's uid.
    public var uid: String
    /// The pod's labels.
    public var labels: [String: String]
    /// When the state was reached.
    public var time: Timestamp
    /// The version of the pod in which the state was seen.
    public var resourceVersion: String?
    /// Whether that is the version in which the state was reached, or a later one.
    public var isSeenAtOnce: Bool

    /// A change of a pod.
    public init(
        _ state: State, pod: String, uid: String, labels: [String: String] = [:], time: Timestamp,
        resourceVersion: String? = nil, isSeenAtOnce: Bool = false
    ) {
        self.state = state
        self.pod = pod
        self.uid = uid
        self.labels = labels
        self.time = time
        self.resourceVersion = resourceVersion
        self.isSeenAtOnce = isSeenAtOnce
    }

    /// What makes this change another one than all others: a pod is made and deleted once, and gets ready at a moment.
    public var key: String {
        switch state {
        case .created, .deleted: Digest.short("\(uid)/\(state.rawValue)")
        case .ready, .notready: Digest.short("\(uid)/\(state.rawValue)/\(time.rfc3339)")
        }
    }
}
