import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import Logging
import RunCore
import Synchronization

/// The engine: brings one run of a family a step on. Whatever kind of run it is, this is all that talks to the server.
///
/// One round looks (stores, and what this process did that they do not show yet), asks the family what to do, does that
/// one thing, looks again, asks the family what to say, and writes it if it differs. Everything that is written is
/// guarded (by a deterministic name, a uid, a resource version), so a round may be repeated or cut off after any request.
final class RunReconciler: Reconciler {
    let family: any RunFamily
    let stores: FamilyStores
    let client: KubeClient
    let writer: JobWriter
    let recorder: EventRecorder
    let settings: RunSettings
    /// The namespaces that are watched; empty for all.
    private let namespaces: Set<String>
    let time: TimeSource
    let logger: Logger
    let metrics: RunMetrics
    let memory = Mutex(RunMemory())
    let kept = Mutex(KeptStatuses())
    let runResource: APIResource
    /// The runs that ask for an effect, for whoever carries it out.
    let effects: WorkQueue
    private let turns: RunTurns

    /// How long to wait for a store that is behind before looking again without being told.
    static let recheck = Duration.seconds(1)
    /// How long a run whose turn has not come waits before it looks again at a template that nobody watches.
    private static let turnRecheck = Duration.seconds(30)
    /// How old a run is before it says that its turn cannot be told yet.
    private static let patience = Duration.seconds(10)
    /// How long to wait before trying again to read what the controller has no right to.
    static let forbiddenRecheck = Duration.seconds(30)

    /// What a round has done.
    private struct Done {
        /// The run as it is now; nil if somebody else has changed it or its Job meanwhile, which the stores will show.
        var run: KubeObject?
        /// Its Jobs as they are now.
        var jobs: [KubeObject]
        /// The server's answer, if it does not carry the request out.
        var refusal: APIRefusal?
    }

    init(
        family: any RunFamily, stores: FamilyStores, client: KubeClient, recorder: EventRecorder, effects: WorkQueue,
        turns: RunTurns, configuration: RunControllerConfiguration, time: TimeSource, logger: Logger
    ) {
        self.family = family
        self.stores = stores
        self.client = client
        self.recorder = recorder
        self.effects = effects
        self.turns = turns
        settings = configuration.settings
        namespaces = Set(configuration.namespaces)
        self.time = time
        self.logger = logger
        writer = JobWriter(client: client, fieldManager: configuration.name)
        metrics = RunMetrics(family: family.name)
        runResource = APIResource(family.runResource)
    }

    /// Takes note of the last state of a Job that is gone: it may be all that is left to say how the run ended.
    func jobGone(_ job: KubeObject, run key: ObjectKey, uid: String) {
        memory.withLock { $0.jobGone(job, run: key, uid: uid) }
    }

    /// The run whose Job this is, if the stores do not tell.
    func run(ofJob uid: String) -> ObjectKey? { memory.withLock { $0.run(ofJob: uid) } }

    /// A run is gone.
    func forget(_ key: ObjectKey) {
        memory.withLock { $0.forget(key) }
        kept.withLock { $0.forget(key) }
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let stored = stores.runs.get(key), !stored.isBeingDeleted, isWatched(stored) else {
            // What the run owned is the garbage collector's.
            forget(key)
            turns.jobsChanged(ofDeleted: key, of: family)
            return .awaitChange
        }
        let run = kept.withLock { $0.whole(stored) }
        guard let jobs = try await jobs(of: run) else { return .requeue(after: Self.recheck) }
        var outcome = try await plan(run, jobs)
        if case .create(let plan) = outcome {
            guard try await isCertain(of: jobs, run), isLatest(run) else { return .requeue(after: Self.recheck) }
            if let turn = plan.turn {
                let now = time.now()
                switch turns.take(turn, for: run, of: family) {
                case .taken: break
                case .denied: outcome = turn.denial(until: turns.isTold(of: turn.group) ? nil : now + Self.turnRecheck)
                // Usually a moment at the start, which is not worth a word.
                case .unknown where run.creationTimestamp.map { now - $0 < Self.patience } ?? true:
                    return .requeue(after: Self.recheck)
                case .unknown: outcome = turn.doubt(until: now + Self.recheck)
                }
            }
        }
        let done = try await carryOut(outcome, for: run, jobs: jobs)
        let refused = note(done, outcome, of: run)
        if done.refusal != nil, case .create(let plan) = outcome, let turn = plan.turn {
            turns.giveBack(turn, of: run, family)
        }
        guard let run = done.run else { return .retry }
        let input = ReportInput(
            run: run, outcome: outcome, refusal: done.refusal,
            observation: try await knowingRefusals(observation(of: done.jobs), of: run),
            statusTime: memory.withLock { $0.statusTime(of: run) }, now: time.now(), settings: settings)
        return try await write(report(input).report, of: run, jobs: done.jobs, refused: refused)
    }

    /// Whether the store knows no later state of the run than this. Jobs are let go of once their run is known to be over,
    /// which may be since this round began.
    private func isLatest(_ run: KubeObject) -> Bool {
        stores.runs.get(run.key)?.resourceVersion == run.resourceVersion
    }

    /// Whether the run's work is in a namespace that is watched. A run that belongs to no namespace may be for another
    /// one, and for another controller; a Job of its former words that is here goes first.
    private func isWatched(_ run: KubeObject) -> Bool {
        guard !namespaces.isEmpty, let namespace = family.workNamespace(of: run) else { return true }
        return namespaces.contains(namespace) || !stores.jobs(of: run).isEmpty
    }

    // MARK: Doing

    private func carryOut(_ outcome: PlanOutcome, for run: KubeObject, jobs: [KubeObject]) async throws -> Done {
        let result: JobWriter.Result
        let target: String?
        switch outcome {
        case .create(let plan):
            result = try await writer.create(plan, for: run)
            target = nil
        case .patch(let patch):
            result = try await writer.patch(patch)
            target = patch.job.uid
        case .delete(let job):
            result = try await delete(job, of: run, jobs)
            target = job.uid
        case .patchRun(let patch): return try await change(run, patch, jobs: jobs)
        case .wait, .reject, .none: return Done(run: run, jobs: jobs)
        }
        var jobs = jobs
        let now = time.now()
        let former = jobs.firstIndex { $0.uid == target }
        switch result {
        case .refused(let refusal): return Done(run: run, jobs: jobs, refusal: refusal)
        case .written(let job):
            if target == nil { created(job, for: run) }
            memory.withLock { $0.jobWritten(job, for: run, now: now) }
            if let former { jobs[former] = job } else { jobs.append(job) }
        case .changed(let job):
            memory.withLock { $0.jobWritten(job, for: run, now: now) }
            return Done(run: nil, jobs: jobs)
        case .deleted, .missing:
            // One that is gone when it is to be changed is left to the watch: it tells how the Job ended.
            if case .delete = outcome, let former {
                let job = jobs.remove(at: former)
                memory.withLock { $0.jobDeleted(job, for: run, now: now) }
            }
            // The watch may have told already, and will not again.
            if case .missing = result { return Done(run: nil, jobs: jobs) }
        }
        return Done(run: run, jobs: jobs)
    }

    /// Deletes a Job. One of which nobody knows whether it is gone, as no answer came, is asked for before it counts again.
    private func delete(
        _ job: JobReference, of run: KubeObject, _ jobs: [KubeObject]
    ) async throws -> JobWriter.Result {
        let seen = jobs.first { $0.uid == job.uid }
        do {
            return try await writer.delete(job, as: seen)
        } catch {
            let isAnswered = (error as? KubeStatus).map { $0.code < 500 } ?? false
            if !isAnswered, let seen { memory.withLock { $0.jobDoubted(seen, for: run) } }
            throw error
        }
    }

    private func change(_ run: KubeObject, _ patch: JSONObject, jobs: [KubeObject]) async throws -> Done {
        do {
            return Done(run: try await write(patch, of: run, subresource: nil), jobs: jobs)
        } catch let status as KubeStatus {
            guard let refusal = APIRefusal(status) else { throw status }
            return Done(run: run, jobs: jobs, refusal: refusal)
        }
    }

    /// The request of a round that was refused; one that was carried out ends a series of refusals.
    private func note(_ done: Done, _ outcome: PlanOutcome, of run: KubeObject) -> RefusedRequest? {
        guard let kind = RefusedRequest.Kind(outcome) else { return nil }
        if let refusal = done.refusal { return RefusedRequest(kind: kind, refusal: refusal) }
        if done.run != nil { memory.withLock { $0.carriedOut(kind, of: run) } }
        return nil
    }

    private func created(_ job: KubeObject, for run: KubeObject) {
        metrics.created(after: run.creationTimestamp.map { time.now() - $0 })
        logger.info("job created", metadata: ["run": "\(run.key)", "job": "\(job.key)"])
    }
}

extension APIResource {
    /// A resource as requests name it.
    init(_ resource: CustomResource) {
        self.init(
            group: resource.group, version: resource.version, plural: resource.plural, kind: resource.kind,
            isNamespaced: resource.isNamespaced)
    }
}
