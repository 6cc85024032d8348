import KubeObjects
import KubeRuntime
import KubeWire
import RunCore
import Synchronization

/// Watches the pods of namespaces in which runs of a family are started by pods, and keeps what pods have reached until
/// the runs' statuses say that it had its Job.
///
/// The memory only bridges moments: what a pod has reached shows in the pod itself, and whoever starts without a memory
/// finds it there. Only that a pod is gone does not.
final class PodTriggers: Sendable {
    private struct Pending {
        var uid: String
        var rule: PodTriggerRule
        var triggers: [String: PodTrigger] = [:]
    }

    private struct State {
        var pending: [ObjectKey: Pending] = [:]
        /// The last pods that went, by namespace: a run may be seen after a pod that went in its time.
        var gone: [String: [PodTrigger]] = [:]
    }

    /// How many pods that are gone are remembered in each namespace.
    private static let memory = 200

    private let family: any RunFamily
    private let informers: InformerSet
    private let queue: WorkQueue
    private let watches: NamespaceWatches
    private let state = Mutex(State())

    init(_ family: any RunFamily, informers: InformerSet, pool: InformerPool, queue: WorkQueue) {
        self.family = family
        self.informers = informers
        self.queue = queue
        watches = NamespaceWatches(pool: pool) { queue.add($0) }
    }

    /// Takes note of what a run wants.
    func runChanged(_ change: StoreChange) {
        let (run, key) = (change.object, change.key)
        var rule: PodTriggerRule?
        if case .deleted = change {} else if !run.isBeingDeleted { rule = family.triggerRule(of: run) }
        guard let rule, let uid = run.uid else {
            if state.withLock({ $0.pending.removeValue(forKey: key) }) != nil {
                watches.release(key.namespace, by: key)
            }
            return
        }
        watches.need(key.namespace, for: key) { informer(namespace: key.namespace) }
        let pods = watches.store(key.namespace)
        state.withLock { state in
            if let known = state.pending[key], known.uid == uid, known.rule == rule {
                // A standby is asked for none, and would keep them all.
                return _ = open(of: run, known, &state)
            }
            var pending = Pending(uid: uid, rule: rule)
            let reached = (pods?.all() ?? []).filter(PodTrigger.concerns).flatMap(PodTrigger.reached(by:))
            for trigger in reached + state.gone[key.namespace, default: []] where rule.matches(trigger) {
                pending.triggers[trigger.key] = trigger
            }
            state.pending[key] = pending
        }
    }

    /// What pods have reached that is to start Jobs of a run; nil as long as the pods are not watched.
    func triggers(of run: KubeObject) -> [PodTrigger]? {
        guard watches.store(run.key.namespace) != nil else { return nil }
        return state.withLock { state in
            guard let pending = state.pending[run.key], pending.uid == run.uid else { return nil }
            return open(of: run, pending, &state)
        }
    }

    /// What has not had its Job yet; the rest is forgotten.
    private func open(of run: KubeObject, _ pending: Pending, _ state: inout State) -> [PodTrigger] {
        let open = family.unsettled(Array(pending.triggers.values), of: run)
        if open.count < pending.triggers.count {
            state.pending[run.key]?.triggers = Dictionary(uniqueKeysWithValues: open.map { ($0.key, $0) })
        }
        return open
    }

    private func informer(namespace: String) -> Informer {
        let informer = informers.informer(.pods, namespace: namespace, keep: Trimming.triggeringPod)
        informer.addHandler { [weak self, weak informer] change in
            self?.podChanged(change, isLive: informer?.hasSynced ?? false)
        }
        return informer
    }

    private func podChanged(_ change: StoreChange, isLive: Bool) {
        guard PodTrigger.concerns(change.object) else { return }
        let reached = Self.reached(change, isLive: isLive, now: informers.time.now())
        guard !reached.isEmpty else { return }
        let namespace = change.key.namespace
        let runs = state.withLock { state -> [ObjectKey] in
            var runs: [ObjectKey] = []
            for (run, pending) in state.pending where run.namespace == namespace {
                for trigger in reached where pending.rule.matches(trigger) {
                    if state.pending[run]?.triggers.updateValue(trigger, forKey: trigger.key) == nil {
                        runs.append(run)
                    }
                }
            }
            for trigger in reached where trigger.state == .deleted {
                state.gone[namespace, default: []].append(trigger)
                let excess = state.gone[namespace, default: []].count - Self.memory
                if excess > 0 { state.gone[namespace]?.removeFirst(excess) }
            }
            return runs
        }
        for run in runs { queue.add(run) }
    }

    private static func reached(_ change: StoreChange, isLive: Bool, now: Timestamp) -> [PodTrigger] {
        switch change {
        case .added(let pod):
            return PodTrigger.reached(by: pod).map { trigger in
                var trigger = trigger
                // A pod that comes after everything had been seen is new.
                trigger.isSeenAtOnce = isLive
                return trigger
            }
        case .updated(let old, let pod) where old.uid == pod.uid:
            return PodTrigger.reached(by: pod, since: old)
        case .updated(let old, let pod):
            return [PodTrigger.gone(old, successor: pod, now: now)].compactMap(\.self) + PodTrigger.reached(by: pod)
        case .deleted(let pod):
            return [PodTrigger.gone(pod, now: now)].compactMap(\.self)
        }
    }
}
