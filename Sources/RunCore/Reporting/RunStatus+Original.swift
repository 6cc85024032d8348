import KubeObjects

/// Statuses that the original controller of JobRuns left behind: a Job's status, copied, without a phase and without the
/// Job's name. Its runs stay what they are under this controller, and none is run a second time.
extension RunStatus {
    /// The phase that such a status stands for; nil for a run that was not over.
    static func originalPhase(_ status: JSONValue) -> RunPhase? {
        guard status["jobRef"] == nil, status["observedGeneration"] == nil else { return nil }
        let ended = status["conditions"]?.array?.first { condition in
            condition["status"]?.string == "True" && ["Complete", "Failed"].contains(condition["type"]?.string)
        }
        switch ended?["type"]?.string {
        case "Complete": return .succeeded
        case "Failed": return ended?["reason"]?.string == ObservedJob.deadlineExceeded ? .timedOut : .failed
        default: return status["error"]?.string != nil && (status["failed"]?.integer ?? 0) > 0 ? .failed : nil
        }
    }

    /// Whether somebody else has made the run's Job, which this controller does not know to be its own.
    var isBegunElsewhere: Bool {
        guard job == nil, phase?.isFinal != true else { return false }
        return startTime != nil || conditions.contains { $0["type"]?.string == "Suspended" }
    }
}
