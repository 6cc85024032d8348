import KubeObjects

extension ReportInput {
    /// What to do instead if what a status says anew is not worth a write of its own; nil if it is.
    func held(_ status: RunStatus, since before: RunStatus, requeueAfter: Duration?) -> RunReport? {
        if status.onlyStarted(since: before) { return RunReport(status: nil, requeueAfter: requeueAfter) }
        guard status.onlyContainerEnded(since: before), let rest = timeToSettle(since: status.container?.finishedAt)
        else { return nil }
        return RunReport(status: nil, requeueAfter: requeueAfter.map { min($0, rest) } ?? rest)
    }
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
