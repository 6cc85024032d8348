import KubeObjects

/// A Job's status as the Job controller keeps it.
struct JobStatus: Sendable, Hashable {
    var active = 0
    var succeeded = 0
    var failed = 0
    var ready: Int?
    var terminating: Int?
    var startTime: Timestamp?
    var completionTime: Timestamp?
    /// The indexes that have succeeded, as intervals (`0,2-4`); nil before the first sync of an Indexed Job.
    var completedIndexes: String?
    /// The indexes that have failed for good; nil without `backoffLimitPerIndex`.
    var failedIndexes: String?
    /// Pods that have ended and are not yet in the counters: their finalizers are still to be removed.
    var uncountedSucceeded: [String] = []
    /// The same for failed pods.
    var uncountedFailed: [String] = []
    var conditions: [Condition] = []

    /// One condition.
    struct Condition: Sendable, Hashable {
        var type: String
        var isTrue = true
        var reason: String
        var message: String
        var time: Timestamp
    }

    /// The condition of a type, if there is one.
    func condition(_ type: String) -> Condition? { conditions.first { $0.type == type } }

    /// Whether a condition is there and true.
    func isTrue(_ type: String) -> Bool { condition(type)?.isTrue ?? false }

    /// Whether the Job has ended.
    var isFinished: Bool { isTrue("Complete") || isTrue("Failed") }

    /// Sets a condition. One that would become false and is not there is not added; one that stays as it is keeps its time.
    /// - Returns: whether anything has changed.
    @discardableResult
    mutating func set(_ condition: Condition) -> Bool {
        guard let index = conditions.firstIndex(where: { $0.type == condition.type }) else {
            if condition.isTrue { conditions.append(condition) }
            return condition.isTrue
        }
        let present = conditions[index]
        guard
            (present.isTrue, present.reason, present.message)
                != (condition.isTrue, condition.reason, condition.message)
        else { return false }
        conditions[index] = condition
        return true
    }

    /// Moves pods whose finalizer is gone from the uncounted lists into the counters.
    /// - Parameter held: the uids of pods that still have it.
    mutating func count(except held: Set<String>) {
        let keptSucceeded = uncountedSucceeded.filter(held.contains)
        let keptFailed = uncountedFailed.filter(held.contains)
        succeeded += uncountedSucceeded.count - keptSucceeded.count
        failed += uncountedFailed.count - keptFailed.count
        uncountedSucceeded = keptSucceeded
        uncountedFailed = keptFailed
    }
}

extension JobStatus {
    /// Reads a Job's status.
    init(_ job: KubeObject) {
        let json = job["status"] ?? [:]
        let integer = { (key: String) in json[key]?.integer.flatMap { Int(exactly: $0) } }
        active = integer("active") ?? 0
        succeeded = integer("succeeded") ?? 0
        failed = integer("failed") ?? 0
        ready = integer("ready")
        terminating = integer("terminating")
        startTime = json["startTime"]?.string.flatMap(Timestamp.init)
        completionTime = json["completionTime"]?.string.flatMap(Timestamp.init)
        completedIndexes = json["completedIndexes"]?.string
        failedIndexes = json["failedIndexes"]?.string
        uncountedSucceeded = json["uncountedTerminatedPods"]?["succeeded"]?.array?.compactMap(\.string) ?? []
        uncountedFailed = json["uncountedTerminatedPods"]?["failed"]?.array?.compactMap(\.string) ?? []
        conditions = (json["conditions"]?.array ?? []).map(Condition.init)
    }

    /// The status as it goes into the Job. Counters of zero are left out but for `ready` and `terminating`, as the
    /// types of the API do.
    var json: JSONValue {
        var status: JSONObject = [:]
        if !conditions.isEmpty { status["conditions"] = .array(conditions.map(\.json)) }
        status["startTime"] = startTime.map { .string($0.rfc3339) }
        status["completionTime"] = completionTime.map { .string($0.rfc3339) }
        for (key, count) in [("active", active), ("succeeded", succeeded), ("failed", failed)] where count != 0 {
            status[key] = .integer(Int64(count))
        }
        status["terminating"] = terminating.map { .integer(Int64($0)) }
        if let completedIndexes, !completedIndexes.isEmpty { status["completedIndexes"] = .string(completedIndexes) }
        status["failedIndexes"] = failedIndexes.map { .string($0) }
        var uncounted: JSONObject = [:]
        if !uncountedSucceeded.isEmpty { uncounted["succeeded"] = .array(uncountedSucceeded.map { .string($0) }) }
        if !uncountedFailed.isEmpty { uncounted["failed"] = .array(uncountedFailed.map { .string($0) }) }
        status["uncountedTerminatedPods"] = .object(uncounted)
        status["ready"] = ready.map { .integer(Int64($0)) }
        return .object(status)
    }
}

extension JobStatus.Condition {
    fileprivate init(_ json: JSONValue) {
        self.init(
            type: json["type"]?.string ?? "", isTrue: json["status"]?.string == "True",
            reason: json["reason"]?.string ?? "", message: json["message"]?.string ?? "",
            time: json["lastTransitionTime"]?.string.flatMap(Timestamp.init) ?? Timestamp(seconds: 0))
    }

    fileprivate var json: JSONValue {
        var condition: JSONObject = [
            "type": .string(type), "status": isTrue ? "True" : "False", "lastProbeTime": .string(time.rfc3339),
            "lastTransitionTime": .string(time.rfc3339),
        ]
        if !reason.isEmpty { condition["reason"] = .string(reason) }
        if !message.isEmpty { condition["message"] = .string(message) }
        return .object(condition)
    }
}
