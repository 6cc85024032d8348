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
        /// Whether the stores have shown what the server has, or the server has no runs of the family.
        let isComplete: @Sendable () -> Bool

        /// A family's runs.
        /// - Parameters:
        ///   - runs: what fills their store.
        ///   - jobs: what fills the store of their Jobs.
        init(_ family: any RunFamily, _ stores: FamilyStores, _ queue: WorkQueue, runs: Informer, jobs: Informer) {
            self.family = family
            self.stores = stores
            self.queue = queue
            // Weak, as the informers tell the turns of what happens.
            isComplete = { [weak runs, weak jobs] in
                guard let runs, let jobs else { return false }
                return jobs.hasSynced && (runs.hasSynced || runs.phase == .missing)
            }
        }
    }

    /// What a run is told that asks for its turn.
    enum Answer {
        /// It may start.
        case taken
        /// It may not, and is looked at again when its turn has come, if it may wait.
        case denied
        /// That cannot be said in this moment.
        case unknown
    }

    private let members = Mutex<[Member]>([])
    private let groups = Mutex<[String: TurnGroup]>([:])

    /// Counts the runs of a family, too. To be told before anything runs.
    func add(_ member: Member) { members.withLock { $0.append(member) } }

    /// Takes a run's turn, if it has come. A run that has taken it keeps it until it is over or gives it back.
    func take(_ turn: RunTurn, for run: KubeObject, of family: any RunFamily) -> Answer {
        let members = members(countedBy: turn.group)
        guard let uid = run.uid, let own = members.first(where: { $0.family.name == family.name }),
            members.allSatisfy({ $0.isComplete() })
        else { return .unknown }
        let waiter = TurnWaiter(run, of: family)
        return groups.withLock { groups in
            // What is gone leaves the store before anybody is told of it: what is noted of this run here goes again then.
            guard let known = own.stores.runs.get(run.key), known.uid == uid, !known.isBeingDeleted,
                family.standing(of: known)?.isOver != true
            else { return .unknown }
            let isTaken = groups[Self.name(of: turn.group), default: count(turn.group, members)]
                .take(turn, uid: uid, waiter)
            return isTaken ? .taken : .denied
        }
    }

    /// Whether ``groupChanged(_:isGone:)`` is told of changes: somebody watches what the runs are counted by.
    func isTold(of group: RunReference) -> Bool {
        members.withLock { $0 }.contains {
            $0.family.templateResource?.definitionName == group.resource.definitionName
        }
    }

    /// A run has taken its turn, and cannot start for now: others may, unless an attempt of it has begun before.
    func giveBack(_ turn: RunTurn, of run: KubeObject, _ family: any RunFamily) {
        guard let member = member(family) else { return }
        let name = Self.name(of: turn.group)
        wake(
            groups.withLock { groups in
                guard standing(of: run, in: member)?.isBegun != true else { return [] }
                groups[name]?.leave(run.uid)
                return groups[name]?.next ?? []
            })
    }

    /// A run that is being deleted may have no Job any more that goes on.
    func jobsChanged(ofDeleted key: ObjectKey, of family: any RunFamily) {
        guard groups.withLock({ !$0.isEmpty }), let member = member(family) else { return }
        wake(
            groups.withLock { groups in
                // Here, as it may be gone in a moment, and is noted for the last time then.
                guard let run = member.stores.runs.get(key), run.isBeingDeleted,
                    let standing = standing(of: run, in: member)
                else { return [] }
                let name = Self.name(of: standing.group)
                groups[name]?.note(run, standing, TurnWaiter(run, of: family))
                return groups[name]?.next ?? []
            })
    }

    /// Takes note of what has happened to a run.
    func runChanged(_ change: StoreChange, of family: any RunFamily) {
        guard groups.withLock({ !$0.isEmpty }), let member = member(family) else { return }
        let run = change.object
        let standing = standing(of: run, in: member)
        var former: (uid: String?, name: String)?
        if case .updated(let old, _) = change, let group = family.standing(of: old)?.group,
            old.uid != run.uid || group != standing?.group
        {
            former = (old.uid, Self.name(of: group))
        }
        let name = standing.map { Self.name(of: $0.group) }
        let next = groups.withLock { groups -> [TurnWaiter] in
            if let former { groups[former.name]?.leave(former.uid) }
            if let name, let standing {
                if case .deleted = change {
                    groups[name]?.leave(run.uid)
                } else {
                    groups[name]?.note(run, standing, TurnWaiter(run, of: family))
                }
            }
            return [former?.name, name].compactMap(\.self).flatMap { groups[$0]?.next ?? [] }
        }
        wake(next)
    }

    /// What runs are counted by has changed: those that wait ask again, whatever it says now.
    func groupChanged(_ group: RunReference, isGone: Bool) {
        let name = Self.name(of: group)
        let waiting = groups.withLock { groups in
            let waiting = groups[name]?.everybodyWaiting ?? []
            if isGone { groups[name] = nil }
            return waiting
        }
        wake(waiting)
    }

    /// Counts a family's runs anew: its work begins, and another controller may have worked before.
    func begin(_ family: any RunFamily) {
        guard let member = member(family) else { return }
        let next = groups.withLock { groups -> [TurnWaiter] in
            for name in groups.keys {
                groups[name]?.leave(family: family.name)
                for run in member.stores.unsettledRuns(under: name, family) {
                    guard let standing = standing(of: run, in: member) else { continue }
                    groups[name]?.note(run, standing, TurnWaiter(run, of: family))
                }
            }
            return groups.values.flatMap(\.next)
        }
        wake(next)
    }

    private func wake(_ runs: [TurnWaiter]) {
        guard !runs.isEmpty else { return }
        let members = members.withLock { $0 }
        for run in runs { members.first { $0.family.name == run.family }?.queue.add(run.key) }
    }

    private func member(_ family: any RunFamily) -> Member? {
        members.withLock { $0 }.first { $0.family.name == family.name }
    }

    private func members(countedBy group: RunReference) -> [Member] {
        members.withLock { $0 }.filter { member in
            member.family.referencedResources.contains { $0.definitionName == group.resource.definitionName }
        }
    }

    private func count(_ reference: RunReference, _ members: [Member]) -> TurnGroup {
        var group = TurnGroup()
        for member in members {
            for run in member.stores.unsettledRuns(under: Self.name(of: reference), member.family) {
                guard let standing = standing(of: run, in: member) else { continue }
                group.note(run, standing, TurnWaiter(run, of: member.family))
            }
        }
        return group
    }

    /// Where a run stands. A Job that its status does not name yet counts; a run that is being deleted counts for as long
    /// as its Job goes on.
    private func standing(of run: KubeObject, in member: Member) -> RunStanding? {
        guard var standing = member.family.standing(of: run) else { return nil }
        guard !standing.isOver else { return standing }
        if run.isBeingDeleted {
            standing.isBegun = member.stores.jobs(of: run).contains { ObservedJob($0).result == nil }
            standing.isOver = !standing.isBegun
        } else if !standing.isBegun {
            standing.isBegun = !member.stores.jobs(of: run).isEmpty
        }
        return standing
    }

    /// By name alone: families know the same resource in different ways.
    private static func name(of group: RunReference) -> String {
        FamilyStores.indexValue(group.resource, group.key)
    }
}
