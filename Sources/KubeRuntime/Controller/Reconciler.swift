public import KubeObjects

/// Brings the cluster from what it is to what one object asks for.
///
/// Reconciling is level-based: the key is all that a call gets, never what changed. It reads the present state, compares
/// it with the wanted one and writes the difference. It may be called at any time, any number of times, and again after
/// it was cut off anywhere; calls for one key never overlap.
public protocol Reconciler: Sendable {
    /// Looks at one object. That it is gone is a state like any other.
    /// - Throws: what went wrong; the key comes again after its back-off, or after what the server asks for if that is
    ///   longer (`Retry-After`). ``TerminalError`` says that trying again is of no use before something changes,
    ///   ``UrgentError`` that the key must not wait for the whole of a long back-off.
    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult
}

/// When a key is to be looked at again.
public enum ReconcileResult: Sendable, Hashable {
    /// When something changes.
    case awaitChange
    /// After this time, or when something changes.
    case requeue(after: Duration)
    /// After its back-off, or when something changes: nothing failed, but what is awaited may be long in coming.
    case retry
}

/// A failure that trying again does not mend: it is counted and logged, and the key waits for a change.
public struct TerminalError: Error, Sendable, CustomStringConvertible {
    /// What went wrong.
    public let cause: any Error

    /// Marks a failure as final.
    public init(_ cause: any Error) { self.cause = cause }

    /// The cause in words.
    public var description: String { "\(cause)" }
}

/// A failure of a key that has something else to come back for: it comes after its back-off, but no later than that.
public struct UrgentError: Error, Sendable, CustomStringConvertible {
    /// What went wrong.
    public let cause: any Error
    /// When the key must be looked at at the latest.
    public let limit: Duration

    /// Limits the wait after a failure.
    public init(_ cause: any Error, within limit: Duration) {
        self.cause = cause
        self.limit = limit
    }

    /// The cause in words.
    public var description: String { "\(cause)" }
}
