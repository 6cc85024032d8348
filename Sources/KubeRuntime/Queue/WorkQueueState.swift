import KubeObjects

/// What a work queue decides, without time and tasks of its own.
///
/// A key is at most once in the line and at most once in work. One that is added while it is in work waits for its end
/// and goes to the back of the line then: no key can keep the others waiting. In the line, namespaces take turns
/// (``WaitingLine``).
struct WorkQueueState: Sendable {
    /// What the queue's reader is to do.
    enum Decision: Sendable, Hashable {
        /// Work on this key, which stood in the line for so long.
        case work(ObjectKey, waited: Duration)
        /// Nothing to do; ask again at this moment, or at the next change if there is none.
        case wait(until: Timestamp?)
        /// The queue was shut down.
        case finished
    }

    /// A key that stands in the line or must be put there.
    private struct Due {
        var since: Timestamp
        var isBacklog: Bool
    }

    private let backoff: Backoff
    private let concurrency: Int
    private var line = WaitingLine()
    /// Keys that stand in the line or must be put there once their work is done.
    private var dirty: [ObjectKey: Due] = [:]
    private var inWork: [ObjectKey: Timestamp] = [:]
    private var delayed = DelayHeap()
    private var failures: [ObjectKey: Int] = [:]
    private var isShutDown = false
    /// Whether keys are taken.
    private(set) var isOpen = true

    /// - Parameters:
    ///   - concurrency: how many keys may be in work at once; at least 1.
    ///   - backoff: how long a key waits after each failure in a row.
    init(concurrency: Int, backoff: Backoff) {
        self.concurrency = max(1, concurrency)
        self.backoff = backoff
    }

    /// How many keys stand in the line.
    private(set) var depth = 0
    /// How many keys wait for their moment.
    var delayedCount: Int { delayed.count }
    /// How many keys are in work.
    var inWorkCount: Int { inWork.count }
    /// Whether nothing is given out before some work ends.
    var isFull: Bool { inWork.count >= concurrency }

    /// Puts a key into the line, unless it is there. Returns whether that changed anything.
    /// - Parameter isBacklog: whether nothing has happened to it now; what has goes first.
    @discardableResult
    mutating func add(_ key: ObjectKey, isBacklog: Bool = false, now: Timestamp) -> Bool {
        guard isOpen, !isShutDown else { return false }
        if let due = dirty[key] {
            // Something happened to a key of the backlog: its place there is void from now on.
            guard due.isBacklog, !isBacklog else { return false }
            dirty[key]?.isBacklog = false
            if inWork[key] == nil { line.append(WaitingLine.Entry(key: key, since: due.since), isBacklog: false) }
            return false
        }
        let due = Due(since: now, isBacklog: isBacklog)
        dirty[key] = due
        if inWork[key] == nil { enter(key, due) }
        return true
    }

    private mutating func enter(_ key: ObjectKey, _ due: Due) {
        line.append(WaitingLine.Entry(key: key, since: due.since), isBacklog: due.isBacklog)
        depth += 1
    }

    /// The key whose turn it is, taken out of the line.
    private mutating func leave() -> WaitingLine.Entry? {
        while let (entry, isBacklog) = line.popFirst() {
            guard let due = dirty[entry.key], due.isBacklog == isBacklog, inWork[entry.key] == nil else { continue }
            dirty.removeValue(forKey: entry.key)
            depth -= 1
            return entry
        }
        return nil
    }

    /// Puts a key into the line at a moment, or earlier if it was to come earlier.
    mutating func add(_ key: ObjectKey, at moment: Timestamp, now: Timestamp) {
        guard isOpen, !isShutDown else { return }
        if moment <= now {
            add(key, now: now)
        } else {
            delayed.insert(key, at: moment)
        }
    }

    /// Counts a failure of a key and puts it into the line after the back-off, later if the server wants to be left alone
    /// for longer, or earlier if that is too long. Returns the wait.
    mutating func retry(
        _ key: ObjectKey, after least: Duration = .zero, within limit: Duration? = nil, now: Timestamp
    ) -> Duration {
        failures[key, default: 0] += 1
        let full = max(backoff.delay(afterFailures: failures[key, default: 1]), least)
        let delay = limit.map { min($0, full) } ?? full
        add(key, at: now + delay, now: now)
        return delay
    }

    /// Forgets a key's failures.
    mutating func forget(_ key: ObjectKey) { failures.removeValue(forKey: key) }

    /// How often a key failed in a row.
    func failureCount(of key: ObjectKey) -> Int { failures[key] ?? 0 }

    /// What to do now. A key that is given out drops the wait that it may have had: its work decides anew.
    mutating func next(now: Timestamp) -> Decision {
        if isShutDown { return .finished }
        while let key = delayed.pop(dueBy: now) { add(key, now: now) }
        guard !isFull, let first = leave() else { return .wait(until: isFull ? nil : delayed.earliest()) }
        delayed.remove(first.key)
        inWork[first.key] = now
        return .work(first.key, waited: now - first.since)
    }

    /// Ends a key's work and puts it back into the line if it was added meanwhile. Returns how long the work took; nil if
    /// it was not in work.
    @discardableResult
    mutating func done(_ key: ObjectKey, now: Timestamp) -> Duration? {
        guard let started = inWork.removeValue(forKey: key) else { return nil }
        if let due = dirty[key] { enter(key, due) }
        return now - started
    }

    /// Takes no more keys, and lets go of those that are not in work.
    mutating func close() {
        isOpen = false
        line = WaitingLine()
        dirty = [:]
        delayed = DelayHeap()
        failures = [:]
        depth = 0
    }

    /// Takes keys again.
    mutating func open() { isOpen = true }

    /// Gives out nothing more and takes nothing more; what is in work may end.
    mutating func shutDown() { isShutDown = true }
}
