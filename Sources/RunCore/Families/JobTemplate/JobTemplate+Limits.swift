import KubeObjects

/// What a template says about its runs as a whole, beside `spec`.
extension JobTemplate {
    /// `concurrency`: how many of its runs may be under way at once, and what becomes of more; nil for any number.
    public var concurrency: (limit: Int, policy: RunTurn.Policy)? {
        guard let limit = object["concurrency"]?["maxRuns"]?.integer, limit > 0 else { return nil }
        let policy = object["concurrency"]?["policy"]?.string.flatMap(RunTurn.Policy.init)
        return (Int(clamping: limit), policy ?? .queue)
    }

    /// The turn that a run has to take; nil if the template has no limit.
    /// - Parameter group: what the runs refer to the template by.
    func turn(group: RunReference) -> RunTurn? {
        concurrency.map { RunTurn(group: group, limit: $0.limit, policy: $0.policy) }
    }

    /// `retention`: how long its runs are kept; nil until somebody deletes them.
    public var retention: RunRetention? {
        guard let retention = object["retention"].nonNull else { return nil }
        return RunRetention(succeeded: rule("Succeeded", retention), failed: rule("Failed", retention))
    }

    private func rule(_ end: String, _ retention: JSONValue) -> RunRetention.Rule {
        func number(_ field: String) -> Int64? { retention[field]?.integer.flatMap { $0 < 0 ? nil : $0 } }
        return RunRetention.Rule(
            limit: number("\(end.lowercased())Limit").map { Int(clamping: $0) },
            timeToLive: number("ttlSecondsAfter\(end)").map { .seconds(min($0, Self.century)) })
    }

    /// In seconds. No run is kept for longer, and sums of times stay within what a number holds.
    private static let century: Int64 = 3_155_760_000

    /// The schema of `concurrency`.
    static var concurrencySchema: JSONValue {
        OpenAPISchema.object(
            [
                "maxRuns": OpenAPISchema.integer(
                    "How many runs may be under way at once: from the moment their Job is made until they are over.",
                    format: "int32", minimum: 1),
                "policy": OpenAPISchema.string(
                    "What becomes of a run beyond them: Queue has it wait, the oldest goes first; Forbid refuses it. "
                        + "Queue if absent.", enumeration: RunTurn.Policy.allCases.map(\.rawValue)),
            ], "How many runs of the template may be under way at once; any number if absent.", required: ["maxRuns"])
    }

    /// The schema of `retention`.
    static var retentionSchema: JSONValue {
        func limit(_ runs: String) -> JSONValue {
            OpenAPISchema.integer("How many runs that \(runs) are kept: the latest.", format: "int32", minimum: 0)
        }
        func time(_ runs: String) -> JSONValue {
            OpenAPISchema.integer("How many seconds a run that \(runs) is kept.", format: "int64", minimum: 0)
        }
        let others = "ended in any other way"
        return OpenAPISchema.object(
            [
                "succeededLimit": limit("succeeded"),
                "failedLimit": limit(others + ", and as many of those that never had a Job,"),
                "ttlSecondsAfterSucceeded": time("succeeded"), "ttlSecondsAfterFailed": time(others),
            ], "How long runs that are over are kept, with their Jobs, pods and logs; for ever if absent.")
    }
}
