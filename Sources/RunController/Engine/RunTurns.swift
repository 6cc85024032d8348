import KubeObjects
import KubeRuntime
import RunCore
import Synchronization

/// Counts the runs that are under way of what lets only so many be, and lets the oldest of those that wait go first.
///
/// What is counted is found in the stores when the first run of a group asks, and kept up with what happens to the runs
/// since. So nothing has to be stored, and what has no limit costs nothing. What a run has taken counts at once, though no
/// store shows it yet: two runs that ask in the same moment do not both get the last turn.
final class RunTurns: Sendable {
    /// The runs of one family and who looks at them.
    struct Member: Sendable {
        let family: any RunFamily
        let stores: FamilyStores
        let queue: WorkQueue
    }

    private let members = Mutex<[Member]>([])
    private let groups = Mutex<[String: TurnGroup]>([:])

    /// Counts the runs of a family, too. To be told before anything runs.
    func add(_ member: Member) { members.withLock { $0.append(member) } }

    /// Takes a run's turn, if it has come. A run that has taken it keeps it until it is over.
    /// - Returns: whether the run may start. If not, and if it may wait, it is looked at again when its turn has come.
    func take(_ turn: RunTurn, for run: KubeObject, of family: any RunFamily) -> Bool {
        guard let uid = run.uid else { return false }
        let waiter = TurnWaiter(run, of: family)
        return groups.withLock { groups in
            let name = Self.name(of: turn.group)
            if groups[name] == nil { groups[name] = count(turn.group) }
            return groups[name]?.take(turn, uid: uid, waiter) ?? false
        }
    }

    /// Takes note of what has happened to a run.
    func runChanged(_ change: StoreChange, of family: any RunFamily) {
        guard groups.withLock({ !$0.isEmpty }), let standing = family.standing(of: change.object) else { return }
        let run = change.object
        let name = Self.name(of: standing.group)
        let next = groups.withLock { groups -> [TurnWaiter] in
            guard groups[name] != nil else { return [] }
            if case .updated(let old, _) = change, old.uid != run.uid { groups[name]?.leave(old.uid ?? "") }
            if case .deleted = change {
                groups[name]?.leave(run.uid ?? "")
            } else {
                groups[name]?.note(run, standing, TurnWaiter(run, of: family))
            }
            let next = groups[name]?.next ?? []
            if groups[name]?.isEmpty == true { groups[name] = nil }
            return next
        }
        let members = next.isEmpty ? [] : members.withLock { $0 }
        for waiter in next { members.first { $0.family.name == waiter.family }?.queue.add(waiter.key) }
    }

    /// Forgets everything: another controller is at work, and what is counted has to be looked up again afterwards.
    func forget() { groups.withLock { $0.removeAll() } }

    /// Counts what the stores show. A Job that its run does not know of yet counts, too.
    private func count(_ reference: RunReference) -> TurnGroup {
        var group = TurnGroup()
        for member in members.withLock({ $0 }) {
            for run in member.stores.unsettledRuns(of: reference, member.family) {
                guard var standing = member.family.standing(of: run) else { continue }
                standing.isBegun = standing.isBegun || !member.stores.jobs(of: run).isEmpty
                group.note(run, standing, TurnWaiter(run, of: member.family))
            }
        }
        return group
    }

    /// By name alone: families know the same resource in different ways.
    private static func name(of group: RunReference) -> String {
        FamilyStores.indexValue(group.resource, group.key)
    }
}
