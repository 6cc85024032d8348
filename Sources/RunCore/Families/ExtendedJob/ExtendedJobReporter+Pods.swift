import KubeObjects

extension ExtendedJobReporter {
    /// How long a status may be behind while pods start one Job after the other.
    private static let updateInterval = Duration.seconds(1)
    /// How many Jobs may be started before the status is written.
    private static let burst = 50

    /// Takes over what became of the Jobs that pods started. Returns false if there is nothing to say for now.
    mutating func followMany() -> Bool {
        // An errand or one-off that goes on may have become one that pods start.
        let jobs = input.observation.jobs
        let news = jobs.filter { $0.triggerEntry.map { !before.triggers.contains($0) } ?? false }
        if case .create = input.outcome, input.refusal == nil, news.count < Self.burst { return false }
        if before.watchedFrom == nil { after.watchedFrom = input.run.resourceVersion ?? "" }
        for job in news { if let entry = job.triggerEntry { after.triggers.insert(entry) } }
        after.runs += Int64(news.count)
        let active = jobs.filter { $0.result == nil }
        var isTold = true
        let isUnderWay = before.lastRun.map { $0.result == nil } ?? false
        let isLost = isUnderWay && !jobs.contains { $0.reference.uid == before.lastRun?.uid }
        if isLost { loseLast() }
        // What follows takes the place of a loss in the status, be it of now or of a while ago, when others went on.
        let isUntold = isLost || before.lastRun?.result == .cancelled && before.run.phase == .running
        if isUntold, !news.isEmpty, let name = before.lastRun?.jobName { lost = .lostJob(name) }
        // Not just the newest of those that are left: it may have been told of long ago, and a later one be gone.
        if let newest = news.last ?? jobs.last(where: { isUnderWay && $0.reference.uid == before.lastRun?.uid }) {
            if newest.reference.uid != before.lastRun?.uid {
                after.lastRun = LastRun(newest)
                after.run = RunStatus(of: KubeObject([:]))
                after.run.job = newest.reference
                after.run.phase = .pending
            }
            isTold = follow(newest)
        } else {
            if active.isEmpty {
                dealWithOldest(jobs)
                // Why nothing goes on is said by whoever plans; an effect knows of no plan.
                isTold = effect == nil && input.effect == nil ? rest() : after.output != before.output
            }
        }
        after.run.active = active.isEmpty ? nil : Int64(active.count)
        if isLost, news.isEmpty, !active.isEmpty {
            // What is told of the lost one is told when nothing goes on any more.
            after.run.phase = .running
            (after.run.reason, after.run.message) = (nil, nil)
        }
        if !active.isEmpty, after.run.phase?.isFinal == true { after.run.phase = .running }
        guard isTold || !news.isEmpty || before.watchedFrom == nil else { return false }
        return isDue()
    }

    /// The newest Job was deleted while it went on.
    private mutating func loseLast() {
        after.lastRun?.result = .cancelled
        after.lastRun?.reason = RunReason.cancelled.rawValue
        ended = .cancelled
    }

    /// Whether the status may be written by now: many Jobs at once are not worth a write each.
    private mutating func isDue() -> Bool {
        var same = after
        same.updateTime = before.updateTime
        same.run.observedGeneration = before.run.observedGeneration
        same.run.conditions = before.run.conditions
        // A moment that is still to come is one of another clock, and nobody waits for it.
        if let last = before.updateTime, same != before, after.output == before.output,
            case let elapsed = input.now - last, elapsed >= .zero, elapsed < Self.updateInterval
        {
            let rest = Self.updateInterval - elapsed
            requeueAfter = min(requeueAfter ?? rest, rest)
            return false
        }
        if same != before { after.updateTime = input.now.wholeSeconds }
        return true
    }

    /// Looks after the output of the Job that has waited longest for it.
    private mutating func dealWithOldest(_ jobs: [ObservedJob]) {
        guard let job = jobs.first(where: { ExtendedJobFamily.owesOutput($0, in: input.run) }),
            job.reference.uid != after.lastRun?.uid
        else { return }
        _ = dealWithOutput(of: job)
    }
}

extension EventNote {
    fileprivate static func lostJob(_ name: String) -> EventNote {
        EventNote(
            .normal, reason: RunReason.cancelled.rawValue,
            message: "the Job \(name) was deleted before its end was seen")
    }
}
