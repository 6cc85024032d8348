public import KubeObjects

extension CustomTaskFamily {
    /// Whether it names a kind that this product runs.
    public func isOurs(_ run: KubeObject) -> Bool { CustomTask(run, kind: kind).target != nil }

    /// The object that the run refers to: a JobTemplate by its name alone, others with their kind.
    public func templateName(of run: KubeObject) -> String? {
        guard let reference = CustomTask(run, kind: kind).targetReference else { return nil }
        let isTemplate = reference.resource.kind == JobTemplateFamily.jobTemplates.kind
        return (isTemplate ? "" : "\(reference.resource.singular)/") + reference.key.name
    }

    /// `spec.status`, or deletion.
    public func isAskedToEnd(_ run: KubeObject) -> Bool {
        CustomTask(run, kind: kind).isCancelled || run.isBeingDeleted
    }

    /// Tekton's request, with words that the status repeats.
    public func cancellation(of run: KubeObject) -> RunCancellation {
        .ask(["spec": ["status": .string(CustomTask.cancelRequest), "statusMessage": "the run was cancelled"]])
    }

    /// A copy that is not cancelled and that no pipeline takes for its own.
    public func repetition(of run: KubeObject) -> RunRepetition {
        var copy = run.copyToRunAgain()
        for field in ["status", "statusMessage"] { copy["spec"]?.set(nil, at: [field]) }
        for map in ["labels", "annotations"] {
            guard let entries = copy.metadata[map]?.object else { continue }
            let own = entries.filter { !$0.key.hasPrefix("tekton.dev/") }
            copy.metadata[map] = own.isEmpty ? nil : .object(JSONObject(own.map { ($0.key, $0.value) }))
        }
        return .create(copy)
    }

    /// Tekton's condition in our words.
    public func summary(of run: KubeObject) -> RunStatus { CustomTaskStatus(of: run).summary(of: kind) }
}

extension CustomTaskStatus {
    /// In the words that all families share.
    func summary(of kind: CustomTaskKind) -> RunStatus {
        var summary = RunStatus(of: KubeObject([:]))
        summary.job = job
        summary.observedGeneration = json["observedGeneration"]?.integer
        summary.startTime = json["startTime"]?.string
        summary.completionTime = json["completionTime"]?.string
        summary.results = json["results"]?.array?.compactMap(RunResult.init) ?? []
        summary.exitCode = exitCode
        summary.conditions = conditions
        guard let succeeded else { return summary }
        summary.reason = reason
        summary.message = succeeded["message"]?.string
        switch succeeded["status"]?.string {
        case "True": summary.phase = .succeeded
        case "False": summary.phase = Self.end(reason ?? "", kind)
        default: summary.phase = Self.phase(reason ?? "", kind)
        }
        if [.pending, .running].contains(summary.phase), isAsExpected(kind) {
            // How things should be is no news.
            (summary.reason, summary.message) = (nil, nil)
        }
        if isFinal, let start = firstStartTime, let end = summary.completionTime.flatMap(Timestamp.init) {
            summary.duration = HumanDuration.text(end - start)
        }
        return summary
    }

    private func isAsExpected(_ kind: CustomTaskKind) -> Bool {
        [CustomTaskReason.started, .running].contains { kind.word($0) == reason }
    }

    private static func end(_ reason: String, _ kind: CustomTaskKind) -> RunPhase {
        switch reason {
        case kind.word(.cancelled): .cancelled
        case kind.word(.timedOut): .timedOut
        default: .failed
        }
    }

    private static func phase(_ reason: String, _ kind: CustomTaskKind) -> RunPhase {
        switch reason {
        case kind.word(.running): .running
        case RunPhase.suspended.rawValue: .suspended
        case RunReason.waitingForTemplate.rawValue, RunReason.waitingForTurn.rawValue,
            RunReason.jobCreateFailed.rawValue, RunReason.referenceForbidden.rawValue:
            .waiting
        default: .pending
        }
    }
}
