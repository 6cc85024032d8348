import KubeObjects

/// How far a run is, in the words that all families share. A family puts it into its own status.
struct RunProgress: Hashable {
    /// Where the run is in its life.
    var phase: RunPhase
    /// Why, if there is anything to say.
    var reason: String?
    /// Why, in words.
    var message: String?
    /// The exit code of the run; only of a run that is over.
    var exitCode: Int64?
    /// What the run leaves behind; only of a run that succeeded.
    var results: [RunResult] = []
    /// Whether no Job can be or could be made.
    var isRefusal = false
}

/// How far a run is, or that this cannot be said for a moment.
enum RunProgressOutcome: Hashable {
    /// What is seen is about to change: the status stays, and is looked at again after this time or the next change.
    case hold(Duration?)
    /// The run is here.
    case reached(RunProgress, requeueAfter: Duration?)
}

extension RunProgressOutcome {
    /// Derives the progress from what was done and seen.
    /// - Parameters:
    ///   - input: What was done and seen.
    ///   - isCancelled: Whether the run was asked to end.
    ///   - hadJob: Whether the run's status knows of a Job.
    ///   - hasRun: Whether the status says that the Job's containers run.
    ///   - lastContainer: The deciding container as the status remembers it, in case its pod is gone.
    init(
        _ input: ReportInput, isCancelled: Bool, hadJob: Bool, hasRun: Bool, lastContainer: ContainerOutcome?
    ) {
        if input.run.isBeingDeleted {
            self = .hold(nil)
        } else if let job = input.observation.job, !(isCancelled && job.isBeingDeleted && job.result == nil) {
            self.init(job, input, hasRun: hasRun, lastContainer: lastContainer)
            if let refusal = input.refusedChange(of: job) { tell(refusal) }
        } else {
            self.init(withoutJob: input, isCancelled: isCancelled, hadJob: hadJob)
        }
    }

    private init(_ job: ObservedJob, _ input: ReportInput, hasRun: Bool, lastContainer: ContainerOutcome?) {
        if let result = job.result {
            if input.observation.awaitsPods, let rest = input.timeToSettle(since: job.finishTime) {
                self = .hold(rest)
            } else {
                let seen = input.observation.decidingContainer
                let container = seen ?? (result == .complete ? nil : lastContainer)
                self = .reached(RunProgress(result, container: container), requeueAfter: nil)
            }
        } else if job.isEnding {
            self = .hold(nil)
        } else if job.isUntouched, let rest = input.timeToSettle(since: job.creationTimestamp) {
            // The Job controller needs milliseconds; waiting for it saves a write of the status.
            self = .hold(rest)
        } else if job.isUntouched, !input.observation.pods.isEmpty {
            // It has made pods already: what it did to the Job is on its way to us.
            self = .hold(nil)
        } else if job.isSuspended {
            self = .reached(RunProgress(phase: .suspended), requeueAfter: nil)
        } else {
            let blockage = input.observation.blockage
            // Pods that vanish are replaced: a Job that has run is under way, unless something keeps its next pod.
            let isRunning = input.observation.hasStarted || (hasRun && blockage == nil)
            self = .reached(
                RunProgress(
                    phase: isRunning ? .running : .pending, reason: blockage?.reason, message: blockage?.message),
                requeueAfter: input.timeToAskForPods)
        }
    }

    /// The Job is not what the run wants it to be: that matters more than why its pods wait.
    private mutating func tell(_ refusal: (reason: RunReason, message: String)) {
        guard case .reached(var progress, let requeueAfter) = self, !progress.phase.isFinal else { return }
        progress.reason = refusal.reason.rawValue
        progress.message = refusal.message
        self = .reached(progress, requeueAfter: requeueAfter)
    }

    private init(withoutJob input: ReportInput, isCancelled: Bool, hadJob: Bool) {
        switch input.outcome {
        case .reject(let rejection):
            self = .refused(rejection.reason, rejection.message)
        case .wait(let wait):
            self = .reached(
                RunProgress(phase: .waiting, reason: wait.reason.rawValue, message: wait.message),
                requeueAfter: wait.until.map { max($0 - input.now, .zero) })
        case .create:
            self = input.refusal.map(Self.init(refusal:)) ?? .hold(nil)
        case .none, .patch, .delete, .patchRun:
            if case .delete = input.outcome, let refusal = input.refusal {
                // The Job of the run's former words stands in the way of the next one.
                self = .reached(
                    RunProgress(
                        phase: .waiting, reason: RunReason.jobChangeFailed.rawValue,
                        message: "the API server refuses to delete the run's former Job: \(refusal.message)"),
                    requeueAfter: nil)
            } else if isCancelled {
                var hadJob = hadJob
                // Cancelled so soon that its Job was never on record.
                if case .delete = input.outcome { hadJob = true }
                let message = hadJob ? "the run was cancelled" : "the run was cancelled before it started"
                self = .reached(
                    RunProgress(phase: .cancelled, reason: RunReason.cancelled.rawValue, message: message),
                    requeueAfter: nil)
            } else if hadJob {
                self = .refused(
                    .jobLost, "the Job was deleted before its end was seen; the run is not started a second time")
            } else {
                self = .hold(nil)
            }
        }
    }

    private init(refusal: APIRefusal) {
        if refusal.isNameConflict {
            self = .refused(.nameConflict, refusal.message)
        } else if refusal.isFinal {
            self = .refused(.invalidTemplate, "the API server refuses the Job: \(refusal.message)")
        } else {
            self = .reached(
                RunProgress(phase: .waiting, reason: RunReason.jobCreateFailed.rawValue, message: refusal.message),
                requeueAfter: nil)
        }
    }

    private static func refused(_ reason: RunReason, _ message: String) -> RunProgressOutcome {
        .reached(
            RunProgress(phase: .failed, reason: reason.rawValue, message: message, isRefusal: true),
            requeueAfter: nil)
    }
}

extension RunProgress {
    /// The progress of a run whose Job is over.
    fileprivate init(_ result: ObservedJob.Result, container: ContainerOutcome?) {
        switch result {
        case .complete:
            // Every container of a pod that counts as succeeded ended with 0.
            self.init(phase: .succeeded, reason: RunReason.completed.rawValue, exitCode: 0)
            guard let text = container?.message, !text.isEmpty else { return }
            if let results = RunResult.results(in: text) { self.results = results } else { message = text }
        case .failed(ObservedJob.deadlineExceeded, let message):
            self.init(phase: .timedOut, reason: ObservedJob.deadlineExceeded, message: message)
        case .failed(let reason, let message):
            self.init(
                phase: .failed, reason: container?.reason ?? reason, message: container?.sentence ?? message,
                exitCode: container?.exitCode)
        }
    }
}

extension ContainerOutcome {
    /// `container main of pod x ended with exit code 7 (Error): what it said`.
    fileprivate var sentence: String {
        let subject = container.map { "container \($0) of pod \(pod)" } ?? "pod \(pod)"
        let end = exitCode.map { "ended with exit code \($0) (\(reason))" } ?? "failed (\(reason))"
        return "\(subject) \(end)" + (message.isEmpty ? "" : ": \(message)")
    }
}

extension ReportInput {
    /// When to ask (again) why the Job has no pods; nil if it has some, or needs none.
    fileprivate var timeToAskForPods: Duration? {
        observation.timeToAskForPods(now: now, settings: settings).map { $0 > .zero ? $0 : RunSettings.podRecheck }
    }

    /// What was refused of a change, if one was: of the run's Job itself, or to delete another one beside it.
    func refusedChange(of job: ObservedJob) -> (reason: RunReason, message: String)? {
        guard let refusal else { return nil }
        if case .delete(let other) = outcome, other.uid != job.reference.uid {
            return (
                .jobDeleteFailed,
                "the API server refuses to delete the Job \(other.key), which is one too many: \(refusal.message)"
            )
        }
        return (.jobChangeFailed, "the API server refuses to change the Job: \(refusal.message)")
    }

    /// How long to wait for facts under way since a moment; nil if no longer, or if the clocks disagree about it.
    func timeToSettle(since moment: Timestamp?) -> Duration? {
        moment.flatMap { settings.timeToSettle(since: $0, now: now) }
    }
}
