import KubeObjects

extension CustomTaskFamily {
    /// The status in Tekton's words. A run of somebody else, and one that is over, is left as it is.
    public func report(_ input: ReportInput) -> RunReport {
        let task = CustomTask(input.run, kind: kind)
        let before = CustomTaskStatus(of: input.run)
        guard task.target != nil, !input.run.isBeingDeleted else { return RunReport(status: nil) }
        guard !before.isFinal else { return RunReport(status: nil, isFinal: true) }
        return CustomTaskReporter(task: task, before: before, input: input).report()
    }
}

/// Says what became of the current attempt of a run.
private struct CustomTaskReporter {
    let task: CustomTask
    let before: CustomTaskStatus
    /// What was done and seen, of the current attempt only.
    let input: ReportInput
    let job: ObservedJob?
    let deadline: Timestamp?

    init(task: CustomTask, before: CustomTaskStatus, input: ReportInput) {
        self.task = task
        self.before = before
        job = input.observation.jobs.last { $0.attempt == before.attempt }
        var own = input
        own.observation = job.map(input.observation.only) ?? RunObservation()
        self.input = own
        deadline = task.deadline(before, job: job, input.settings)
    }

    func report() -> RunReport {
        if job?.result == nil, job?.isBeingDeleted ?? true {
            if task.isCancelled { return cancelled() }
            if let deadline, deadline <= input.now { return timedOut() }
        }
        let outcome = RunProgressOutcome(
            input, isCancelled: false, hadJob: before.job != nil, hasRun: before.phase == .running,
            lastContainer: nil)
        switch outcome {
        case .hold(let wait) where job.map(mustBeRecorded) == true:
            return goOn(RunProgress(phase: .pending), reason: task.kind.word(.started), requeueAfter: wait)
        case .hold(let wait):
            // Behind a limit that has passed there is a Job that is over: what is held is about to say how it ended.
            let limit = timeLeft.flatMap { $0 > .zero ? $0 : nil }
            return RunReport(status: nil, requeueAfter: [wait, limit].compactMap(\.self).min())
        case .reached(let progress, let wait):
            return report(progress, requeueAfter: wait)
        }
    }

    /// Whether begin and Job go on record at once: the limit runs from now on. Of a Job that is ending they go there with
    /// its end, unless that does not come in time: it cannot be stopped before.
    private func mustBeRecorded(_ job: ObservedJob) -> Bool {
        before.job == nil && job.result == nil && (!job.isEnding || timeLeft == .zero)
    }

    private var timeLeft: Duration? { deadline.map { max($0 - input.now, .zero) } }

    private func report(_ progress: RunProgress, requeueAfter wait: Duration?) -> RunReport {
        switch progress.phase {
        case .succeeded: return succeeded(progress)
        case .failed where progress.isRefusal && progress.reason != RunReason.jobLost.rawValue:
            return end("False", reason: word(progress.reason), message: progress.message ?? "", as: .failed)
        case .timedOut where deadline.map { $0 <= input.now + input.settings.settleTime } == true:
            return timedOut()
        case .failed, .timedOut, .cancelled:
            return attemptFailed(.failed, message: failure(progress), exitCode: progress.exitCode)
        case .running:
            return goOn(progress, reason: progress.reason ?? task.kind.word(.running), requeueAfter: wait)
        case .pending:
            return goOn(progress, reason: progress.reason ?? task.kind.word(.started), requeueAfter: wait)
        case .waiting, .suspended:
            return goOn(progress, reason: progress.reason ?? progress.phase.rawValue, requeueAfter: wait)
        }
    }

    /// A refusal's reason; those that Tekton has its own words for begin with the kind.
    private func word(_ reason: String?) -> String {
        guard let reason else { return task.kind.word(.failed) }
        return CustomTaskReason(rawValue: reason).map(task.kind.word) ?? reason
    }

    private func failure(_ progress: RunProgress) -> String {
        let what = progress.message ?? progress.reason ?? "failed"
        return job.map { "Job \($0.reference.key.name): \(what)" } ?? what
    }

    // MARK: On the way

    private func goOn(_ progress: RunProgress, reason: String, requeueAfter wait: Duration?) -> RunReport {
        var status = begun
        var (reason, message) = (reason, progress.message ?? progress.standard(job))
        if case .delete = input.outcome, let refusal = input.refusal {
            (reason, message) = (RunReason.jobDeleteFailed.rawValue, "the Job cannot be deleted: \(refusal.message)")
        }
        status.setPhase(progress.phase)
        status.setSucceeded("Unknown", reason: reason, message: message, now: input.now)
        var notes: [EventNote] = []
        if before.observedGeneration != input.run.generation, let request = task.statusRequest, !task.isCancelled {
            notes.append(
                EventNote(
                    .warning, reason: RunReason.invalidSpec.rawValue,
                    message: "spec.status: \"\(request)\" is ignored; only \"\(CustomTask.cancelRequest)\" is known"))
        }
        let told = [RunReason.jobCreateFailed, .jobDeleteFailed, .podCreateFailed]
        if reason != before.reason, told.map(\.rawValue).contains(reason) {
            notes.append(EventNote(.warning, reason: reason, message: message))
        }
        let begin = task.deadline(status, job: job, input.settings).map { max($0 - input.now, .zero) }
        return RunReport(
            status: status.json, events: notes, requeueAfter: [wait, begin].compactMap(\.self).min())
    }

    /// The status with the begin of the attempt in it.
    private var begun: CustomTaskStatus {
        var status = before
        status.begin(job, generation: input.run.generation, now: input.now)
        return status
    }

    // MARK: The end

    /// When the attempt was over: the Job says so, if it was not stopped by us.
    private var finishTime: Timestamp { job?.finishTime ?? input.now }

    private func succeeded(_ progress: RunProgress) -> RunReport {
        if let limit = input.observation.decidingContainer?.cutResults {
            return end(
                "False", reason: RunReason.resultsTooLarge.rawValue,
                message:
                    "the results do not fit into the \(limit) bytes that a termination message has in this pod; the "
                    + "Job \(job?.reference.key.name ?? "") itself succeeded", as: .failed, exitCode: progress.exitCode)
        }
        return end(
            "True", reason: task.kind.word(.succeeded),
            message: progress.message ?? "Job \(job?.reference.key.name ?? "") is complete", as: .succeeded,
            exitCode: progress.exitCode, results: progress.results)
    }

    private func cancelled() -> RunReport {
        end(
            "False", reason: task.kind.word(.cancelled), message: task.statusMessage ?? "the run was cancelled",
            as: .cancelled)
    }

    private func timedOut() -> RunReport {
        let limit = task.timeout(input.settings).map(GoDuration.text) ?? ""
        let message =
            "the \(task.isTimeoutTotal(input.settings) ? "run" : "attempt") took longer than its timeout of \(limit)"
        guard !task.isTimeoutTotal(input.settings) else {
            return end("False", reason: task.kind.word(.timedOut), message: message, as: .timedOut)
        }
        return attemptFailed(.timedOut, message: message)
    }

    /// An attempt is over and did not succeed: the next one, or the end.
    private func attemptFailed(
        _ word: CustomTaskReason, message: String, exitCode: Int64? = nil
    ) -> RunReport {
        if task.isCancelled { return cancelled() }
        let number = before.attempt + 1
        guard before.attempt < task.retries else {
            return end(
                "False", reason: task.kind.word(word), message: message, as: word == .timedOut ? .timedOut : .failed,
                exitCode: exitCode)
        }
        var status = begun
        let next = "attempt \(number) of \(task.retries + 1) failed: \(message)"
        status.retry(
            word, kind: task.kind, message: message, next: next, exitCode: exitCode, end: finishTime, now: input.now)
        return RunReport(
            status: status.json,
            events: [EventNote(.warning, reason: task.kind.word(.retrying), message: next)], requeueAfter: timeLeft)
    }

    private func end(
        _ value: String, reason: String, message: String, as phase: RunPhase, exitCode: Int64? = nil,
        results: [RunResult] = []
    ) -> RunReport {
        var status = begun
        status.setPhase(phase, exitCode: exitCode)
        status.setSucceeded(value, reason: reason, message: message, now: input.now)
        status.finish(results: results, at: finishTime)
        let severity: EventNote.Severity = phase == .cancelled ? .normal : .warning
        let notes = phase == .succeeded ? [] : [EventNote(severity, reason: reason, message: message)]
        return RunReport(status: status.json, events: notes, isFinal: true, ended: phase)
    }
}

extension RunProgress {
    /// What to say of a run that goes on and about which there is nothing to say.
    fileprivate func standard(_ job: ObservedJob?) -> String {
        let name = job?.reference.key.name ?? ""
        return switch phase {
        case .running: "Job \(name) runs"
        case .suspended: "Job \(name) is suspended"
        default: "Job \(name) was made"
        }
    }
}

extension ContainerOutcome {
    /// Where the kubelet cut the message, if that was one JSON object before. Of a message that is too long for a
    /// container's file its end is left, of one that is too long for the pod its begin, and of one that is both neither.
    fileprivate var cutResults: Int? {
        guard let cutAt, (try? JSONValue(parsing: message)) == nil else { return nil }
        // Many objects in a row are a log.
        guard !message.contains("}\n{") else { return nil }
        let isMiddle = cutAt < 4096 && message.contains("\":")
        return message.hasPrefix("{") || message.hasSuffix("}") || isMiddle ? cutAt : nil
    }
}
