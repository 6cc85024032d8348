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
    /// How long to wait for the store to show what somebody else has just changed of a run.
    private static let contention = Duration.milliseconds(100)

    /// How long to wait before trying again to read what the controller has no right to.
    private static let forbiddenRecheck = Duration.seconds(30)

    /// What a round has done.
    private struct Done {
        /// The run as it is now; nil if somebody else has changed it meanwhile.
        var run: KubeObject?
        /// Its Jobs as they are now.
        var jobs: [KubeObject]
        /// The server's answer, if it does not carry the request out.
        var refusal: APIRefusal?
    }

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
        if case .create = outcome, try await !isCertain(of: jobs, run) { return .requeue(after: Self.recheck) }
        let done = try await carryOut(outcome, for: run, jobs: jobs)
        guard let run = done.run else { return .requeue(after: Self.contention) }
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
        // Each doubt settled leaves one less; a run has few Jobs, of which hardly one is ever doubtful.
        for _ in 0..<8 {
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
        switch outcome {
        // Nobody is refused for what a store merely has not seen yet.
        case .reject: break
        // A change of what is watched ends the wait; the rest has to be looked for.
        case .wait: missing.removeAll(where: \.resource.isWatched)
        case .create, .patch, .delete, .patchRun, .none: return outcome
        }
        guard !missing.isEmpty else { return outcome }
        do {
            for reference in missing { references[reference] = try await read(reference) }
        } catch let status as KubeStatus where status.isForbidden {
            return .wait(
                RunWait(
                    reason: .referenceForbidden,
                    message: "the controller may not read what the run refers to: "
                        + status.message, until: time.now() + Self.forbiddenRecheck))
        }
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
            result = try await writer.delete(job)
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
        case .deleted:
            guard let former else { break }
            let job = jobs.remove(at: former)
            memory.withLock { $0.jobDeleted(job, for: run) }
        }
        return Done(run: run, jobs: jobs)
    }

    private func change(_ run: KubeObject, _ patch: JSONObject, jobs: [KubeObject]) async throws -> Done {
        do {
            return Done(run: try await write(patch, of: run, subresource: nil), jobs: jobs)
        } catch let status as KubeStatus {
            guard let refusal = APIRefusal(status) else { throw status }
            return Done(run: run, jobs: jobs, refusal: refusal)
        }
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
            guard try await store(patch, of: run) != nil else { return .requeue(after: Self.contention) }
            if let phase = report.ended { metrics.finished(phase) }
            for event in report.events { recorder.record(event, about: run) }
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

    /// Writes what differs of the status. Returns the run as it is then; nil if somebody else has changed it.
    private func store(_ patch: JSONObject, of run: KubeObject) async throws -> KubeObject? {
        let written = try await write(["status": .object(patch)], of: run, subresource: "status")
        if written != nil { metrics.wroteStatus() }
        return written
    }

    /// Changes a run as it was read only. Returns the run as it is then; nil if somebody else has changed it.
    private func write(_ patch: JSONObject, of run: KubeObject, subresource: String?) async throws -> KubeObject? {
        var body = JSONValue.object(patch)
        body.set(run.uid.map { .string($0) }, at: ["metadata", "uid"])
        body.set(run.resourceVersion.map { .string($0) }, at: ["metadata", "resourceVersion"])
        do {
            let written = try await client.patch(
                runResource, namespace: run.namespace, name: run.name ?? "", type: .merge, body,
                subresource: subresource, options: writer.options)
            memory.withLock { $0.runWritten(written) }
            return written
        } catch let status as KubeStatus where status.isConflict || status.isNotFound {
            // Changed or deleted meanwhile; the store will say so.
            logger.debug("the run has changed meanwhile", metadata: ["run": "\(run.key)"])
            return nil
        }
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
