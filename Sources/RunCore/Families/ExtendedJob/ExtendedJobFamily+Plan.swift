public import KubeObjects

extension ExtendedJobFamily {
    /// Starts what is to be started, each Job once, and clears up behind Jobs that are over: one step at a time.
    public func plan(_ run: KubeObject, inputs: PlanInputs) -> PlanOutcome {
        guard !run.isBeingDeleted else { return .none }
        let round = ExtendedJobRound(run: run, status: ExtendedJobStatus(of: run), inputs: inputs)
        return round.start() ?? round.mark() ?? round.reset() ?? round.clearUp() ?? .none
    }
}

/// One look at an ExtendedJob: what is to be done next.
struct ExtendedJobRound {
    let run: KubeObject
    let status: ExtendedJobStatus
    let inputs: PlanInputs

    private var job: ExtendedJob { ExtendedJob(run) }

    // MARK: Starting

    /// A Job that is to be started now, or why none can be; nil if there is no call for one.
    func start() -> PlanOutcome? {
        do {
            let start = try job.start()
            let template = try ExtendedJobTemplate(run["spec"]?["template"])
            _ = try job.output()
            if case .trigger = start { return try startForPod(template) }
            guard !isUnderWay else { return nil }
            switch start {
            case .manually, .done, .trigger: return nil
            case .now:
                if status.errand?.isToBeReset(in: run.generation) == true { return nil }
                return try create(.now(generation: run.generation), template)
            case .once: return try startOneOff(template)
            }
        } catch {
            return isUnderWay ? nil : .reject(error)
        }
    }

    /// Whether the last Job goes on, or one was made that the status does not know yet.
    private var isUnderWay: Bool {
        if let last = status.lastRun, last.result == nil { return true }
        return ExtendedJobFamily.unrecordedJob(inputs.observation, status) != nil
    }

    private func startOneOff(_ template: ExtendedJobTemplate) throws(RunRejection) -> PlanOutcome? {
        guard let before = status.configHash else {
            if job.updatesOnConfigChange, !inputs.followsReferences { return PlanOutcome.none }
            return try create(.once, template)
        }
        guard job.updatesOnConfigChange, inputs.followsReferences, missing(template) == nil,
            let now = try configHash(template), now != before
        else { return nil }
        guard let change = status.configChange, change.hash == now else {
            return .wait(.configChanged(to: now, until: inputs.now + ExtendedJobFamily.quietTime))
        }
        let end = min(change.since, inputs.now) + ExtendedJobFamily.quietTime
        return inputs.now >= end ? try create(.once, template) : .wait(.configChanged(to: now, until: end))
    }

    private func startForPod(_ template: ExtendedJobTemplate) throws(RunRejection) -> PlanOutcome? {
        guard let triggers = inputs.triggers else {
            return .wait(
                RunWait(
                    reason: .waitingForPods,
                    message: "the pods of namespace \(run.namespace ?? "") are not watched yet"))
        }
        guard status.watchedFrom != nil else { return nil }
        let started = Set(inputs.observation.jobs.compactMap(\.triggerEntry?.key))
        let next = triggers.filter { !started.contains($0.key) && !status.triggers.contains($0) }
            .min { $0.entry < $1.entry }
        guard let next else { return nil }
        return try create(.pod(next), template)
    }

    private func create(
        _ cause: ExtendedJobPlanner.Cause, _ template: ExtendedJobTemplate
    ) throws(RunRejection) -> PlanOutcome {
        if let missing = missing(template) {
            return .wait(
                RunWait(
                    reason: .waitingForReferences,
                    message: "\(missing.kind.rawValue) \(missing.name) of namespace \(run.namespace ?? "") is missing",
                    until: inputs.now + ExtendedJobFamily.referenceRecheck))
        }
        return .create(
            try ExtendedJobPlanner(
                job: job, template: template, cause: cause, attempt: status.runs,
                configHash: cause == .once ? try configHash(template) : nil
            ).plan())
    }

    // MARK: What it refers to

    private func missing(_ template: ExtendedJobTemplate) -> ReferencedObject? {
        template.references.first { !$0.isOptional && inputs.references[$0.reference(in: run)] == nil }
    }

    /// A digest of the data of all that the pods refer to, but for what the ExtendedJob writes itself.
    private func configHash(_ template: ExtendedJobTemplate) throws(RunRejection) -> String? {
        let own = try job.output()
        var digests = JSONObject()
        for reference in template.references
        where !own.contains(where: { $0.kind == reference.kind && $0.name == reference.name }) {
            let object = inputs.references[reference.reference(in: run)]
            digests["\(reference.kind.rawValue)/\(reference.name)"] = .string(object.map(Digest.data) ?? "")
        }
        return Digest.canonical(.object(digests))
    }

    // MARK: Clearing up

    /// Notes on a Job that its output is dealt with, and starts its time to live.
    func mark() -> PlanOutcome? {
        guard let output = status.output, output.isSettled,
            let job = inputs.observation.jobs.first(where: { $0.reference.uid == output.job }),
            job.annotations[AnnotationKey.output] == nil, !job.isBeingDeleted
        else { return nil }
        let note = JSONValue.string(output.reason ?? output.effect.state.rawValue)
        var patch: JSONObject = ["metadata": ["annotations": [AnnotationKey.output: note]]]
        if let lifetime = job.annotations[AnnotationKey.lifetime].flatMap({ Int64($0) }) {
            patch["spec"] = ["ttlSecondsAfterFinished": .integer(lifetime)]
        }
        return .patch(JobPatch(job: job.reference, mergePatch: patch))
    }

    /// Sets an errand that is over back to `manually`.
    func reset() -> PlanOutcome? {
        guard (try? job.start()) == .now, status.errand?.isToBeReset(in: run.generation) == true else { return nil }
        return .patchRun(job.patch(to: .manually).object ?? [:])
    }

    /// Deletes the oldest Job that is over, if there are too many.
    func clearUp() -> PlanOutcome? {
        let done = inputs.observation.jobs.filter { job in
            job.result != nil && !job.isBeingDeleted && job.reference.uid != status.lastRun?.uid
                && ExtendedJobFamily.isRecorded(job, in: status, of: run)
        }
        guard done.count >= inputs.settings.jobHistory, let oldest = done.first else { return nil }
        return .delete(oldest.reference)
    }
}

extension RunWait {
    /// What a one-off refers to has changed; the digest is handed on to the report.
    fileprivate static func configChanged(to hash: String, until: Timestamp) -> RunWait {
        RunWait(reason: .configChanged, message: hash, until: until)
    }
}

extension ObservedJob {
    /// The change of a pod that the Job was made for.
    var triggerEntry: HandledTriggers.Entry? {
        annotations[AnnotationKey.triggerKey].flatMap(HandledTriggers.Entry.init)
    }
}

extension ExtendedJobFamily {
    /// A Job that was made and is not in the status yet: its number is the next one.
    static func unrecordedJob(_ observation: RunObservation, _ status: ExtendedJobStatus) -> ObservedJob? {
        observation.jobs.last {
            $0.triggerEntry == nil && $0.attempt >= status.runs && $0.reference.uid != status.lastRun?.uid
        }
    }

    /// Whether all that a Job has to say is in the status, and its output is dealt with.
    static func isRecorded(_ job: ObservedJob, in status: ExtendedJobStatus, of run: KubeObject) -> Bool {
        guard job.result != nil else { return false }
        if let entry = job.triggerEntry, !status.triggers.contains(entry) { return false }
        // On a Job that goes nothing is noted any more.
        let isDealtWith =
            job.isBeingDeleted && status.output?.job == job.reference.uid && status.output?.isSettled == true
        return isDealtWith || !owesOutput(job, in: run)
    }

    /// Whether a Job that is over, or is to be, has an output that nobody has dealt with.
    static func owesOutput(_ job: ObservedJob, in run: KubeObject) -> Bool {
        (job.result != nil || job.isFailing) && job.annotations[AnnotationKey.output] == nil
            && (try? ExtendedJob(run).output())?.isEmpty == false
    }

    /// Where the output of a Job that is over goes.
    static func targets(of job: ObservedJob, in run: KubeObject) -> [OutputTarget] {
        let targets = (try? ExtendedJob(run).output()) ?? []
        return job.result == .complete ? targets : targets.filter(\.writesOnFailure)
    }
}
