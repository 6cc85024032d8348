import KubeObjects

extension RunStatus {
    /// Takes over what the Job's own status says.
    mutating func mirror(_ observation: RunObservation) {
        guard let seen = observation.job else { return }
        job = seen.reference
        startTime = seen.startTime
        completionTime = seen.completionTime
        active = seen.active
        succeeded = seen.succeeded
        failed = seen.failed
        conditions = seen.conditions
        // What failed on the way to success decided nothing.
        container = observation.decidingContainer ?? (seen.result == .complete ? nil : container)
        template = seen.annotations[AnnotationKey.template].flatMap { try? JSONValue(parsing: $0) } ?? template
    }

    /// Takes over how far the run is.
    mutating func apply(_ progress: RunProgress, _ input: ReportInput) {
        phase = progress.phase
        reason = progress.reason
        message = progress.message
        exitCode = progress.exitCode
        results = progress.results
        observedGeneration = input.run.generation
        if case .delete(let deleted) = input.outcome, job == nil { job = deleted }
        let refusedBefore = removeCondition(ConditionType.jobCreated)
        if progress.isRefusal {
            error = progress.message
            failed = max(failed ?? 0, 1)
        }
        if progress.isRefusal || progress.phase == .cancelled {
            active = nil
            removeCondition(ConditionType.failed)
            conditions.append(condition(ConditionType.failed, "True", since: .string(input.now.rfc3339)))
        } else if reason == RunReason.jobCreateFailed.rawValue {
            let since = refusedBefore?["lastTransitionTime"] ?? .string(input.now.rfc3339)
            conditions.append(condition(ConditionType.jobCreated, "False", since: since))
        }
        if progress.phase.isFinal { duration = elapsed(input) }
    }

    /// From the Job's start to its end.
    private func elapsed(_ input: ReportInput) -> String? {
        guard let start = startTime.flatMap(Timestamp.init) else { return nil }
        return HumanDuration.text((input.observation.job?.finishTime ?? input.now) - start)
    }

    @discardableResult
    private mutating func removeCondition(_ type: String) -> JSONValue? {
        guard let position = conditions.firstIndex(where: { $0["type"]?.string == type }) else { return nil }
        return conditions.remove(at: position)
    }

    private func condition(_ type: String, _ status: String, since: JSONValue) -> JSONValue {
        [
            "type": .string(type), "status": .string(status), "reason": .string(reason ?? ""),
            "message": .string(message ?? ""), "lastTransitionTime": since,
        ]
    }
}

/// The types of the conditions that are ours; all others are mirrored from the Job.
enum ConditionType {
    /// The run is over and succeeded; the Job's own.
    static let complete = "Complete"
    /// The run is over and did not succeed. The Job has one of the same name, so that one `kubectl wait` sees both.
    static let failed = "Failed"
    /// `False` while the API server refuses the Job for now.
    static let jobCreated = "JobCreated"

    /// Whether a condition says that the run is over.
    static func isEnd(_ condition: JSONValue) -> Bool {
        [complete, failed].contains(condition["type"]?.string) && condition["status"] == "True"
    }
}
