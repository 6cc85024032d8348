import KubeClient
import KubeObjects
import KubeWire
import Logging
import RunCore
import Synchronization

/// What a round looks at, and what it makes of it.
extension RunReconciler {
    /// The run's Jobs; nil if the stores do not show yet what this process itself has done.
    /// - Parameter isRead: whether the run was read from the server, and is no proof of what the store shows.
    func jobs(of run: KubeObject, isRead: Bool = false) async throws -> [KubeObject]? {
        let isOnRecord = { [family] job in family.isOnRecord(job, of: run) }
        // Each doubt settled leaves one less; a run has few Jobs, of which hardly one is ever doubtful.
        for _ in 0..<8 {
            let (seen, now) = (stores.jobs(of: run), time.now())
            let view = memory.withLock { memory in
                isRead
                    ? memory.view(ofRead: run, jobs: seen, isOnRecord: isOnRecord, now: now)
                    : memory.view(of: run, jobs: seen, isOnRecord: isOnRecord, now: now)
            }
            switch view {
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
                memory.jobMissing(job, of: run, now: now)
            }
        }
    }

    func observation(of jobs: [KubeObject]) -> RunObservation {
        RunObservation(jobs: jobs, pods: stores.pods(of: jobs))
    }

    /// The observation with what the Job's Events say of pods that are refused, if the Job has none though it should.
    ///
    /// The Job's status says nothing of that. Events are read only then, and watched never: a cluster has many. What they
    /// said counts for a while, whatever else the run is looked at for.
    func knowingRefusals(_ observation: RunObservation, of run: KubeObject) async throws -> RunObservation {
        let now = time.now()
        guard let job = observation.job, observation.timeToAskForPods(now: now, settings: settings) == .zero else {
            return observation
        }
        var observation = observation
        if let known = memory.withLock({ $0.podRefusal(ofJob: job.reference.uid, of: run, now: now) }) {
            observation.podRefusal = known.words
            return observation
        }
        let failures = ListOptions(
            fieldSelector: "involvedObject.uid=\(job.reference.uid),reason=\(JobEvent.podCreationFailed)")
        do {
            let events = try await client.list(.events, namespace: job.reference.key.namespace, options: failures)
            observation.podRefusal = JobEvent.newestRefusal(in: events.items, ofJob: job.reference.key.name)
        } catch let status as KubeStatus {
            // What the run says does not depend on it.
            logger.debug("events cannot be read", metadata: ["job": "\(job.reference.key)", "error": "\(status)"])
        }
        let answer = observation.podRefusal
        memory.withLock { $0.podRefusalRead(answer, ofJob: job.reference.uid, of: run, now: now) }
        return observation
    }

    /// What is to be said of a run, and of what: if it is over and a pod's end has not been seen in good time, the pods are
    /// read. The exit code, the results and the output are not given up because a watch is broken, or late.
    func report(_ input: ReportInput) async throws -> (report: RunReport, input: ReportInput) {
        let report = family.report(input)
        guard input.observation.awaitsPods, report.change(of: input.run) != nil, let job = input.observation.job else {
            return (report, input)
        }
        var input = input
        let ofJob = ListOptions(labelSelector: "controller-uid=\(job.reference.uid)")
        do {
            let pods = try await client.list(.pods, namespace: job.reference.key.namespace, options: ofJob)
            // A Job that chooses its pods itself may have others than those.
            if !pods.items.isEmpty { input.observation.see(pods.items, of: job.reference) }
        } catch let status as KubeStatus where APIRefusal(status) != nil {
            // Nothing to wait for.
            logger.warning("pods cannot be read", metadata: ["job": "\(job.reference.key)", "error": "\(status)"])
        }
        return (family.report(input), input)
    }

    func plan(_ run: KubeObject, _ jobs: [KubeObject]) async throws -> PlanOutcome {
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
        // Nobody is refused, or told for the first time to wait, for what a store merely has not seen yet.
        case .reject: break
        case .wait where run["status"] == nil: break
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
                references: references, observation: observation(of: jobs), triggers: stores.triggers.triggers(of: run),
                followsReferences: stores.followed.isComplete(for: run), now: time.now(), settings: settings))
    }

    private func read(_ reference: RunReference) async throws -> KubeObject? {
        do {
            return try await client.get(
                APIResource(reference.resource), namespace: reference.key.namespace, name: reference.key.name)
        } catch let status as KubeStatus where status.isNotFound {
            return nil
        }
    }
}
