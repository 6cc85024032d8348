import KubeObjects

extension EditableRunFamily {
    /// The Job's status mirrored, `Ready` before all other conditions.
    public func report(_ input: ReportInput) -> RunReport {
        let before = RunStatus(of: input.run)
        let isOver = before.phase?.isFinal == true
        guard !isOver || before.observedGeneration != input.run.generation else {
            return RunReport(status: nil, isFinal: true)
        }
        // The Job of the former words is on its way out; what comes next is worth a write, this is not.
        if case .delete = input.outcome, input.refusal == nil { return RunReport(status: nil) }
        let work = work(of: input)
        let isSameWork = work?.isRecorded == true
        var seen = input
        seen.observation = (work?.job).map(input.observation.only) ?? RunObservation()
        if isOver, isSameWork, let work, work.job == nil { return stillOver(input.run, work) }

        let outcome = RunProgressOutcome(
            seen, isCancelled: false, hadJob: isSameWork && before.job != nil,
            hasRun: isSameWork && before.phase == .running, lastContainer: isSameWork ? before.container : nil)
        switch outcome {
        case .hold(let requeueAfter): return RunReport(status: nil, requeueAfter: requeueAfter)
        case .reached(let progress, let requeueAfter):
            let isFresh = !isSameWork && (before.job != nil || isOver)
            var status = isFresh ? RunStatus(of: KubeObject(JSONObject())) : before
            // The Job of a run that is refused now is deleted: whoever goes back to its words is to get another one.
            if work == nil { status.job = before.job ?? input.observation.job?.reference }
            if let former = work?.former { status.job = former.reference }
            status.tell(progress.namingSecrets, seen, since: before)
            if let held = seen.held(status, since: before, requeueAfter: requeueAfter) { return held }
            var json = status.json
            if let work { tell(work, in: &json) }
            complete(&json, of: input.run, observation: seen.observation, job: status.job)
            let isFinal = progress.phase.isFinal
            return RunReport(
                status: json,
                events: status.events(since: before) + status.blockageEvents(since: before)
                    + status.holdEvents(of: work?.former, since: before)
                    + (before.phase == nil ? warnings(about: input.run) : []),
                requeueAfter: requeueAfter, isFinal: isFinal,
                ended: isFinal && !(isOver && isSameWork) ? progress.phase : nil)
        }
    }

    /// Puts on record what the Job was made from; nothing, as long as there is none that does what the run asks for.
    private func tell(_ work: EditedWork, in status: inout JSONObject) {
        let made = work.job.flatMap(RunWork.init(of:)) ?? (work.isRecorded ? work.recorded : nil)
        guard let made else { return }
        status["digest"] = .string(made.plan)
        status["wordsDigest"] = work.wanted.words.map { .string($0) }
    }

    /// The edit asked for nothing that was not done: all that is new is that it was read.
    private func stillOver(_ run: KubeObject, _ work: EditedWork) -> RunReport {
        var status = run["status"]?.object ?? [:]
        tell(work, in: &status)
        status["observedGeneration"] = .integer(run.generation)
        return RunReport(status: status, isFinal: true)
    }
}

extension RunStatus {
    /// The type of the condition that says whether the Job is there and can do its work.
    private static let ready = "Ready"

    /// Takes over what is seen, and says in the first condition whether the run has the Job that it asks for.
    fileprivate mutating func tell(_ progress: RunProgress, _ input: ReportInput, since before: RunStatus) {
        conditions.removeAll { $0["type"]?.string == Self.ready }
        mirror(input.observation)
        apply(progress, input)
        let isReady = input.observation.job != nil && !isBlocked && input.refusal == nil
        let value = isReady ? "True" : "False"
        let former = before.conditions.first { $0["type"]?.string == Self.ready }
        let since = former?["status"]?.string == value ? former?["lastTransitionTime"] : nil
        conditions.insert(
            [
                "type": .string(Self.ready), "status": .string(value),
                "reason": .string(word(of: input) ?? phase?.rawValue ?? ""),
                "message": .string(input.refusal?.message ?? message ?? sentence),
                "lastTransitionTime": since ?? .string(input.now.rfc3339),
            ], at: 0)
    }

    /// Why the run has the Job that it asks for, or not. A Job that is over may still be one that cannot be changed.
    private func word(of input: ReportInput) -> String? {
        input.observation.job.flatMap { input.refusedChange(of: $0)?.reason.rawValue } ?? reason
    }

    /// Whether the Job's pod cannot start.
    private var isBlocked: Bool { phase == .pending && reason != nil }

    private var sentence: String {
        switch phase {
        case .pending: "the Job is made and about to start"
        case .running: "the Job runs"
        case .suspended: "the Job is suspended"
        case .succeeded: "the Job is complete"
        default: ""
        }
    }

    /// A variable that cannot be taken from where it should be is told once.
    fileprivate func blockageEvents(since before: RunStatus) -> [EventNote] {
        let told: [RunReason] = [.secretNotFound, .secretKeyNotFound]
        guard let reason, reason != before.reason, told.map(\.rawValue).contains(reason) else { return [] }
        return [EventNote(.warning, reason: reason, message: message ?? reason)]
    }
}

extension RunStatus {
    /// A former Job that does not go by itself is told, once as long as the same holds it.
    fileprivate func holdEvents(of former: ObservedJob?, since before: RunStatus) -> [EventNote] {
        guard former?.holds.isEmpty == false, reason == RunReason.waitingForFormerJob.rawValue, let reason,
            let message, (reason, message) != (before.reason, before.message)
        else { return [] }
        return [EventNote(.warning, reason: reason, message: message)]
    }
}

extension RunProgress {
    /// The kubelet says of many faults only that a container cannot be created; which Secret is missing stands in its
    /// words. They are read here, so that the controller needs no right to read Secrets.
    fileprivate var namingSecrets: RunProgress {
        guard phase == .pending, reason == "CreateContainerConfigError", let message else { return self }
        var result = self
        if message.contains("couldn't find key"), message.contains(" in Secret ") {
            result.reason = RunReason.secretKeyNotFound.rawValue
        } else if message.contains("secret \""), message.contains("\" not found") {
            result.reason = RunReason.secretNotFound.rawValue
        }
        return result
    }
}
