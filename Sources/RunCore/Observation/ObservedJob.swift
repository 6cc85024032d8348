public import KubeObjects

/// What a report needs of a Job, read once.
public struct ObservedJob: Sendable, Hashable {
    /// How a Job ends.
    public enum Result: Sendable, Hashable {
        /// All completions were reached.
        case complete
        /// The Job controller gave up.
        case failed(reason: String, message: String)
    }

    /// Name, namespace and uid.
    public var reference: JobReference
    /// The Job's annotations, where the engine's marks are.
    public var annotations: [String: String]
    /// Which attempt of the run the Job is, counted from 0.
    public var attempt: Int
    /// When the Job was created.
    public var creationTimestamp: Timestamp?
    /// Whether the Job's deletion was asked for.
    public var isBeingDeleted: Bool
    /// What keeps the Job from going once its deletion was asked for.
    public var finalizers: [String]
    /// `spec.suspend`.
    public var isSuspended: Bool
    /// `spec.completionMode: Indexed`.
    public var isIndexed: Bool
    /// What can be changed of the spec of a Job that exists, and whatever else a trimmed Job keeps of it.
    public var spec: JSONObject
    /// The main container of its pods, as its template has it.
    public var container: String?
    /// `status.startTime`, as text.
    public var startTime: String?
    /// `status.completionTime`, as text; absent for a failed Job.
    public var completionTime: String?
    /// `status.active`, if there.
    public var active: Int64?
    /// `status.succeeded`, if there.
    public var succeeded: Int64?
    /// `status.failed`, if there.
    public var failed: Int64?
    /// `status.completedIndexes` of an Indexed Job, such as `0-4`.
    public var completedIndexes: String?
    /// `status.conditions`, verbatim, without what is none.
    public var conditions: [JSONValue]

    /// Digests a Job.
    public init(_ job: KubeObject) {
        let status = job["status"]
        reference = JobReference(key: job.key, uid: job.uid ?? "")
        annotations = job.annotations
        // Whoever may change Jobs can write anything there.
        attempt = annotations[AnnotationKey.attempt].flatMap { Int32($0) }.map { max(Int($0), 0) } ?? 0
        creationTimestamp = job.creationTimestamp
        isBeingDeleted = job.isBeingDeleted
        finalizers = job.finalizers
        isSuspended = job[path: "spec", "suspend"]?.bool ?? false
        isIndexed = job[path: "spec", "completionMode"]?.string == "Indexed"
        spec = Trimming.jobSpec(job["spec"])
        container = ObservedPod.mainContainer(ofTemplate: job["spec"]?["template"])
        completedIndexes = status?["completedIndexes"]?.string
        startTime = Self.time(status?["startTime"])
        completionTime = Self.time(status?["completionTime"])
        active = status?["active"]?.int32
        succeeded = status?["succeeded"]?.int32
        failed = status?["failed"]?.int32
        conditions = Self.conditions(status?["conditions"])
    }

    private static func time(_ value: JSONValue?) -> String? {
        value?.string.flatMap { Timestamp($0) == nil ? nil : $0 }
    }

    /// The conditions that are such, the first of each type: they are copied into a status whose schema is strict.
    private static func conditions(_ value: JSONValue?) -> [JSONValue] {
        var types: Set<String> = []
        return (value?.array ?? []).filter { condition in
            guard let type = condition["type"]?.string, condition["status"]?.string != nil else { return false }
            for field in ["lastTransitionTime", "lastProbeTime"] {
                if let moment = condition[field], time(moment) == nil { return false }
            }
            for field in ["reason", "message"] {
                if let text = condition[field], text.string == nil { return false }
            }
            return types.insert(type).inserted
        }
    }
}

extension ObservedJob {
    /// The reason of a Job that was ended by its `activeDeadlineSeconds`.
    public static let deadlineExceeded = "DeadlineExceeded"

    /// The condition of this type, if it is `True`.
    public func trueCondition(_ type: String) -> JSONValue? {
        conditions.first { $0["type"]?.string == type && $0["status"]?.string == "True" }
    }

    /// How the Job ended; nil as long as it goes on. Only the conditions decide: a failed pod may be retried.
    public var result: Result? {
        if trueCondition("Complete") != nil { return .complete }
        guard let condition = trueCondition("Failed") else { return nil }
        return .failed(reason: condition["reason"]?.string ?? "", message: condition["message"]?.string ?? "")
    }

    /// When the Job ended, as the Job controller noted it.
    public var finishTime: Timestamp? {
        if let completionTime { return Timestamp(completionTime) }
        guard let condition = trueCondition("Complete") ?? trueCondition("Failed") else { return nil }
        return condition["lastTransitionTime"]?.string.flatMap(Timestamp.init)
    }

    /// Whether the outcome is settled but pods are still being accounted for. What the Job says in between lasts
    /// milliseconds and is not worth a write of the run's status (KEP-3998, KEP-3329).
    public var isEnding: Bool {
        result == nil && (trueCondition("SuccessCriteriaMet") ?? trueCondition("FailureTarget")) != nil
    }

    /// Whether the Job has failed and its last pods are being stopped. Since Kubernetes 1.31 it is over when they are gone.
    public var isFailing: Bool { result == nil && trueCondition("FailureTarget") != nil }

    /// What keeps the Job from going and does not go by itself, as that of the garbage collector does, which stops the Job's
    /// pods first.
    public var holds: [String] { finalizers.filter { $0 != "foregroundDeletion" } }

    /// Whether the Job controller has not seen the Job yet.
    public var isUntouched: Bool { startTime == nil && conditions.isEmpty }
}

extension JSONValue {
    /// A whole number as the API's counts and exit codes are: 32 bits; nil for anything else.
    var int32: Int64? { integer.flatMap { Int32(exactly: $0) == nil ? nil : $0 } }
}
