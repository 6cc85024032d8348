import KubeObjects

extension ExtendedJobReporter {
    /// Has the output of a Job stored whose last pod is being stopped because the Job has failed: when the Job is over, the
    /// pod is gone, and what it wrote with it. Returns whether that was to be looked at.
    mutating func saveOutput(of job: ObservedJob) -> Bool {
        let isLeaving = job.isFailing && outputPod(of: job).map { !$0.isFinished || $0.isBeingDeleted } ?? false
        // What was read may come in when the Job is over and its end is still held back.
        guard isLeaving || input.effect != nil, !ExtendedJobFamily.targets(of: job, in: input.run).isEmpty else {
            return false
        }
        _ = dealWithOutput(of: job)
        return true
    }

    /// Has the output of a Job stored that is over, or is to be. Returns whether nothing more is to be done for it.
    mutating func dealWithOutput(of job: ObservedJob) -> Bool {
        let uid = job.reference.uid
        guard ExtendedJobFamily.owesOutput(job, in: input.run) else {
            if let note = job.annotations[AnnotationKey.output], before.output?.job != uid {
                after.output = .noted(note, job: uid)
            }
            return true
        }
        // One Job's output is looked after until it is noted on the Job.
        if let other = before.output, other.job != uid, !other.isSettled || isUnmarked(other.job) { return false }
        var record = before.output.flatMap { $0.job == uid ? $0 : nil } ?? OutputRecord(job: uid)
        defer { if record.isSettled || record.reason != nil { after.output = record } }
        if record.isSettled { return true }
        let targets = ExtendedJobFamily.targets(of: job, in: input.run)
        guard !targets.isEmpty else {
            record = .skipped(job: uid, now: input.now)
            return true
        }
        if let result = input.effect, case .output(let tried) = result.effect, tried.job.uid == uid {
            record.record(result, now: input.now)
            if record.isSettled { return true }
        }
        guard let pod = outputPod(of: job) else {
            // Whoever reads what a pod wrote to its end has it in hand when the pod is gone.
            if let rest = input.timeToSettle(since: job.finishTime) {
                requeueAfter = min(requeueAfter ?? rest, rest)
                return false
            }
            record = .lost(job: uid, now: input.now)
            return true
        }
        let request = OutputRequest(
            run: input.run.key, job: job.reference, pod: pod.name, targets: targets, isJSON: self.job.outputIsJSON,
            isGoingOn: !pod.isFinished)
        let wait = record.effect.wait(now: input.now) ?? .zero
        if wait > .zero {
            requeueAfter = min(requeueAfter ?? wait, wait)
        } else {
            effect = .output(request)
        }
        return false
    }

    private func isUnmarked(_ uid: String) -> Bool {
        input.observation.jobs.contains {
            $0.reference.uid == uid && $0.annotations[AnnotationKey.output] == nil && !$0.isBeingDeleted
        }
    }

    /// The last pod of a Job; if the Job succeeded, the last that did.
    private func outputPod(of job: ObservedJob) -> ObservedPod? {
        let pods = input.observation.only(job).pods
        let succeeded = job.result == .complete ? pods.last { $0.phase == "Succeeded" } : nil
        return succeeded ?? pods.last
    }

    /// What to tell the user: refusals, ends that are no success, and output that is not where it belongs.
    var events: [EventNote] {
        var events: [EventNote] = []
        let run = after.run
        if (run.phase, run.reason) != (before.run.phase, before.run.reason), let phase = run.phase,
            let reason = run.reason
        {
            switch phase {
            case .failed, .timedOut: events.append(EventNote(.warning, reason: reason, message: run.message ?? reason))
            case .cancelled: events.append(EventNote(.normal, reason: reason, message: run.message ?? reason))
            case .waiting where reason != RunReason.idle.rawValue && reason != RunReason.waitingForPods.rawValue,
                .pending where reason == RunReason.podCreateFailed.rawValue:
                events.append(EventNote(.warning, reason: reason, message: run.message ?? reason))
            case .pending, .waiting, .running, .suspended, .succeeded: break
            }
        }
        if let output = after.output, output.reason != before.output?.reason || output.job != before.output?.job {
            let quiet: [RunReason] = [.outputStored, .outputSkipped]
            if let reason = output.reason, !quiet.map(\.rawValue).contains(reason) {
                events.append(EventNote(.warning, reason: reason, message: output.message ?? reason))
            }
        }
        if case .output = input.effect?.effect, input.effect?.output?.isMerged == true {
            events.append(
                EventNote(
                    .normal, reason: RunReason.streamsMerged.rawValue,
                    message: "this API server cannot tell standard output from standard error; both are stored as one"))
        }
        return [lost].compactMap(\.self) + events + ignored
    }

    /// Fields of the template that mean nothing, told when the ExtendedJob is looked at for the first time.
    private var ignored: [EventNote] {
        guard before.run.observedGeneration != input.run.generation,
            let template = try? ExtendedJobTemplate(input.run["spec"]?["template"]), !template.ignored.isEmpty
        else { return [] }
        return [
            EventNote(
                .warning, reason: RunReason.fieldIgnored.rawValue,
                message: template.ignored.joined(separator: ", ") + " is not a field of a template and is ignored")
        ]
    }
}
