import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import Logging
import RunCore
import Synchronization

/// What a round says, and how that is stored.
extension RunReconciler {
    func write(
        _ report: RunReport, of run: KubeObject, jobs: [KubeObject], refused: RefusedRequest?
    ) async throws -> ReconcileResult {
        tellAnswered(by: run, observation(of: jobs))
        let passing = refused.flatMap { $0.refusal.isFinal ? nil : $0.refusal }
        if let status = report.status, report.change(of: run) != nil {
            if let refused, !report.isFinal, report.ended == nil, hasTold(refused, of: run) {
                // Nothing of this report has happened: it comes again.
                throw retry(refused.refusal, within: report.requeueAfter)
            }
            guard try await isCertain(of: jobs, run) else { return .requeue(after: Self.recheck) }
            do {
                guard try await store(status, of: run) != nil else { return .retry }
            } catch {
                memory.withLock { $0.statusSent(report, refused: refused, of: run) }
                throw error
            }
            let now = time.now()
            if let refused { memory.withLock { $0.told(refused, of: run, now: now) } }
            tell(report, of: run, observation(of: jobs))
        }
        if report.isFinal { memory.withLock { $0.forgetJobs(of: run) } }
        if !report.settledJobs.isEmpty { memory.withLock { $0.forgetGone(report.settledJobs, of: run) } }
        if report.effect != nil { effects.add(run.key) }
        if let passing { throw retry(passing, within: report.requeueAfter) }
        if let delay = report.requeueAfter { return .requeue(after: delay) }
        return .awaitChange
    }

    /// Tells people what a run says that nobody has told them of: the answer to the write of its status was lost.
    func tellAnswered(by run: KubeObject, _ observation: @autoclosure () -> RunObservation) {
        let now = time.now()
        let sent = memory.withLock { memory in
            let sent = memory.answered(by: run)
            if let refused = sent?.refused { memory.told(refused, of: run, now: now) }
            return sent
        }
        if let sent { tell(sent.report, of: run, observation()) }
    }

    /// Tells people what a status that is written says.
    func tell(_ report: RunReport, of run: KubeObject, _ observation: @autoclosure () -> RunObservation) {
        if let phase = report.ended {
            metrics.finished(phase, run, observation(), now: time.now())
            logger.info("run over", metadata: ["run": "\(run.key)", "phase": "\(phase.rawValue)"])
        }
        for event in report.events { recorder.record(event, about: run) }
    }

    /// Whether the run told of a refusal a short while ago. Each write brings the run up again at once, and with it the
    /// next refusal, whose words may be others each time.
    private func hasTold(_ refused: RefusedRequest, of run: KubeObject) -> Bool {
        let now = time.now()
        return memory.withLock { $0.hasTold(refused, of: run, now: now) }
    }

    /// A request that is refused for now is made again after a back-off, whatever else the run waits for; what it waits
    /// for is not missed for that. What is due already cannot be done, or it would not have been refused.
    private func retry(_ refusal: APIRefusal, within limit: Duration?) -> any Error {
        let error = RefusedForNow(refusal: refusal)
        return limit.flatMap { $0 > .zero ? UrgentError(error, within: $0) : nil } ?? error
    }

    /// The run as the server has it; nil if it is gone.
    func read(_ key: ObjectKey) async throws -> KubeObject? {
        do {
            let run = try await client.get(runResource, namespace: key.namespace, name: key.name)
            return kept.withLock { $0.whole(run) }
        } catch let status as KubeStatus where status.isNotFound {
            return nil
        }
    }

    /// Whether the Job that the run's status names, if it is not seen, is really gone: Jobs and runs are watched apart,
    /// and the one store may be behind the other.
    func isCertain(of jobs: [KubeObject], _ run: KubeObject) async throws -> Bool {
        guard let recorded = family.recordedJob(of: run), !jobs.contains(where: { $0.uid == recorded.uid }),
            memory.withLock({ !$0.hasDeleted(recorded, of: run) })
        else { return true }
        guard let found = try await writer.read(recorded) else { return true }
        // The store may be behind, or have let go of the Job of a run that was over and that somebody has set back.
        let now = time.now()
        if found.controllerReference?.uid == run.uid { memory.withLock { $0.jobWritten(found, for: run, now: now) } }
        return false
    }

    /// Writes what differs of the status from what the server has. Returns the run as it is then; nil if somebody else has
    /// changed it.
    func store(_ status: JSONObject, of run: KubeObject) async throws -> KubeObject? {
        let before = kept.withLock { $0.stored(run) }["status"]?.object ?? [:]
        let patch = mergePatch(from: before, to: status) ?? [:]
        let written = try await write(["status": .object(patch)], of: run, subresource: "status")
        guard let written else { return nil }
        metrics.wroteStatus()
        let now = time.now()
        memory.withLock { $0.statusWritten(written, now: now) }
        var whole = written
        whole["status"] = .object(status)
        let dropped = kept.withLock { kept in
            let dropped = kept.note(status, answered: written)
            if family.isSettled(whole) { kept.forget(run.key) }
            return dropped
        }
        if !dropped.isEmpty {
            logger.warning(
                "the server does not keep all of a status; its definition of the resource is older than this controller",
                metadata: ["run": "\(run.key)", "fields": "\(dropped.sorted().joined(separator: ", "))"])
        }
        return written
    }

    /// Changes a run as it was read only. Returns the run as it is then; nil if somebody else has changed it.
    func write(_ patch: JSONObject, of run: KubeObject, subresource: String?) async throws -> KubeObject? {
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
            // Changed or deleted meanwhile; the store will say so. Unless it is the status that is not there.
            if status.isNotFound, try await read(run.key)?.uid == run.uid { throw status }
            logger.debug("the run has changed meanwhile", metadata: ["run": "\(run.key)"])
            return nil
        }
    }
}
