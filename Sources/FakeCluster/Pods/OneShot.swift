import Synchronization

/// Something that happens once, with a value; any number of tasks may wait for it.
package final class OneShot<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiters: [Int: CheckedContinuation<Value?, Never>] = [:]
        var nextWaiter = 0
    }

    private let state: Mutex<State>

    /// Something that has yet to happen.
    package init() { state = Mutex(State()) }

    /// Something that has happened.
    init(_ value: Value) { state = Mutex(State(value: value)) }

    /// The value, if it has happened.
    var value: Value? { state.withLock(\.value) }

    /// Whether it has happened.
    var hasHappened: Bool { state.withLock { $0.value != nil } }

    /// Makes it happen; a second time changes nothing.
    package func happen(_ value: Value) {
        let waiters = state.withLock { state in
            guard state.value == nil else { return [CheckedContinuation<Value?, Never>]() }
            state.value = value
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: value) }
    }

    /// Waits for it; nil if the task is cancelled before.
    package func wait() async -> Value? {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let immediate: Value?? = state.withLock { state in
                    if let value = state.value { return .some(value) }
                    // Checked under the lock: the handler either ran before, and is seen here, or finds the waiter.
                    if Task.isCancelled { return .some(nil) }
                    state.waiters[number] = continuation
                    return nil
                }
                if let immediate { continuation.resume(returning: immediate) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: nil)
        }
    }
}
