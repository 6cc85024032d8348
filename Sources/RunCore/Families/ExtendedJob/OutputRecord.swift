import KubeObjects

/// What the status keeps of a Job's output: how far storing it is.
struct OutputRecord: Hashable {
    /// The Job's uid.
    var job: String
    /// Whether it is still owed, and how often it was tried.
    var effect = EffectRecord()
    /// Why it is as it is, in one word; nil as long as it is owed and nothing is wrong.
    var reason: String?
    /// Why it is as it is.
    var message: String?
    /// What was written, as `Secret/name`.
    var written: [String] = []

    init(job: String) { self.job = job }

    init?(_ json: JSONValue?) {
        guard let job = json?["job"]?.string, let effect = EffectRecord(json) else { return nil }
        self.job = job
        self.effect = effect
        reason = json?["reason"]?.string
        message = json?["message"]?.string
        written = json?["written"]?.array?.compactMap(\.string) ?? []
    }

    var json: JSONValue {
        var json: JSONObject = ["job": .string(job)]
        json["reason"] = reason.map(JSONValue.string)
        json["message"] = message.map(JSONValue.string)
        if !written.isEmpty { json["written"] = .array(written.map(JSONValue.string)) }
        return .object(json.appending(effect.json.object ?? [:]))
    }

    /// Whether nothing more is to be done.
    var isSettled: Bool { effect.state != .pending }

    /// An earlier look at the Job has left a note on it.
    static func noted(_ reason: String, job: String) -> OutputRecord {
        var record = OutputRecord(job: job)
        record.effect.state = .done
        record.reason = reason
        return record
    }

    /// Nothing is there to be stored.
    static func lost(job: String, now: Timestamp) -> OutputRecord {
        var record = OutputRecord(job: job)
        record.effect.record(.refused("no pod of the Job is left whose output could be read"), now: now)
        record.reason = RunReason.outputLost.rawValue
        record.message = record.effect.lastError
        return record
    }

    /// Nothing is to be stored of a Job that failed.
    static func skipped(job: String, now: Timestamp) -> OutputRecord {
        var record = OutputRecord(job: job)
        record.effect.record(.done, now: now)
        record.reason = RunReason.outputSkipped.rawValue
        record.message = "the Job failed, and writeOnFailure is not set"
        return record
    }

    /// Takes note of a try.
    mutating func record(_ result: RunEffectResult, now: Timestamp) {
        effect.record(result.outcome, now: now)
        let receipt = result.output ?? OutputReceipt()
        written = receipt.written
        switch result.outcome {
        case .done where !receipt.kept.isEmpty:
            reason = RunReason.outputExists.rawValue
            message = "\(receipt.kept.joined(separator: ", ")) exists and is not to be overwritten"
        case .done:
            reason = RunReason.outputStored.rawValue
            message = nil
        case .refused(let error):
            reason = (receipt.isLost ? RunReason.outputLost : .invalidOutput).rawValue
            message = error
        case .failed(let error, _):
            reason = RunReason.outputFailed.rawValue
            message = error
        }
    }

    /// The condition `OutputPersisted`.
    func condition(since: Timestamp) -> JSONValue {
        let isStored = effect.state == .done && reason == RunReason.outputStored.rawValue
        return ExtendedJobCondition.json(
            .outputPersisted, isStored, reason: reason ?? "", message: message ?? "", since: since)
    }

    /// The schema of ``json``.
    static var schema: JSONValue {
        var schema = EffectRecord.schema("What became of the output of the Job that was looked after last.")
        let own: JSONObject = [
            "job": OpenAPISchema.string("The Job's uid."),
            "reason": OpenAPISchema.string("Why it is as it is, in one word."),
            "message": OpenAPISchema.string("Why it is as it is."),
            "written": OpenAPISchema.array(of: OpenAPISchema.string(), "What was written, as KIND/NAME."),
        ]
        schema["properties"] = .object(own.appending(schema["properties"]?.object ?? [:]))
        return schema
    }
}
