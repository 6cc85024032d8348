public import KubeObjects
import Synchronization

/// A clock that stands until a test moves it, so that hours pass in a moment and nothing depends on the machine.
public final class ManualTime: Sendable {
    private struct Sleeper {
        var due: Timestamp
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Timestamp
        var nextID: UInt64 = 0
        var sleepers: [UInt64: Sleeper] = [:]
        /// Who waits until there are so many sleepers.
        var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Mutex<State>

    /// A clock that stands at a moment, by default 2026-01-01T00:00:00Z.
    public init(_ start: Timestamp = Timestamp(seconds: 1_767_225_600)) {
        state = Mutex(State(now: start))
    }

    /// The moment at which the clock stands.
    public var now: Timestamp { state.withLock(\.now) }

    /// The clock as the code under test takes it.
    public var source: TimeSource {
        TimeSource(now: { self.now }, sleep: { try await self.sleep($0) })
    }

    /// When the next sleeper is due; nil if nobody sleeps.
    public var nextDue: Timestamp? { state.withLock { $0.sleepers.values.map(\.due).min() } }

    /// How many tasks sleep.
    public var sleeperCount: Int { state.withLock(\.sleepers.count) }

    /// Moves the clock on and wakes who is due, earliest first.
    public func advance(by duration: Duration) {
        let due = state.withLock { state -> [Sleeper] in
            state.now = state.now + duration
            let ids = state.sleepers.filter { $0.value.due <= state.now }.map(\.key)
            return ids.compactMap { state.sleepers.removeValue(forKey: $0) }.sorted { $0.due < $1.due }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Moves the clock to the next sleeper's moment. Returns whether there was one.
    @discardableResult
    public func advanceToNext() -> Bool {
        guard let due = nextDue else { return false }
        advance(by: due - now)
        return true
    }

    /// Waits until at least so many tasks sleep.
    public func waitForSleepers(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.observers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    private func sleep(_ duration: Duration) async throws {
        try Task.checkCancellation()
        guard duration > .zero else { return }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                let observers = register(Sleeper(due: now + duration, continuation: continuation), id)
                for observer in observers { observer.resume() }
                // Cancelled between the check and the registration: the handler found nothing to end.
                if Task.isCancelled { end(id) }
            }
        } onCancel: {
            end(id)
        }
    }

    private func register(_ sleeper: Sleeper, _ id: UInt64) -> [CheckedContinuation<Void, Never>] {
        state.withLock { state in
            state.sleepers[id] = sleeper
            let satisfied = state.observers.filter { $0.count <= state.sleepers.count }
            state.observers.removeAll { $0.count <= state.sleepers.count }
            return satisfied.map(\.continuation)
        }
    }

    private func end(_ id: UInt64) {
        state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
    }
}
