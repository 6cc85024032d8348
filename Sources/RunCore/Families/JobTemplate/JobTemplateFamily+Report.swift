import KubeObjects

extension JobTemplateFamily {
    /// The Job's status mirrored, with phase, exit code and what pods lose. A run that is over is never touched again.
    public func report(_ input: ReportInput) -> RunReport {
        let before = RunStatus(of: input.run)
        guard before.phase?.isFinal != true else { return announce(input, before) }
        let outcome = RunProgressOutcome(
            input, isCancelled: JobRun(input.run).isCancelled, hadJob: before.job != nil,
            hasRun: before.phase == .running, lastContainer: before.container)
        switch outcome {
        case .hold(let requeueAfter):
            return RunReport(status: nil, requeueAfter: requeueAfter)
        case .reached(let progress, let requeueAfter):
            var status = before
            status.mirror(input.observation)
            status.apply(progress, input)
            let run = JobRun(input.run)
            if run.announces(progress.phase) { status.callback = EffectRecord() }
            if let held = input.held(status, since: before, requeueAfter: requeueAfter) { return held }
            return RunReport(
                status: status.json, events: status.events(since: before) + run.warnings(since: before),
                effect: status.callback == nil ? nil : run.announcement(of: status), requeueAfter: requeueAfter,
                isFinal: progress.phase.isFinal, ended: progress.phase.isFinal ? progress.phase : nil)
        }
    }
}

extension JobTemplateFamily {
    /// The run is over: all that can still change is how the announcement of that goes.
    private func announce(_ input: ReportInput, _ before: RunStatus) -> RunReport {
        guard var callback = before.callback, let wait = callback.wait(now: input.now) else {
            return RunReport(status: nil, isFinal: true)
        }
        guard let result = input.effect else {
            guard wait > .zero else {
                return RunReport(
                    status: nil, effect: JobRun(input.run).announcement(of: before), isFinal: true)
            }
            return RunReport(status: nil, requeueAfter: wait, isFinal: true)
        }
        callback.record(result.outcome, now: input.now)
        var status = before
        status.callback = callback
        var events: [EventNote] = []
        if callback.state == .failed {
            let reason = RunReason.callbackFailed.rawValue
            events.append(EventNote(.warning, reason: reason, message: callback.lastError ?? reason))
        }
        return RunReport(
            status: status.json, events: events, requeueAfter: callback.wait(now: input.now), isFinal: true)
    }
}

extension JobRun {
    /// The announcement that the run is over, as the original controller words it; nil if nobody wants it.
    func announcement(of status: RunStatus) -> RunEffect? {
        guard let url = callbackURL else { return nil }
        return .callback(
            CallbackRequest(
                url: url,
                body: [
                    "name": .string(object.name ?? ""),
                    "status": status.phase == .succeeded ? "Complete" : "Failed",
                ], deliveryID: object.uid ?? "", token: callbackToken))
    }

    /// What to tell whoever made the run, once.
    func warnings(since before: RunStatus) -> [EventNote] {
        guard before.phase == nil, case .text = callbackToken else { return [] }
        return [
            EventNote(
                .warning, reason: RunReason.clearTextToken.rawValue,
                message: "spec.callbackToken can be read by all who can read the run; callbackTokenSecretRef names a "
                    + "Secret that holds it")
        ]
    }
}

extension RunStatus {
    /// What to tell the user: every end that is no success and every refusal, once.
    func events(since before: RunStatus) -> [EventNote] {
        guard let phase, let reason, (phase, reason) != (before.phase, before.reason) else { return [] }
        if [RunReason.jobChangeFailed, .jobDeleteFailed].contains(where: { $0.rawValue == reason }) {
            return [EventNote(.warning, reason: reason, message: message ?? reason)]
        }
        switch phase {
        case .failed, .timedOut: return [EventNote(.warning, reason: reason, message: message ?? reason)]
        case .cancelled: return [EventNote(.normal, reason: reason, message: message ?? reason)]
        case .waiting where reason == RunReason.jobCreateFailed.rawValue,
            .pending where reason == RunReason.podCreateFailed.rawValue:
            return [EventNote(.warning, reason: reason, message: message ?? reason)]
        case .pending, .waiting, .running, .suspended, .succeeded: return []
        }
    }
}
