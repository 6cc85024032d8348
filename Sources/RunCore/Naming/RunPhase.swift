/// Where a run is in its life, in one word: the same words for every family (`status.phase`).
public enum RunPhase: String, Sendable, Hashable, CaseIterable {
    /// The Job is made or about to be, and no container has started.
    case pending = "Pending"
    /// Something that the run needs is not there yet, and no Job was made.
    case waiting = "Waiting"
    /// A container has started.
    case running = "Running"
    /// The Job is suspended.
    case suspended = "Suspended"
    /// The Job is complete.
    case succeeded = "Succeeded"
    /// The Job failed, or none could be made.
    case failed = "Failed"
    /// The run was asked to end before it was over.
    case cancelled = "Cancelled"
    /// The run was ended by its time limit.
    case timedOut = "TimedOut"

    /// Whether a run in this phase stays in it.
    public var isFinal: Bool {
        switch self {
        case .succeeded, .failed, .cancelled, .timedOut: true
        case .pending, .waiting, .running, .suspended: false
        }
    }
}
