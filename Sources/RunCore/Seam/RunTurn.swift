public import KubeObjects

/// The right to start that a run needs if only so many like it may be under way at once. The engine counts, as no run
/// knows of the others: whoever has taken its turn keeps it until it is over.
public struct RunTurn: Sendable, Hashable {
    /// What becomes of a run that cannot start at once.
    public enum Policy: String, Sendable, Hashable, CaseIterable {
        /// It waits until one of the others is over; the oldest goes first.
        case queue = "Queue"
        /// It is refused.
        case forbid = "Forbid"
    }

    /// What the runs are counted by: those that name the same object.
    public var group: RunReference
    /// How many may be under way at once; at least 1.
    public var limit: Int
    /// What becomes of a run beyond them.
    public var policy: Policy

    /// A turn.
    public init(group: RunReference, limit: Int, policy: Policy) {
        self.group = group
        self.limit = max(limit, 1)
        self.policy = policy
    }

    /// What is done with a run whose turn it is not. The words stay the same while it waits.
    /// - Parameter moment: when it is to be looked at again though nothing has changed; nil for never.
    public func denial(until moment: Timestamp? = nil) -> PlanOutcome {
        let rule = "\(name) allows \(limit) of its runs at once (concurrency.maxRuns)"
        return switch policy {
        case .queue:
            .wait(
                RunWait(
                    reason: .waitingForTurn, message: "\(rule); this one starts when its turn has come", until: moment))
        case .forbid: .reject(RunRejection(reason: .tooManyRuns, message: "\(rule), and as many are under way"))
        }
    }
}

extension RunTurn {
    /// What is done with a run as long as nobody can tell whether its turn has come.
    /// - Parameter moment: when it is to be looked at again.
    public func doubt(until moment: Timestamp) -> PlanOutcome {
        .wait(
            RunWait(
                reason: .waitingForTurn,
                message: "\(name) limits its runs (concurrency.maxRuns), and the controller does not know yet which of "
                    + "them are under way: it has not been able to list the runs or Jobs of every family, as its log says",
                until: moment))
    }

    private var name: String { "\(group.resource.kind) \"\(group.key.name)\"" }
}

/// Where a run stands among those that it is counted with (``RunTurn/group``).
public struct RunStanding: Sendable, Hashable {
    /// What the run is counted by, if that has a limit.
    public var group: RunReference
    /// Whether the run's status says that it waits for its turn.
    public var isWaiting: Bool
    /// Whether the run's status names a Job.
    public var isBegun: Bool
    /// Whether the run is over.
    public var isOver: Bool

    /// A standing.
    public init(group: RunReference, isWaiting: Bool, isBegun: Bool, isOver: Bool) {
        self.group = group
        self.isWaiting = isWaiting
        self.isBegun = isBegun
        self.isOver = isOver
    }
}
