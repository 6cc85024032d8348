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
    private let family: any RunFamily
    private let stores: FamilyStores
    private let client: KubeClient
    private let writer: JobWriter
    private let recorder: EventRecorder
    private let settings: RunSettings
    private let time: TimeSource
    private let logger: Logger
    private let metrics: RunMetrics
    private let memory = Mutex(RunMemory())
    private let runResource: APIResource

    /// How long to wait for a store that is behind before looking again without being told.
    private static let recheck = Duration.seconds(1)

    init(
        family: any RunFamily, stores: FamilyStores, client: KubeClient, recorder: EventRecorder, fieldManager: String,
        settings: RunSettings, time: TimeSource, logger: Logger
    ) {
        self.family = family
        self.stores = stores
        self.client = client
        self.recorder = recorder
        self.settings = settings
        self.time = time
        self.logger = logger
        writer = JobWriter(client: client, fieldManager: fieldManager)
        metrics = RunMetrics(family: family.name)
        runResource = APIResource(family.runResource)
    }

    /// Takes note of the last state of a Job that is gone: it may be all that is left to say how the run ended.
    func jobGone(_ job: KubeObject, run key: ObjectKey, uid: String) {
        memory.withLock { $0.jobGone(job, run: key, uid: uid) }
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let run = stores.runs.get(key), !run.isBeingDeleted else {
            // What the run owned is the garbage collector's.
            memory.withLock { $0.forget(key) }
            return .awaitChange
        }
        guard let jobs = try await jobs(of: run) else { return .requeue(after: Self.recheck) }
        let outcome = try await plan(run, jobs)
        let done = try await carryOut(outcome, for: run, jobs: jobs)
        let report = family.report(
            ReportInput(
                run: run, outcome: outcome, refusal: done.refusal, observation: observation(of: done.jobs),
                now: time.now(), settings: settings))
        return try await write(report, of: run, jobs: done.jobs, refusal: done.refusal)
    }

    // MARK: Looking

    /// The run's Jobs; nil if the stores do not show yet what this process itself has done.
    private func jobs(of run: KubeObject) async throws -> [KubeObject]? {
        let recorded = family.recordedJob(of: run)
        for _ in 0..<2 {
            let (seen, now) = (stores.jobs(of: run), time.now())
            switch memory.withLock({ $0.view(of: run, jobs: seen, recorded: recorded, now: now) }) {
            case .current(let jobs): return jobs
            case .behind: return nil
            case .doubtful(let job): try await settleDoubt(about: job, of: run)
            }
        }
        return nil
    }

    private func settleDoubt(about job: JobReference, of run: KubeObject) async throws {
        let found = try await writer.read(job)
        let now = time.now()
        memory.withLock { memory in
            if let found {
                memory.jobWritten(found, for: run, now: now)
            } else {
                memory.jobMissing(job, of: run)
            }
        }
    }

    private func observation(of jobs: [KubeObject]) -> RunObservation {
        RunObservation(jobs: jobs, pods: stores.pods(of: jobs))
    }

    // MARK: Planning

    private func plan(_ run: KubeObject, _ jobs: [KubeObject]) async throws -> PlanOutcome {
        var references: [RunReference: KubeObject] = [:]
        var missing: [RunReference] = []
        for reference in family.references(of: run) {
            if let object = stores.find(reference) {
                references[reference] = object
            } else {
                missing.append(reference)
            }
        }
        let outcome = plan(run, jobs, references)
        guard case .reject = outcome, !missing.isEmpty else { return outcome }
        // Nobody is refused for what a store merely has not seen yet.
        for reference in missing { references[reference] = try await read(reference) }
        return plan(run, jobs, references)
    }

    private func plan(
        _ run: KubeObject, _ jobs: [KubeObject], _ references: [RunReference: KubeObject]
    ) -> PlanOutcome {
        family.plan(
            run,
            inputs: PlanInputs(
                references: references, observation: observation(of: jobs), now: time.now(), settings: settings))
    }

    private func read(_ reference: RunReference) async throws -> KubeObject? {
        do {
            return try await client.get(
                APIResource(reference.resource), namespace: reference.key.namespace, name: reference.key.name)
        } catch let status as KubeStatus where status.isNotFound {
            return nil
        }
    }

    // MARK: Doing

    private func carryOut(
        _ outcome: PlanOutcome, for run: KubeObject, jobs: [KubeObject]
    ) async throws -> (jobs: [KubeObject], refusal: APIRefusal?) {
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
            result = try await writer.delete(job)
            target = job.uid
        case .wait, .reject, .none: return (jobs, nil)
        }
        var jobs = jobs
        let now = time.now()
        let former = jobs.firstIndex { $0.uid == target }
        switch result {
        case .refused(let refusal): return (jobs, refusal)
        case .written(let job):
            if target == nil { created(job, for: run) }
            memory.withLock { $0.jobWritten(job, for: run, now: now) }
            if let former { jobs[former] = job } else { jobs.append(job) }
        case .deleted:
            guard let former else { break }
            let job = jobs.remove(at: former)
            memory.withLock { $0.jobDeleted(job, for: run) }
        }
        return (jobs, nil)
    }

    private func created(_ job: KubeObject, for run: KubeObject) {
        metrics.created(after: run.creationTimestamp.map { time.now() - $0 })
        logger.info("job created", metadata: ["run": "\(run.key)", "job": "\(job.key)"])
    }

    // MARK: Reporting

    private func write(
        _ report: RunReport, of run: KubeObject, jobs: [KubeObject], refusal: APIRefusal?
    ) async throws -> ReconcileResult {
        let old = run["status"]?.object ?? [:]
        if let status = report.status, let patch = mergePatch(from: old, to: status) {
            guard try await isCertain(of: jobs, run) else { return .requeue(after: Self.recheck) }
            guard try await store(patch, of: run) else { return .requeue(after: .milliseconds(100)) }
            if report.isFinal { metrics.finished(phase: status["phase"]?.string) }
            for event in report.events { recorder.record(EventNote(event), about: run) }
        }
        if report.isFinal { memory.withLock { $0.forgetJobs(of: run.key) } }
        if let delay = report.requeueAfter { return .requeue(after: delay) }
        if let refusal, !refusal.isFinal { throw RefusedForNow(refusal: refusal) }
        return .awaitChange
    }

    /// Whether the Job that the run's status names, if it is not seen, is really gone: Jobs and runs are watched apart,
    /// and the one store may be behind the other.
    private func isCertain(of jobs: [KubeObject], _ run: KubeObject) async throws -> Bool {
        guard let recorded = family.recordedJob(of: run), !jobs.contains(where: { $0.uid == recorded.uid }),
            memory.withLock({ !$0.hasDeleted(recorded, of: run) })
        else { return true }
        return try await writer.read(recorded) == nil
    }

    /// Writes what differs of the status, onto the run as it was read only. Returns false if the run has changed.
    private func store(_ patch: JSONObject, of run: KubeObject) async throws -> Bool {
        var metadata = JSONObject()
        metadata["uid"] = run.uid.map { .string($0) }
        metadata["resourceVersion"] = run.resourceVersion.map { .string($0) }
        do {
            let written = try await client.patch(
                runResource, namespace: run.namespace, name: run.name ?? "", type: .merge,
                ["metadata": .object(metadata), "status": .object(patch)], subresource: "status",
                options: writer.options)
            memory.withLock { $0.runWritten(written) }
            metrics.wroteStatus()
            return true
        } catch let status as KubeStatus where status.isConflict {
            logger.debug("the run has changed meanwhile", metadata: ["run": "\(run.key)"])
            return false
        } catch let status as KubeStatus where status.isNotFound {
            // Deleted meanwhile; the store will say so.
            return true
        }
    }
}

extension EventNote {
    /// An event that a family wants told.
    init(_ event: RunEvent) {
        self.init(event.severity == .warning ? .warning : .normal, reason: event.reason, message: event.message)
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
