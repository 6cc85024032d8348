import KubeObjects

extension JobTemplateFamily {
    /// The Job's status mirrored, with phase, exit code and what pods lose. A run that is over is never touched again.
    public func report(_ input: ReportInput) -> RunReport {
        let before = RunStatus(of: input.run)
        guard before.phase?.isFinal != true else { return RunReport(status: nil, isFinal: true) }
        let outcome = RunProgressOutcome(
            input, isCancelled: JobRun(input.run).isCancelled, hadJob: before.job != nil,
            lastContainer: before.container)
        switch outcome {
        case .hold(let requeueAfter):
            return RunReport(status: nil, requeueAfter: requeueAfter)
        case .reached(let progress, let requeueAfter):
            var status = before
            status.mirror(input.observation)
            status.apply(progress, input)
            guard !status.onlyStarted(since: before) else { return RunReport(status: nil) }
            if status.onlyContainerEnded(since: before),
                let rest = input.timeToSettle(since: status.container?.finishedAt)
            {
                return RunReport(status: nil, requeueAfter: rest)
            }
            return RunReport(
                status: status.json, events: status.events(since: before), requeueAfter: requeueAfter,
                isFinal: progress.phase.isFinal, ended: progress.phase.isFinal ? progress.phase : nil)
        }
    }
}

extension RunStatus {
    /// Whether nothing is new but that the Job controller has begun to make pods. The next step, a container that
    /// starts or cannot, says that too; a run whose status is written for each of them would need one write more.
    func onlyStarted(since before: RunStatus) -> Bool {
        guard phase == .pending, before.phase == .pending else { return false }
        var begun = before
        begun.startTime = startTime
        begun.active = active
        return self == begun
    }

    /// Whether nothing is new but that a container has failed. The Job controller is about to say what that means for
    /// the Job: both go into one write.
    func onlyContainerEnded(since before: RunStatus) -> Bool {
        guard phase?.isFinal == false, container != before.container else { return false }
        var ended = before
        ended.container = container
        return self == ended
    }

    /// What to tell the user: every end that is no success and every refusal, once.
    func events(since before: RunStatus) -> [EventNote] {
        guard let phase, let reason, (phase, reason) != (before.phase, before.reason) else { return [] }
        switch phase {
        case .failed, .timedOut: return [EventNote(.warning, reason: reason, message: message ?? reason)]
        case .cancelled: return [EventNote(.normal, reason: reason, message: message ?? reason)]
        case .waiting where reason == RunReason.jobCreateFailed.rawValue:
            return [EventNote(.warning, reason: reason, message: message ?? reason)]
        case .pending, .waiting, .running, .suspended, .succeeded: return []
        }
    }
}
