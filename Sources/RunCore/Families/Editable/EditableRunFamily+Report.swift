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
        let digest = (try? desiredPlan(of: input.run, settings: input.settings)).map { workDigest(of: input.run, $0) }
        let isSameWork = digest != nil && recordedDigest(of: input.run) == digest
        var seen = input
        seen.observation =
            input.observation.jobs.last { $0.digest == digest }.map(input.observation.only) ?? RunObservation()
        if isOver, isSameWork, seen.observation.job == nil { return stillOver(input.run) }

        let outcome = RunProgressOutcome(
            seen, isCancelled: false, hadJob: isSameWork && before.job != nil,
            hasRun: isSameWork && before.phase == .running, lastContainer: isSameWork ? before.container : nil)
        switch outcome {
        case .hold(let requeueAfter): return RunReport(status: nil, requeueAfter: requeueAfter)
        case .reached(let progress, let requeueAfter):
            let isFresh = !isSameWork && (before.job != nil || isOver)
            var status = isFresh ? RunStatus(of: KubeObject(JSONObject())) : before
            if digest == nil { status.job = before.job }
            status.tell(progress.namingSecrets, seen, since: before)
            if let held = seen.held(status, since: before, requeueAfter: requeueAfter) { return held }
            var json = status.json
            json["digest"] = (seen.observation.job == nil && !isSameWork ? nil : digest).map { .string($0) }
            complete(&json, of: input.run, observation: seen.observation)
            let isFinal = progress.phase.isFinal
            return RunReport(
                status: json,
                events: status.events(since: before) + status.blockageEvents(since: before)
                    + (before.phase == nil ? warnings(about: input.run) : []),
                requeueAfter: requeueAfter, isFinal: isFinal,
                ended: isFinal && !(isOver && isSameWork) ? progress.phase : nil)
        }
    }

    /// The edit asked for nothing that was not done: all that is new is that it was read.
    private func stillOver(_ run: KubeObject) -> RunReport {
        var status = run["status"]?.object ?? [:]
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
        input.refusal != nil && input.observation.job != nil ? RunReason.jobChangeFailed.rawValue : reason
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
