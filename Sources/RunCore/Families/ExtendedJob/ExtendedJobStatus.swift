import KubeObjects

/// The status of an ExtendedJob: that of its last run in the words of all families, and what is its own.
struct ExtendedJobStatus: Hashable {
    /// The last run: its Job, its phase, its outcome.
    var run: RunStatus
    /// How many Jobs were started.
    var runs: Int64
    /// The last run, in short; it stays when the next one cannot start.
    var lastRun: LastRun?
    /// The errand that is under way, or was and is still to be reset.
    var errand: Errand?
    /// The digest of what the pods refer to, when a one-off was started last.
    var configHash: String?
    /// What the pods refer to now, if it is something else, and since when.
    var configChange: ConfigChange?
    /// The version of the ExtendedJob when its pods began to be watched.
    var watchedFrom: String?
    /// The changes of pods that had their Job.
    var triggers: HandledTriggers
    /// What became of the output of the Job that is or was looked after last.
    var output: OutputRecord?
    /// When a triggered ExtendedJob's status was written last.
    var updateTime: Timestamp?

    init(of object: KubeObject) {
        let status = object["status"]
        run = RunStatus(of: object)
        runs = max(status?["runs"]?.int32 ?? 0, 0)
        lastRun = LastRun(status?["lastRun"])
        errand = Errand(status?["errand"])
        // A definition that is older than this controller may keep one of them only; a one-off must not be run again for that.
        configHash = status?["configHash"]?.string ?? lastRun?.configHash
        configChange = ConfigChange(status?["configChange"])
        watchedFrom = status?["watchedFrom"]?.string
        triggers = HandledTriggers(status?["handledTriggers"])
        output = OutputRecord(status?["output"])
        updateTime = status?["updateTime"]?.string.flatMap(Timestamp.init)
    }

    var json: JSONObject {
        var status = run.json
        if runs > 0 { status["runs"] = .integer(runs) }
        status["lastRun"] = lastRun?.json
        status["errand"] = errand?.json
        status["configHash"] = configHash.map(JSONValue.string)
        status["configChange"] = configChange?.json
        status["watchedFrom"] = watchedFrom.map(JSONValue.string)
        status["handledTriggers"] = triggers.json
        status["output"] = output?.json
        status["updateTime"] = updateTime.map { .string($0.rfc3339) }
        return status
    }
}

/// A run in short.
struct LastRun: Hashable {
    var jobName: String
    var uid: String
    /// `once`, `now`, or a pod's state and name.
    var triggeredBy: String?
    var startTime: String?
    var completionTime: String?
    /// The phase in which the run ended; nil as long as it goes on.
    var result: RunPhase?
    var reason: String?
    var configHash: String?

    init(_ job: ObservedJob) {
        jobName = job.reference.key.name
        uid = job.reference.uid
        triggeredBy = job.annotations[AnnotationKey.triggeredBy]
        startTime = job.startTime
        configHash = job.annotations[AnnotationKey.configHash]
    }

    init?(_ json: JSONValue?) {
        guard let name = json?["jobName"]?.string else { return nil }
        jobName = name
        uid = json?["uid"]?.string ?? ""
        triggeredBy = json?["triggeredBy"]?.string
        startTime = json?["startTime"]?.string
        completionTime = json?["completionTime"]?.string
        result = json?["result"]?.string.flatMap(RunPhase.init)
        reason = json?["reason"]?.string
        configHash = json?["configHash"]?.string
    }

    var json: JSONValue {
        var json: JSONObject = ["jobName": .string(jobName), "uid": .string(uid)]
        json["triggeredBy"] = triggeredBy.map(JSONValue.string)
        json["startTime"] = startTime.map(JSONValue.string)
        json["completionTime"] = completionTime.map(JSONValue.string)
        json["result"] = result.map { .string($0.rawValue) }
        json["reason"] = reason.map(JSONValue.string)
        json["configHash"] = configHash.map(JSONValue.string)
        return .object(json)
    }

    func job(in run: KubeObject) -> JobReference {
        JobReference(key: ObjectKey(namespace: run.namespace ?? "", name: jobName), uid: uid)
    }
}

/// An errand's way from `now` back to `manually`, in generations of the ExtendedJob.
struct Errand: Hashable {
    /// The generation in which `now` was seen.
    var requested: Int64
    /// The generation in which the run was over; nil as long as it goes on.
    var ended: Int64?

    init(requested: Int64, ended: Int64? = nil) {
        self.requested = requested
        self.ended = ended
    }

    init?(_ json: JSONValue?) {
        guard let requested = json?["requested"]?.integer else { return nil }
        self.init(requested: requested, ended: json?["ended"]?.integer)
    }

    var json: JSONValue {
        var json: JSONObject = ["requested": .integer(requested)]
        json["ended"] = ended.map(JSONValue.integer)
        return .object(json)
    }

    /// Whether `run: now` in this generation is still what the errand was started for.
    ///
    /// The reset and a new request are two generations. One that is further away is a new request; one more generation
    /// alone cannot be.
    func isToBeReset(in generation: Int64) -> Bool {
        ended.map { generation <= $0 || generation - 1 == $0 } ?? false
    }
}

/// Something else than what the last run was started with, and since when.
struct ConfigChange: Hashable {
    var hash: String
    var since: Timestamp

    init(hash: String, since: Timestamp) {
        self.hash = hash
        self.since = since
    }

    init?(_ json: JSONValue?) {
        guard let hash = json?["hash"]?.string, let since = json?["since"]?.string.flatMap(Timestamp.init)
        else { return nil }
        self.init(hash: hash, since: since)
    }

    var json: JSONValue { ["hash": .string(hash), "since": .string(since.rfc3339)] }
}
