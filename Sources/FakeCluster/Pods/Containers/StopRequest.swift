import Synchronization

/// The wish that a container ends and does not start again.
struct StopRequest: Sendable, Hashable {
    /// How long it may take after SIGTERM before SIGKILL comes.
    var gracePeriod: Duration
}

/// The wish that the present run of a container ends; it may start again.
struct RunEnd: Sendable, Hashable {
    /// What the event says; nil is the usual words.
    var message: String?
    /// As for a ``StopRequest``; nil is what the pod says.
    var gracePeriod: Duration?
}

/// A condition that comes about again and again: waiters take the present ``signal`` before they look, and wait for it
/// if what they saw does not suffice.
final class RepeatedSignal: Sendable {
    private let current = Mutex(OneShot<Void>())

    /// What happens next.
    var signal: OneShot<Void> { current.withLock { $0 } }

    /// Makes it happen.
    func happen() {
        let present = current.withLock { current in
            defer { current = OneShot() }
            return current
        }
        present.happen(())
    }
}
