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
        /// Who waits until there are sleepers.
        var observers: [UInt64: Observer] = [:]

        /// Takes out the observers who have seen enough.
        mutating func takeSatisfied() -> [Observer] {
            let ids = observers.filter { isSatisfied($0.value) }.map(\.key)
            return ids.compactMap { observers.removeValue(forKey: $0) }
        }

        func isSatisfied(_ observer: Observer) -> Bool {
            let limit = observer.limit.map { now + $0 }
            return sleepers.values.count { sleeper in limit.map { sleeper.due <= $0 } ?? true } >= observer.count
        }
    }

    private struct Observer {
        var count: Int
        var limit: Duration?
        var continuation: CheckedContinuation<Void, Never>
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
        let (due, observers) = state.withLock { state in
            state.now = state.now + duration
            let ids = state.sleepers.filter { $0.value.due <= state.now }.map(\.key)
            let due = ids.compactMap { state.sleepers.removeValue(forKey: $0) }.sorted { $0.due < $1.due }
            return (due, state.takeSatisfied())
        }
        for sleeper in due { sleeper.continuation.resume() }
        for observer in observers { observer.continuation.resume() }
    }

    /// Moves the clock to the next sleeper's moment. Returns whether there was one.
    @discardableResult
    public func advanceToNext() -> Bool {
        guard let due = nextDue else { return false }
        advance(by: due - now)
        return true
    }

    /// Waits until at least so many tasks sleep; returns at once when the task is cancelled.
    /// - Parameter limit: counts only those that are due within this time.
    public func waitForSleepers(_ count: Int = 1, dueWithin limit: Duration? = nil) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let observer = Observer(count: count, limit: limit, continuation: continuation)
                let isDone = state.withLock { state in
                    if Task.isCancelled || state.isSatisfied(observer) { return true }
                    state.observers[id] = observer
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.observers.removeValue(forKey: id) }?.continuation.resume()
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
            return state.takeSatisfied().map(\.continuation)
        }
    }

    private func end(_ id: UInt64) {
        state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
    }
}
