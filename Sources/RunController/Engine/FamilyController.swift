import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import Logging
import RunCore

/// One family at work: its informers, its reconciler, and which change of what concerns which run.
struct FamilyController {
    /// Runs the family's reconciler.
    let controller: Controller
    /// Carries out what its runs ask for beside their Jobs.
    let effects: Controller
    /// Deletes runs that their templates keep no longer; nil if the family has no templates.
    let retention: Controller?

    /// How many effects of one family are carried out at once.
    private static let effectConcurrency = 16

    init(
        _ family: any RunFamily, informers: inout InformerSet, pool: InformerPool, recorder: EventRecorder,
        effects: RunEffects, turns: RunTurns, configuration: RunControllerConfiguration
    ) {
        let runs = informers.runs(of: family)
        let settled = SettledWork(family, runs: runs.store)
        let jobs = informers.add(
            .jobs, labelSelector: family.runLabel, indexers: [.controllerUID], after: runs
        ) { settled.covers(job: $0) ? nil : Trimming.job($0) }
        let pods = informers.add(
            .pods, labelSelector: family.runLabel, indexers: [.controllerUID], after: runs
        ) { settled.covers(pod: $0) ? nil : Trimming.pod($0) }
        var references: [CustomResource: Informer] = [:]
        for resource in family.referencedResources where resource.isWatched {
            references[resource] = informers.reference(resource)
        }

        var logger = informers.logger
        logger[metadataKey: "family"] = "\(family.name)"
        let effectsName = "\(family.name)-effects"
        let due = WorkQueue(name: effectsName, concurrency: Self.effectConcurrency, time: informers.time)
        let queue = WorkQueue(name: family.name, concurrency: configuration.concurrency, time: informers.time)
        let followed = FollowedReferences(
            family, runs: runs.store, informers: informers, pool: pool, queue: queue)
        let triggers = PodTriggers(family, informers: informers, pool: pool, queue: queue)
        var client = informers.client
        client.transport = RunRequestTransport(base: client.transport, family: family.name)
        let stores = FamilyStores(
            runs: runs.store, jobs: jobs.store, pods: pods.store, references: references.mapValues(\.store),
            followed: followed, triggers: triggers)
        turns.add(RunTurns.Member(family, stores, queue, runs: runs, jobs: jobs))
        let reconciler = RunReconciler(
            family: family, stores: stores, client: client, recorder: recorder, effects: due, turns: turns,
            configuration: configuration, time: informers.time, logger: logger)
        let all = [runs, jobs, pods] + references.values
        controller = Controller(
            name: family.name, reconciler: reconciler, informers: all, queue: queue,
            backlog: { [runs = runs.store] in
                turns.begin(family)
                return runs.keys
            }, time: informers.time, logger: logger)
        self.effects = Controller(
            name: effectsName, reconciler: EffectReconciler(runs: reconciler, effects: effects.over(client)),
            informers: all,
            queue: due, time: informers.time, logger: logger)

        runs.addHandler { [weak jobs, weak pods] change in
            if let jobs, let pods { settled.release(change, jobs: jobs, pods: pods) }
            followed.runChanged(change)
            triggers.runChanged(change)
            // A standby that remembered what is gone would grow for as long as it stands by: what has become of a run's
            // Jobs goes onto the run, most likely just now.
            if !queue.isOpen { reconciler.forget(change.key) }
            turns.runChanged(change, of: family)
            queue.add(change.key)
        }
        retention = Self.retention(of: family, runs: runs, references, client: client, informers.time, logger)
        Self.connect(runs: runs.store, jobs: jobs, pods: pods, to: reconciler, of: family, queue: queue)
        Self.connect(references, to: runs.store, turns, of: family, queue: queue)
    }

    /// Looks at a template when one of its runs is over for good, and when it changes itself.
    private static func retention(
        of family: any RunFamily, runs: Informer, _ references: [CustomResource: Informer], client: KubeClient,
        _ time: TimeSource, _ logger: Logger
    ) -> Controller? {
        guard let resource = family.templateResource, let templates = references[resource] else { return nil }
        let name = "\(family.name)-retention"
        let queue = WorkQueue(name: name, time: time)
        runs.addHandler { change in
            if case .deleted = change { return }
            guard queue.isOpen, family.isSettled(change.object) else { return }
            for reference in family.references(of: change.object) { queue.add(reference.key) }
        }
        templates.addHandler { change in queue.add(change.key) }
        return Controller(
            name: name,
            reconciler: RetentionReconciler(
                family: family, resource: resource, runs: runs.store, templates: templates.store, client: client,
                time: time, logger: logger),
            informers: [runs, templates], queue: queue, backlog: { [store = templates.store] in store.keys },
            time: time, logger: logger)
    }

    /// Has runs looked at when what they refer to changes, and those that wait for their turn when the template does that
    /// they are counted by, whatever family they are of.
    private static func connect(
        _ references: [CustomResource: Informer], to runs: Store, _ turns: RunTurns, of family: any RunFamily,
        queue: WorkQueue
    ) {
        for (resource, informer) in references {
            informer.addHandler { change in
                let value = FamilyStores.indexValue(resource, change.key)
                for run in runs.find(FamilyStores.referenceIndexer(family), value) { queue.add(run.key) }
                guard resource == family.templateResource else { return }
                var isGone = false
                if case .deleted = change { isGone = true }
                turns.groupChanged(RunReference(resource: resource, key: change.key), isGone: isGone)
            }
        }
    }

    /// Has a run looked at when its Jobs and their pods change.
    private static func connect(
        runs: Store, jobs: Informer, pods: Informer, to reconciler: RunReconciler, of family: any RunFamily,
        queue: WorkQueue
    ) {
        let owner = RunOwner(family.runResource)
        jobs.addDepartureHandler { job in
            guard let run = owner.run(of: job) else { return }
            if !queue.isOpen {
                // Of what others have done only that counts which is to go on here.
                guard let known = runs.get(run.key), known.uid == run.uid, !family.isSettled(known) else { return }
            }
            reconciler.jobGone(job, run: run.key, uid: run.uid)
        }
        jobs.addHandler { change in
            guard let run = owner.run(of: change.object) else { return }
            queue.add(run.key)
        }
        pods.addHandler { [store = jobs.store] change in
            guard let reference = change.object.controllerReference, reference.kind == "Job" else { return }
            let job = store.get(ObjectKey(namespace: change.key.namespace, name: reference.name))
            // A Job may be gone before what its last pod says has come.
            guard let run = job.flatMap(owner.run(of:))?.key ?? reconciler.run(ofJob: reference.uid) else { return }
            queue.add(run)
        }
    }
}
