import KubeObjects

extension ExtendedJobFamily {
    /// The last run in the words of all families, and the conditions that are ExtendedJob's own.
    public func report(_ input: ReportInput) -> RunReport {
        guard !input.run.isBeingDeleted else { return RunReport(status: nil) }
        var reporter = ExtendedJobReporter(input)
        return reporter.report()
    }
}

/// Makes one report of an ExtendedJob.
struct ExtendedJobReporter {
    let input: ReportInput
    let before: ExtendedJobStatus
    var after: ExtendedJobStatus
    var requeueAfter: Duration?
    var effect: RunEffect?
    var rejection: RunRejection?
    /// The run that ended and is reported for the first time.
    var ended: RunPhase?
    /// What to tell of a Job that is gone, and of which the status says nothing any more.
    var lost: EventNote?

    init(_ input: ReportInput) {
        self.input = input
        before = ExtendedJobStatus(of: input.run)
        after = before
    }

    var job: ExtendedJob { ExtendedJob(input.run) }

    mutating func report() -> RunReport {
        if case .reject(let rejection) = input.outcome { self.rejection = rejection }
        let isHeld = job.triggerRule == nil ? !followSingle() : !followMany()
        if isHeld { return RunReport(status: nil, effect: effect, requeueAfter: requeueAfter) }
        conclude()
        var report = RunReport(
            status: after.json, events: events, effect: effect, requeueAfter: requeueAfter, ended: ended)
        report.settledJobs = Set(
            input.observation.jobs.filter { ExtendedJobFamily.isRecorded($0, in: after, of: input.run) }
                .map(\.reference.uid))
        return report
    }

    /// Adds what follows from all the rest.
    private mutating func conclude() {
        after.run.observedGeneration = input.run.generation
        after.setConditions(rejection: rejection, before: before, now: input.now)
    }

    // MARK: One Job after the other

    /// Takes over what became of a one-off or an errand. Returns false if there is nothing to say for now.
    private mutating func followSingle() -> Bool {
        if let job = ExtendedJobFamily.unrecordedJob(input.observation, before) {
            begin(job)
            return follow(job)
        }
        if let last = before.lastRun, last.result == nil {
            guard let job = input.observation.jobs.first(where: { $0.reference.uid == last.uid }) else {
                end(.cancelled, reason: .cancelled, Self.lostMessage)
                return true
            }
            return follow(job)
        }
        return rest()
    }

    private mutating func begin(_ job: ObservedJob) {
        after.runs = Int64(job.attempt) + 1
        after.lastRun = LastRun(job)
        after.run = RunStatus(of: KubeObject([:]))
        after.run.job = job.reference
        after.output = nil
        after.configChange = nil
        after.configHash = job.annotations[AnnotationKey.configHash] ?? after.configHash
        after.errand = self.job.isErrand ? Errand(requested: input.run.generation) : nil
    }

    /// Takes over how far a Job is.
    mutating func follow(_ job: ObservedJob) -> Bool {
        var narrowed = input
        narrowed.observation = input.observation.only(job)
        let isKnown = before.lastRun?.uid == job.reference.uid
        let progress = RunProgressOutcome(
            narrowed, isCancelled: false, hadJob: true, hasRun: isKnown && before.run.phase == .running,
            lastContainer: isKnown ? before.run.container : nil)
        switch progress {
        case .hold(let delay):
            requeueAfter = delay
            guard saveOutput(of: job) else { return false }
            return goOn(isKnown: isKnown)
        case .reached(let progress, let delay):
            requeueAfter = delay
            after.run.mirror(narrowed.observation)
            after.lastRun?.startTime = job.startTime
            guard progress.phase.isFinal else {
                after.take(progress)
                // The Job's own conditions, which stand there now, would be news each time.
                conclude()
                guard let held = narrowed.held(after.run, since: before.run, requeueAfter: delay) else { return true }
                requeueAfter = held.requeueAfter
                return false
            }
            if dealWithOutput(of: job) {
                after.take(progress)
                end(progress.phase, reason: nil, nil)
                after.lastRun?.completionTime = job.finishTime?.rfc3339
                after.run.duration = narrowed.elapsed
                return true
            }
            // What is over is not reported before its output is safe.
            return goOn(isKnown: isKnown)
        }
    }

    /// Leaves the run where it was, but for what became of its output. Returns whether there is anything to say of that.
    private mutating func goOn(isKnown: Bool) -> Bool {
        after.run = isKnown ? before.run : after.run
        after.run.phase = .running
        return after.output != before.output && after.output?.reason != nil
    }

    private mutating func end(_ phase: RunPhase, reason: RunReason?, _ message: String?) {
        if let reason {
            after.run.phase = phase
            after.run.reason = reason.rawValue
            after.run.message = message
            after.run.active = nil
        }
        after.lastRun?.result = phase
        after.lastRun?.reason = after.run.reason
        // Set back already by the user: the next `now` is a new request, whatever its generation.
        if job.isManual { after.errand = nil } else { after.errand?.ended = input.run.generation }
        if before.lastRun?.uid != after.lastRun?.uid || before.lastRun?.result == nil { ended = phase }
    }

    // MARK: Nothing goes on

    /// Says why nothing goes on. Returns false if there is nothing to say for now.
    mutating func rest() -> Bool {
        if after.errand?.isToBeReset(in: input.run.generation) == true, job.isManual { after.errand = nil }
        switch input.outcome {
        case .reject(let rejection):
            rest(.failed, rejection.reason, rejection.message)
        case .wait(let wait):
            requeueAfter = wait.until.map { max($0 - input.now, .zero) }
            switch wait.reason {
            case .configChanged:
                after.configChange =
                    after.configChange?.hash == wait.message
                    ? after.configChange : ConfigChange(hash: wait.message, since: input.now)
            case .waitingForPods where before.watchedFrom != nil: return false
            default: rest(.waiting, wait.reason, wait.message)
            }
        case .create:
            guard let refusal = input.refusal else { return false }
            if refusal.isFinal {
                let reason: RunReason = refusal.isNameConflict ? .nameConflict : .invalidTemplate
                rejection = RunRejection(reason: reason, message: refusal.message)
                rest(.failed, reason, refusal.message)
            } else {
                rest(.waiting, .jobCreateFailed, refusal.message)
            }
        case .patch, .delete: return after != before
        case .none, .patchRun:
            guard input.refusal == nil else { return false }
            // What changed has changed back: the next change has a quiet time of its own.
            after.configChange = nil
            if case .none = input.outcome, (try? job.start()) == .once, before.configHash == nil { return false }
            settle()
        }
        return true
    }

    private mutating func rest(_ phase: RunPhase, _ reason: RunReason, _ message: String) {
        after.run.phase = phase
        after.run.reason = reason.rawValue
        after.run.message = message
    }

    /// The outcome of the last run, or that there was none.
    private mutating func settle() {
        guard let last = after.lastRun, let result = last.result else {
            return rest(.waiting, .idle, job.idleness)
        }
        guard after.run.phase != result || after.run.reason != last.reason else { return }
        after.run.phase = result
        after.run.reason = last.reason
        after.run.message = result == .cancelled ? Self.lostMessage : nil
    }

    private static let lostMessage = "the Job was deleted before its end was seen"
}

extension ExtendedJob {
    /// Whether the user starts it.
    fileprivate var isErrand: Bool { (try? start())?.isErrand ?? false }
    /// Whether it waits for the user.
    fileprivate var isManual: Bool { (try? start()) == .manually }
    /// Why it has not started anything.
    fileprivate var idleness: String {
        switch try? start() {
        case .trigger: "no pod has started it yet"
        case .done: "spec.trigger.strategy says that it had its run"
        case .once, .manually, .now, nil:
            "set \(spec?["trigger"] == nil ? "spec.run" : "spec.trigger.strategy") to \"now\" to start it"
        }
    }
}

extension ExtendedJobStatus {
    /// Takes over how far the last run is.
    mutating func take(_ progress: RunProgress) {
        run.phase = progress.phase
        run.reason = progress.reason
        run.message = progress.message
        run.exitCode = progress.exitCode
        run.results = progress.results
    }
}

extension ReportInput {
    /// How long the Job took.
    fileprivate var elapsed: String? {
        guard let job = observation.job, let start = job.startTime.flatMap(Timestamp.init) else { return nil }
        return HumanDuration.text((job.finishTime ?? now) - start)
    }
}
