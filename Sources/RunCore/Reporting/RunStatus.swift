public import KubeObjects

/// The status of a run as our own schemas have it: what the Job's status says, and what Kubernetes forgets.
public struct RunStatus: Sendable, Hashable {
    /// Where the run is in its life; nil if nobody has looked at it yet.
    public var phase: RunPhase?
    /// Why it is there: one of ``RunReason``, or a reason of the Job controller or the kubelet.
    public var reason: String?
    /// Why it is there, in words.
    public var message: String?
    /// The exit code of the container that decided; only of a run that is over.
    public var exitCode: Int64?
    /// Why no Job could be made, in words.
    public var error: String?
    /// What the run leaves behind: its termination message, if that is a flat JSON object.
    public var results: [RunResult]
    /// The Job's `startTime`, RFC 3339.
    public var startTime: String?
    /// The Job's `completionTime`, RFC 3339; absent if the Job failed.
    public var completionTime: String?
    /// How long a run that is over took, as `kubectl` prints durations.
    public var duration: String?
    /// The Job's count of pods that run.
    public var active: Int64?
    /// The Job's count of pods that succeeded.
    public var succeeded: Int64?
    /// The Job's count of pods that failed; 1 if no Job could be made.
    public var failed: Int64?
    /// The Job's conditions, verbatim; without a Job, ours.
    public var conditions: [JSONValue]
    /// The Job; kept after it is gone, so that it is never made again.
    public var job: JobReference?
    /// The container that decided so far.
    public var container: ContainerOutcome?
    /// The template as it was used (``TemplateSnapshot``).
    public var template: JSONValue?
    /// The announcement of the run's end; nil if none is owed.
    public var callback: EffectRecord?
    /// The run's generation that this status is about.
    public var observedGeneration: Int64?

    /// Reads the status of a run.
    public init(of run: KubeObject) {
        let status = run["status"]
        phase = Self.phase(in: status)
        reason = status?["reason"]?.string
        message = status?["message"]?.string
        exitCode = status?["exitCode"]?.integer
        error = status?["error"]?.string
        results = status?["results"]?.array?.compactMap(RunResult.init) ?? []
        startTime = status?["startTime"]?.string
        completionTime = status?["completionTime"]?.string
        duration = status?["duration"]?.string
        active = status?["active"]?.integer
        succeeded = status?["succeeded"]?.integer
        failed = status?["failed"]?.integer
        conditions = status?["conditions"]?.array ?? []
        job = status?["jobRef"].flatMap { JobReference($0, namespace: run.namespace ?? "") }
        container = status?["container"].flatMap(ContainerOutcome.init)
        template = status?["template"]
        callback = EffectRecord(status?["callback"])
        observedGeneration = status?["observedGeneration"]?.integer
    }

    /// The phase alone, for who asks at each change of a run.
    static func phase(in status: JSONValue?) -> RunPhase? {
        status?["phase"]?.string.flatMap(RunPhase.init) ?? status.flatMap(originalPhase)
    }

    /// As it stands in the run; what is nil is absent.
    public var json: JSONObject {
        var status = JSONObject()
        status["phase"] = phase.map { .string($0.rawValue) }
        status["reason"] = reason.map(JSONValue.string)
        status["message"] = message.map(JSONValue.string)
        status["exitCode"] = exitCode.map(JSONValue.integer)
        status["error"] = error.map(JSONValue.string)
        if !results.isEmpty { status["results"] = .array(results.map(\.json)) }
        status["startTime"] = startTime.map(JSONValue.string)
        status["completionTime"] = completionTime.map(JSONValue.string)
        status["duration"] = duration.map(JSONValue.string)
        status["active"] = active.map(JSONValue.integer)
        status["succeeded"] = succeeded.map(JSONValue.integer)
        status["failed"] = failed.map(JSONValue.integer)
        if !conditions.isEmpty { status["conditions"] = .array(conditions) }
        status["jobRef"] = job.map { ["name": .string($0.key.name), "uid": .string($0.uid)] }
        status["container"] = container.map(\.json)
        status["template"] = template
        status["callback"] = callback.map(\.json)
        status["observedGeneration"] = observedGeneration.map(JSONValue.integer)
        return status
    }
}

extension JobReference {
    fileprivate init?(_ json: JSONValue, namespace: String) {
        guard let name = json["name"]?.string else { return nil }
        self.init(
            key: ObjectKey(namespace: json["namespace"]?.string ?? namespace, name: name),
            uid: json["uid"]?.string ?? "")
    }
}

extension ContainerOutcome {
    fileprivate init?(_ json: JSONValue) {
        guard let pod = json["pod"]?.string else { return nil }
        self.init(
            pod: pod, container: json["name"]?.string, exitCode: json["exitCode"]?.integer,
            reason: json["reason"]?.string ?? "", message: json["message"]?.string ?? "",
            finishedAt: json["finishedAt"]?.string.flatMap(Timestamp.init))
    }

    fileprivate var json: JSONValue {
        var result: JSONObject = ["pod": .string(pod)]
        result["name"] = container.map(JSONValue.string)
        result["exitCode"] = exitCode.map(JSONValue.integer)
        result["reason"] = .string(reason)
        if !message.isEmpty { result["message"] = .string(message) }
        result["finishedAt"] = finishedAt.map { .string($0.rfc3339) }
        return .object(result)
    }
}
