import KubeObjects
import RunCore

/// A run among those that are counted together; the oldest comes first.
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
    /// Those that have taken their turn and are not over, by uid.
    private var begun: [String: TurnWaiter] = [:]
    /// Those that wait, by uid.
    private var waiting: [String: TurnWaiter] = [:]

    private var free: Int { limit - begun.count }

    /// Those whose turn has come.
    var next: [TurnWaiter] {
        guard free > 1 else { return free == 1 ? waiting.values.min().map { [$0] } ?? [] : [] }
        return Array(waiting.values.sorted().prefix(free))
    }

    var everybodyWaiting: [TurnWaiter] { Array(waiting.values) }

    /// Takes a run's turn, if it has come. Returns whether the run may start.
    mutating func take(_ turn: RunTurn, uid: String, _ waiter: TurnWaiter) -> Bool {
        limit = turn.limit
        if begun[uid] != nil { return true }
        let free = free
        // As many that are older go first.
        guard free > 0, waiting.values.lazy.filter({ $0 < waiter }).prefix(free).count(where: { _ in true }) < free
        else {
            if turn.policy == .queue { waiting[uid] = waiter }
            return false
        }
        begun[uid] = waiter
        waiting[uid] = nil
        return true
    }

    /// Takes note of where a run stands. What it has taken here counts, whatever its status does not say yet.
    mutating func note(_ run: KubeObject, _ standing: RunStanding, _ waiter: TurnWaiter) {
        guard let uid = run.uid else { return }
        if standing.isOver {
            leave(uid)
        } else if standing.isBegun {
            begun[uid] = waiter
            waiting[uid] = nil
        } else if begun[uid] == nil {
            // One that waits for something else by now keeps nobody up; it asks again.
            waiting[uid] = standing.isWaiting ? waiter : nil
        }
    }

    /// A run is over or gone, or cannot start for now.
    mutating func leave(_ uid: String?) {
        guard let uid else { return }
        begun[uid] = nil
        waiting[uid] = nil
    }

    /// The runs of a family are to be counted anew.
    mutating func leave(family: String) {
        begun = begun.filter { $0.value.family != family }
        waiting = waiting.filter { $0.value.family != family }
    }
}
