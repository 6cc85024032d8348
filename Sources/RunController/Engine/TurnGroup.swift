import KubeObjects
import RunCore

/// A run that waits for its turn; the oldest comes first.
struct TurnWaiter: Comparable {
    var created: Timestamp
    var key: ObjectKey
    /// The family whose run it is.
    var family: String

    init(_ run: KubeObject, of family: any RunFamily) {
        created = run.creationTimestamp ?? Timestamp(seconds: 0)
        key = run.key
        self.family = family.name
    }

    static func < (left: TurnWaiter, right: TurnWaiter) -> Bool {
        (left.created, left.key, left.family) < (right.created, right.key, right.family)
    }
}

/// Runs of which only so many may be under way at once.
struct TurnGroup {
    /// As the last one who asked knew it.
    private var limit = 1
    /// The uids of those that have taken their turn and are not over.
    private var begun: Set<String> = []
    /// Those that wait, by uid.
    private var waiting: [String: TurnWaiter] = [:]

    var isEmpty: Bool { begun.isEmpty && waiting.isEmpty }

    /// Those whose turn has come.
    var next: [TurnWaiter] {
        let free = limit - begun.count
        return free > 0 ? Array(waiting.values.sorted().prefix(free)) : []
    }

    /// Takes a run's turn, if it has come. Returns whether the run may start.
    mutating func take(_ turn: RunTurn, uid: String, _ waiter: TurnWaiter) -> Bool {
        limit = turn.limit
        if begun.contains(uid) { return true }
        guard begun.count + waiting.values.count(where: { $0 < waiter }) < limit else {
            if turn.policy == .queue { waiting[uid] = waiter }
            return false
        }
        begun.insert(uid)
        waiting[uid] = nil
        return true
    }

    /// Takes note of where a run stands.
    mutating func note(_ run: KubeObject, _ standing: RunStanding, _ waiter: TurnWaiter) {
        guard let uid = run.uid else { return }
        if standing.isOver || (run.isBeingDeleted && !standing.isBegun && !begun.contains(uid)) {
            leave(uid)
        } else if standing.isBegun {
            begun.insert(uid)
            waiting[uid] = nil
        } else if standing.isWaiting, !begun.contains(uid) {
            waiting[uid] = waiter
        }
    }

    /// A run is over or gone.
    mutating func leave(_ uid: String) {
        begun.remove(uid)
        waiting[uid] = nil
    }
}
