import KubeObjects

extension ReportInput {
    /// What to do instead if what a status says anew is not worth a write of its own; nil if it is.
    func held(_ status: RunStatus, since before: RunStatus, requeueAfter: Duration?) -> RunReport? {
        if status.onlyStarted(since: before) { return RunReport(status: nil, requeueAfter: requeueAfter) }
        let waits = [
            status.onlyContainerEnded(since: before) ? timeToSettle(since: status.container?.finishedAt) : nil,
            status.onlyCounted(since: before) ? timeToCount : nil,
        ]
        guard let rest = waits.compactMap(\.self).max() else { return nil }
        return RunReport(status: nil, requeueAfter: requeueAfter.map { min($0, rest) } ?? rest)
    }

    /// How long the counts of a run's pods may still be behind; nil if no longer.
    private var timeToCount: Duration? {
        guard let statusTime, case let elapsed = now - statusTime, elapsed >= .zero, elapsed < Self.countInterval
        else { return nil }
        return Self.countInterval - elapsed
    }

    /// How often the counts of a run's pods are written while nothing else is new: a Job of a hundred pods changes them
    /// some two hundred times.
    private static let countInterval = Duration.seconds(5)
}

extension RunStatus {
    /// Whether nothing is new but that the Job controller has begun to make pods. The next step, a container that
    /// starts or cannot, says that too; a run whose status is written for each of them would need one write more.
    fileprivate func onlyStarted(since before: RunStatus) -> Bool {
        guard phase == .pending, before.phase == .pending else { return false }
        var begun = before
        begun.startTime = startTime
        begun.active = active
        return self == begun
    }

    /// Whether nothing is new of a run that goes on but how many of its pods there are, and how one of them ended.
    fileprivate func onlyCounted(since before: RunStatus) -> Bool {
        guard phase == .running, before.phase == .running else { return false }
        var counted = before
        (counted.active, counted.succeeded, counted.failed) = (active, succeeded, failed)
        counted.container = container
        return self != before && self == counted
    }

    /// Whether nothing is new but that a container has ended, and its pod is active no more. The Job controller is about to
    /// say what that means for the Job: all goes into one write.
    fileprivate func onlyContainerEnded(since before: RunStatus) -> Bool {
        guard phase?.isFinal == false, container != before.container else { return false }
        var ended = before
        ended.container = container
        ended.active = active
        return self == ended
    }
}
