public import KubeObjects
import Synchronization

/// The keys that a controller has to look at: each once in the line, at most one worker for each, with delays and a
/// back-off for each.
///
/// Any task adds; one task reads, with ``next()``, and ends each key's work with ``done(_:)``. The queue gives out no more
/// keys at once than its concurrency, so the reader may start a worker for each that it gets.
public final class WorkQueue: Sendable {
    /// The queue's name in metrics.
    public let name: String
    /// How many keys may be in work at once.
    public let concurrency: Int
    private let time: TimeSource
    private let state: Mutex<WorkQueueState>
    private let signal = Signal()
    private let metrics: WorkQueueMetrics

    /// An empty queue.
    /// - Parameters:
    ///   - name: the name in metrics, usually the controller's.
    ///   - concurrency: how many keys may be in work at once; at least 1.
    ///   - backoff: how long a key waits after each failure in a row.
    ///   - time: where delays get their time from.
    public init(name: String, concurrency: Int = 1, backoff: Backoff = .item, time: TimeSource = .system) {
        self.name = name
        self.time = time
        self.concurrency = max(1, concurrency)
        state = Mutex(WorkQueueState(concurrency: concurrency, backoff: backoff))
        metrics = WorkQueueMetrics(queue: name)
    }

    /// How many keys stand in the line, neither delayed nor in work.
    public var depth: Int { state.withLock(\.depth) }

    /// Whether nothing stands in the line and nothing is in work; delayed keys do not count.
    public var isIdle: Bool { state.withLock { $0.depth == 0 && $0.inWorkCount == 0 } }

    /// Puts a key into the line, unless it stands there already. One in work goes into the line when its work ends.
    /// - Parameter isBacklog: whether nothing has happened to it now, as with what is found at the start; what has goes
    ///   first.
    public func add(_ key: ObjectKey, isBacklog: Bool = false) {
        let now = time.now()
        let depth = state.withLock { $0.add(key, isBacklog: isBacklog, now: now) ? $0.depth : nil }
        guard let depth else { return }
        metrics.added(depth: depth)
        signal.give()
    }

    /// Puts a key into the line after a delay, or earlier if it was to come earlier.
    public func add(_ key: ObjectKey, after delay: Duration) {
        let now = time.now()
        state.withLock { $0.add(key, at: now + delay, now: now) }
        signal.give()
    }

    /// Counts a failure of a key and puts it into the line after its back-off. Returns the wait.
    /// - Parameters:
    ///   - least: how long it waits at least, whatever the back-off says.
    ///   - limit: how long it may wait at most; nil for no limit but the back-off's own.
    @discardableResult
    public func retry(_ key: ObjectKey, after least: Duration = .zero, within limit: Duration? = nil) -> Duration {
        let now = time.now()
        let delay = state.withLock { $0.retry(key, after: least, within: limit, now: now) }
        metrics.retried()
        signal.give()
        return delay
    }

    /// Forgets a key's failures: the next one waits the shortest time again.
    public func forget(_ key: ObjectKey) {
        state.withLock { $0.forget(key) }
    }

    /// Waits for the next key to work on. Nil once the queue was shut down or the task is cancelled.
    public func next() async -> ObjectKey? {
        while !Task.isCancelled {
            let now = time.now()
            let (decision, depth) = state.withLock { ($0.next(now: now), $0.depth) }
            switch decision {
            case .work(let key, let waited):
                metrics.taken(waited: waited, depth: depth)
                return key
            case .finished: return nil
            case .wait(until: nil): await signal.wait()
            case .wait(until: let moment?): await signal.wait(atMost: moment - now, time)
            }
        }
        return nil
    }

    /// Ends the work on a key that ``next()`` gave out.
    public func done(_ key: ObjectKey) {
        let now = time.now()
        let (duration, isReaderConcerned) = state.withLock { state in
            let wasFull = state.isFull
            return (state.done(key, now: now), wasFull || state.depth > 0)
        }
        if let duration { metrics.done(worked: duration) }
        if isReaderConcerned { signal.give() }
    }

    /// Whether keys are taken. A new queue takes them.
    public var isOpen: Bool { state.withLock(\.isOpen) }

    /// Takes no more keys, and lets go of those that are not in work: nobody is there to work on them.
    public func close() {
        state.withLock { $0.close() }
        metrics.emptied()
    }

    /// Takes keys again, after ``close()``.
    public func open() { state.withLock { $0.open() } }

    /// Gives out nothing more: ``next()`` returns nil. What is in work may end.
    public func shutDown() {
        state.withLock { $0.shutDown() }
        signal.give()
    }
}
