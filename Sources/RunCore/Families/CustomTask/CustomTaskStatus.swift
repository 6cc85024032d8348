import KubeObjects

/// The status of a Run or CustomRun: Tekton's keys and no other, as its webhook refuses all others. What is ours stands
/// below `extraFields`.
struct CustomTaskStatus: Hashable {
    private static let keys = [
        "conditions", "startTime", "completionTime", "results", "retriesStatus", "observedGeneration", "annotations",
        "extraFields",
    ]
    private static let conditionKeys = ["type", "status", "severity", "lastTransitionTime", "reason", "message"]

    /// As it stands in the run.
    private(set) var json: JSONObject
    private let namespace: String

    init(of run: KubeObject) {
        let status = run["status"]
        json = JSONObject(Self.keys.compactMap { key in status?[key].nonNull.map { (key, $0) } })
        namespace = run.namespace ?? ""
    }

    // MARK: Reading

    var conditions: [JSONValue] { json["conditions"]?.array ?? [] }
    var succeeded: JSONValue? { conditions.first { $0["type"]?.string == "Succeeded" } }

    /// Whether the run is over.
    var isFinal: Bool { ["True", "False"].contains(succeeded?["status"]?.string) }
    /// Whether nobody has looked at the run yet.
    var isNew: Bool { succeeded == nil }
    /// The reason of `Succeeded`.
    var reason: String? { succeeded?["reason"]?.string }

    /// Where the current attempt is, in the words of all families.
    var phase: RunPhase? { json["extraFields"]?["phase"]?.string.flatMap(RunPhase.init) }

    /// The exit code of the container that decided; only of a run that is over.
    var exitCode: Int64? { json["extraFields"]?["exitCode"]?.integer }

    /// When the current attempt began.
    var startTime: Timestamp? { json["startTime"]?.string.flatMap(Timestamp.init) }
    /// When the first attempt began.
    var firstStartTime: Timestamp? {
        json["retriesStatus"]?[0]?["startTime"]?.string.flatMap(Timestamp.init) ?? startTime
    }
    /// The current attempt, counted from 0.
    var attempt: Int { json["retriesStatus"]?.array?.count ?? 0 }
    /// The generation that the status is about; nil if it is about none yet.
    var observedGeneration: Int64? { json["observedGeneration"]?.integer }
    /// The Job of the current attempt; nil if none was seen yet.
    var job: JobReference? {
        guard let reference = json["extraFields"]?["jobRef"], let name = reference["name"]?.string,
            let uid = reference["uid"]?.string
        else { return nil }
        return JobReference(key: ObjectKey(namespace: namespace, name: name), uid: uid)
    }

    /// Whether a Job was made, of this attempt or of one before.
    var hasBegun: Bool {
        job != nil || json["retriesStatus"]?.array?.contains { $0["extraFields"]?["jobRef"] != nil } == true
    }

    // MARK: Writing

    /// Takes note of the attempt's begin and Job.
    mutating func begin(_ job: ObservedJob?, generation: Int64, now: Timestamp) {
        if startTime == nil { json["startTime"] = .string((job?.creationTimestamp ?? now).rfc3339) }
        if generation > 0 { json["observedGeneration"] = .integer(generation) }
        guard let job else { return }
        setExtraField(
            "jobRef", ["name": .string(job.reference.key.name), "uid": .string(job.reference.uid)])
        setExtraField("attempt", .integer(Int64(attempt)))
    }

    /// Says how far the run is. The condition stays the first one, where PipelineRuns look for it.
    mutating func setSucceeded(_ status: String, reason: String, message: String, now: Timestamp) {
        let before = succeeded
        var condition: JSONObject = ["type": "Succeeded", "status": .string(status)]
        let unchanged = before?["status"]?.string == status ? before?["lastTransitionTime"] : JSONValue?.none
        condition["lastTransitionTime"] = unchanged ?? .string(now.rfc3339)
        condition["reason"] = .string(reason)
        if !message.isEmpty { condition["message"] = .string(message) }
        let others = conditions.filter { $0["type"]?.string != "Succeeded" }.map { other in
            JSONValue.object(JSONObject(Self.conditionKeys.compactMap { key in other[key].map { (key, $0) } }))
        }
        json["conditions"] = .array([.object(condition)] + others)
    }

    /// Says in the words of all families where the current attempt is.
    mutating func setPhase(_ phase: RunPhase, exitCode: Int64? = nil) {
        setExtraField("phase", .string(phase.rawValue))
        setExtraField("exitCode", exitCode.map { .integer($0) })
    }

    /// The run is over.
    mutating func finish(results: [RunResult] = [], at end: Timestamp) {
        json["completionTime"] = .string(end.rfc3339)
        json["results"] = results.isEmpty ? nil : .array(results.map(\.json))
    }

    /// Puts a failed attempt away, and makes room for the next.
    mutating func retry(
        _ word: CustomTaskReason, kind: CustomTaskKind, message: String, next: String, exitCode: Int64?,
        end: Timestamp, now: Timestamp
    ) {
        var failed = self
        failed.json["retriesStatus"] = nil
        failed.setPhase(word == .timedOut ? .timedOut : .failed, exitCode: exitCode)
        failed.setSucceeded("False", reason: kind.word(word), message: message, now: now)
        failed.finish(at: end)
        let attempts = json["retriesStatus"]?.array ?? []
        json["retriesStatus"] = .array(attempts + [.object(failed.json)])
        json["startTime"] = nil
        json["completionTime"] = nil
        json["results"] = nil
        setExtraField("jobRef", nil)
        setExtraField("attempt", .integer(Int64(attempt)))
        setPhase(.pending)
        setSucceeded("Unknown", reason: kind.word(.retrying), message: next, now: now)
    }

    private mutating func setExtraField(_ name: String, _ value: JSONValue?) {
        var fields = json["extraFields"]?.object ?? [:]
        fields[name] = value
        json["extraFields"] = fields.isEmpty ? nil : .object(fields)
    }
}
