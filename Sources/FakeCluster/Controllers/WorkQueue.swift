import KubeObjects
import Synchronization

/// The keys that a controller has yet to look at: each waits at most once, and none is handed out a second time while
/// it is being worked on.
final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    private struct State {
        var waiting: Set<Key> = []
        var active: Set<Key> = []
        /// Added while being worked on: they come again.
        var again: Set<Key> = []
        /// The next delayed addition of each key.
        var due: [Key: Timestamp] = [:]
        var failures: [Key: Int] = [:]
    }

    /// A key that is to be added later.
    struct Delayed: Sendable {
        var key: Key
        var delay: Duration
        var due: Timestamp
    }

    private let state = Mutex(State())
    private let time: TimeSource
    private let ready: AsyncStream<Key>.Continuation
    private let delayed: AsyncStream<Delayed>.Continuation
    /// The keys as they become ready. One reader, which calls ``done(_:)`` for each.
    let keys: AsyncStream<Key>
    /// The delayed additions. One reader, which waits and calls ``fire(_:)``.
    let timers: AsyncStream<Delayed>

    init(time: TimeSource) {
        self.time = time
        (keys, ready) = AsyncStream.makeStream()
        (timers, delayed) = AsyncStream.makeStream()
    }

    /// Adds a key.
    func add(_ key: Key) {
        let isNew = state.withLock { state in
            guard !state.active.contains(key) else {
                state.again.insert(key)
                return false
            }
            return state.waiting.insert(key).inserted
        }
        if isNew { ready.yield(key) }
    }

    /// Adds a key when a time has passed. Of several pending delays of one key only the shortest counts.
    func add(_ key: Key, after delay: Duration) {
        guard delay > .zero else {
            add(key)
            return
        }
        let due = time.now() + delay
        let isSooner = state.withLock { state in
            if let pending = state.due[key], pending <= due { return false }
            state.due[key] = due
            return true
        }
        if isSooner { delayed.yield(Delayed(key: key, delay: delay, due: due)) }
    }

    /// Adds a key whose delay is over, unless a sooner one has replaced it.
    func fire(_ timer: Delayed) {
        let isCurrent = state.withLock { state in
            guard state.due[timer.key] == timer.due else { return false }
            state.due[timer.key] = nil
            return true
        }
        if isCurrent { add(timer.key) }
    }

    /// Takes note that work on a key begins.
    func begin(_ key: Key) {
        state.withLock { state in
            state.waiting.remove(key)
            state.active.insert(key)
        }
    }

    /// Takes note that work on a key has ended well.
    func done(_ key: Key) {
        end(key) { $0.failures[key] = nil }
    }

    /// Takes note that work on a key has failed: it comes again after 5 ms, then twice that, up to 30 s.
    func retry(_ key: Key) {
        let failures = end(key) { state in
            state.failures[key, default: 0] += 1
            return state.failures[key, default: 1]
        }
        add(key, after: min(.seconds(30), .milliseconds(5 << min(failures - 1, 13))))
    }

    @discardableResult
    private func end<Result: Sendable>(_ key: Key, _ change: (inout State) -> Result) -> Result {
        let (result, comesAgain) = state.withLock { state in
            state.active.remove(key)
            let comesAgain = state.again.remove(key) != nil && state.waiting.insert(key).inserted
            return (change(&state), comesAgain)
        }
        if comesAgain { ready.yield(key) }
        return result
    }
}
