public import KubeObjects

/// What is to be done for a run now: at most one request to the API.
public enum PlanOutcome: Sendable, Hashable {
    /// No Job of this attempt exists, and it may start: create ``RunPlan/job``, after ``RunPlan/dependents``.
    case create(RunPlan)
    /// The Job exists and is to be changed.
    case patch(JobPatch)
    /// The Job exists and is to be deleted, its pods with it (propagation `Background`, or `Foreground` if a finalizer holds
    /// the Job: its pods would go on until that lets go).
    case delete(JobReference)
    /// The run itself is to be changed: a JSON merge patch (RFC 7386) such as `{"spec": {"run": "manually"}}`. It is
    /// applied to the run as it was planned from only; whoever changed the run meanwhile wins, and it is planned anew.
    case patchRun(JSONObject)
    /// The run cannot start yet.
    case wait(RunWait)
    /// The run can never start, or cannot go on.
    case reject(RunRejection)
    /// Nothing: the Job is there and as it should be, or the run is over.
    case none
}

/// Everything that starts a run, complete but for what the server fills in.
public struct RunPlan: Sendable, Hashable {
    /// The Job to create: name, namespace, labels, annotations, controller reference and spec.
    public var job: KubeObject
    /// Objects that must exist before the Job, to be made in this order.
    public var dependents: [RunDependent]
    /// Counts the Jobs of one run from 0. It is part of the Job's name (``JobName``) and stands in its annotation
    /// ``AnnotationKey/attempt``, which is written here.
    public var attempt: Int
    /// The container whose exit code is the run's; nil if the pod has none.
    public var container: String?
    /// The template as it was used; nil if the family has none.
    public var template: TemplateSnapshot?
    /// `sha256:` and the hex digest of the Job's spec as JSON with sorted members: equal digests run the same thing.
    public var digest: String
    /// The turn that the run has to take before; nil if it may start whenever it likes.
    public var turn: RunTurn?

    /// A plan.
    public init(
        job: KubeObject, dependents: [RunDependent] = [], attempt: Int = 0, container: String? = nil,
        template: TemplateSnapshot? = nil, digest: String, turn: RunTurn? = nil
    ) {
        self.job = job
        self.dependents = dependents
        self.attempt = attempt
        self.container = container
        self.template = template
        self.digest = digest
        self.turn = turn
        guard attempt > 0 else { return }
        var annotations = job.metadata["annotations"]?.object ?? [:]
        annotations[AnnotationKey.attempt] = .string("\(attempt)")
        self.job.metadata["annotations"] = .object(annotations)
    }
}

/// An object that a run brings along and its Job needs.
public struct RunDependent: Sendable, Hashable {
    /// What is done if an object of this name is there.
    public enum Policy: Sendable, Hashable {
        /// It is left as it is, whoever made it: for what several may share, such as a namespace.
        case createIfMissing
        /// If the run owns it (an owner reference with the run's uid), it is made what it should be; if not, the run is
        /// refused with ``APIRefusal/nameConflict(_:kind:)``: for what is the run's own, such as a Secret.
        case apply
    }

    /// The object: a Namespace, Secret, ConfigMap, ServiceAccount or PersistentVolumeClaim.
    public var object: KubeObject
    /// What is done if it is there.
    public var policy: Policy

    /// An object that a Job needs.
    public init(_ object: KubeObject, _ policy: Policy) {
        self.object = object
        self.policy = policy
    }
}

/// Which template a run was made from, and in which state it was.
public struct TemplateSnapshot: Sendable, Hashable {
    /// The template's name.
    public var name: String
    /// The template's uid: a template deleted and made again is another one.
    public var uid: String
    /// The template's `metadata.generation`; 0 if it has none.
    public var generation: Int64
    /// `sha256:` and the hex digest of the template without its metadata.
    public var digest: String

    /// A snapshot.
    public init(name: String, uid: String, generation: Int64, digest: String) {
        self.name = name
        self.uid = uid
        self.generation = generation
        self.digest = digest
    }
}

/// A Job by name and uid, as `status.jobRef` keeps it.
public struct JobReference: Sendable, Hashable {
    /// Namespace and name.
    public var key: ObjectKey
    /// The uid; a request that changes or deletes the Job must name it as a precondition.
    public var uid: String

    /// A reference.
    public init(key: ObjectKey, uid: String) {
        self.key = key
        self.uid = uid
    }
}

/// A change of a Job that exists.
public struct JobPatch: Sendable, Hashable {
    /// The Job.
    public var job: JobReference
    /// A JSON merge patch (RFC 7386) of it, such as `{"spec": {"suspend": true}}`.
    public var mergePatch: JSONObject

    /// A patch.
    public init(job: JobReference, mergePatch: JSONObject) {
        self.job = job
        self.mergePatch = mergePatch
    }
}

/// Why a run cannot start yet.
public struct RunWait: Sendable, Hashable {
    /// The reason, one of ``RunReason``.
    public var reason: RunReason
    /// What is missing, for the user.
    public var message: String
    /// When the plan will be another even if nothing changes; nil if only a change can help.
    public var until: Timestamp?

    /// A wait.
    public init(reason: RunReason, message: String, until: Timestamp? = nil) {
        self.reason = reason
        self.message = message
        self.until = until
    }
}

/// Why a run is refused.
public struct RunRejection: Error, Sendable, Hashable {
    /// The reason, one of ``RunReason``.
    public var reason: RunReason
    /// What is wrong, where, and what would be right.
    public var message: String

    /// A refusal.
    public init(reason: RunReason, message: String) {
        self.reason = reason
        self.message = message
    }
}

extension TemplateSnapshot {
    /// An object that is used as a template, as it is now.
    /// - Parameter content: what of it counts; nil for everything but metadata and status.
    init(of object: KubeObject, content: JSONValue? = nil) {
        var whole = object.json
        whole["metadata"] = nil
        whole["status"] = nil
        self.init(
            name: object.name ?? "", uid: object.uid ?? "", generation: object.generation,
            digest: Digest.canonical(content ?? .object(whole)))
    }

    /// As it stands in a status and in an annotation.
    public var json: JSONValue {
        [
            "name": .string(name), "uid": .string(uid), "generation": .integer(generation), "digest": .string(digest),
        ]
    }
}
