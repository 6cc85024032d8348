import KubeObjects

/// The conditions of an ExtendedJob.
enum ExtendedJobCondition: String, CaseIterable {
    /// The ExtendedJob does what its spec says: it can start Jobs.
    case ready = "Ready"
    /// A Job of it goes on.
    case running = "Running"
    /// The last Job succeeded.
    case succeeded = "Succeeded"
    /// The last Job failed, was ended by its time limit, or was deleted.
    case failed = "Failed"
    /// The output of the last Job is where it belongs.
    case outputPersisted = "OutputPersisted"
    /// The spec cannot be carried out.
    case invalid = "Invalid"

    static func json(
        _ type: Self, _ isTrue: Bool, reason: String, message: String = "", since: Timestamp
    ) -> JSONValue {
        [
            "type": .string(type.rawValue), "status": isTrue ? "True" : "False", "reason": .string(reason),
            "message": .string(message), "lastTransitionTime": .string(since.rfc3339),
        ]
    }
}

extension ExtendedJobStatus {
    /// Derives the conditions from everything else.
    /// - Parameters:
    ///   - rejection: why the spec cannot be carried out; nil if it can.
    ///   - before: what the conditions were: one that stays `True` or `False` keeps its time.
    mutating func setConditions(rejection: RunRejection?, before: ExtendedJobStatus, now: Timestamp) {
        let reason = run.reason ?? ""
        let isOver = lastRun?.result != nil
        var conditions = [
            rejection.map {
                ExtendedJobCondition.json(.ready, false, reason: $0.reason.rawValue, message: $0.message, since: now)
            } ?? ready(now)
        ]
        if let lastRun {
            let result = lastRun.reason ?? lastRun.result?.rawValue ?? RunReason.jobStarted.rawValue
            conditions.append(ExtendedJobCondition.json(.running, !isOver || isActive, reason: result, since: now))
            if isOver {
                conditions.append(
                    ExtendedJobCondition.json(.succeeded, lastRun.result == .succeeded, reason: result, since: now))
                conditions.append(
                    ExtendedJobCondition.json(
                        .failed, lastRun.result != .succeeded, reason: result,
                        message: lastRun.result == .succeeded || rejection != nil ? "" : run.message ?? "", since: now))
            }
        }
        if let output, output.reason != nil { conditions.append(output.condition(since: now)) }
        if let rejection {
            conditions.append(
                ExtendedJobCondition.json(.invalid, true, reason: reason, message: rejection.message, since: now))
        }
        run.conditions = conditions.map { $0.keepingTime(of: before.run.conditions) }
    }

    /// Whether a Job goes on.
    private var isActive: Bool { (run.active ?? 0) > 0 }

    private func ready(_ now: Timestamp) -> JSONValue {
        let obstacles: [RunReason] = [.waitingForReferences, .waitingForPods, .jobCreateFailed, .nameConflict]
        let obstacle = obstacles.first { $0.rawValue == run.reason }
        let reason = obstacle ?? (watchedFrom == nil ? .accepted : .watchingPods)
        return ExtendedJobCondition.json(
            .ready, obstacle == nil, reason: reason.rawValue, message: obstacle == nil ? "" : run.message ?? "",
            since: now)
    }
}

extension JSONValue {
    /// A condition with the time of the one of its type and status among others.
    fileprivate func keepingTime(of others: [JSONValue]) -> JSONValue {
        guard
            let old = others.first(where: { $0["type"] == self["type"] && $0["status"] == self["status"] }),
            let time = old["lastTransitionTime"]
        else { return self }
        var result = self
        result["lastTransitionTime"] = time
        return result
    }
}
