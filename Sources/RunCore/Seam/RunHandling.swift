public import KubeObjects

/// What tools for people have to know of a family: how its runs are found, read, ended and repeated. All functions are
/// pure.
public protocol RunHandling: Sendable {
    /// The resource whose objects are the runs.
    var runResource: CustomResource { get }
    /// Words that name the resource on a command line beside those that kubectl takes.
    var nicknames: [String] { get }
    /// The key of the label with the run's name (``LabelValue/name(_:)``) on its Jobs and pods.
    var nameLabel: String { get }

    /// The namespace of the run's Jobs and pods; nil if the run does not say.
    func workNamespace(of run: KubeObject) -> String?
    /// The run's status in the words that all families share. What is stale, and says that the run is over, is left out.
    func summary(of run: KubeObject) -> RunStatus
    /// Whether it is for this product to carry the run out. Resources of others may hold runs of others.
    func isOurs(_ run: KubeObject) -> Bool
    /// The template that the run was made from, as it is named in lists; nil if there is none.
    func templateName(of run: KubeObject) -> String?
    /// Whether a pod with the run's name is one that the run's status is about.
    /// - Parameter job: The uid of the Job that owns the pod.
    func isCurrent(job: String?, of run: KubeObject) -> Bool
    /// Whether somebody has asked the run to end; it may go on for a moment.
    func isAskedToEnd(_ run: KubeObject) -> Bool
    /// How the run is ended before it is over.
    func cancellation(of run: KubeObject) -> RunCancellation
    /// How the same is done once more.
    func repetition(of run: KubeObject) -> RunRepetition
}

/// How a run is ended before it is over.
public enum RunCancellation: Sendable, Hashable {
    /// The run is asked to end, and its status says when it has: a merge patch.
    case ask(JSONValue)
    /// The run is suspended, as its kind cannot be cancelled: its pods are stopped, and it can be resumed. A merge patch.
    case suspend(JSONValue)
    /// The Job is deleted; the run stays, and says that it was cancelled.
    case deleteJob(JobReference)
    /// The start is taken back, as there is no Job yet: a merge patch.
    case withdraw(JSONValue)
    /// The run itself is deleted, as nothing less ends it.
    case delete
    /// There is nothing to end, and why.
    case refuse(String)
}

/// How the same is done once more.
public enum RunRepetition: Sendable, Hashable {
    /// By a new run: the object without a name and a namespace.
    case create(KubeObject)
    /// By the same object, which is told to start again: a merge patch.
    case restart(JSONValue)
    /// Not at all, and why.
    case refuse(String)
}

extension RunHandling where Self: RunFamily {
    /// The label that says that a pod is one of the family's.
    public var nameLabel: String { runLabel }
}

extension RunHandling {
    /// None.
    public var nicknames: [String] { [] }

    /// The run's own.
    public func workNamespace(of run: KubeObject) -> String? { run.namespace }
    /// As it stands there.
    public func summary(of run: KubeObject) -> RunStatus { RunStatus(of: run) }
    /// It is.
    public func isOurs(_ run: KubeObject) -> Bool { true }
    /// None.
    public func templateName(of run: KubeObject) -> String? { nil }
    /// It is, whichever Job it is of.
    public func isCurrent(job: String?, of run: KubeObject) -> Bool { true }
    /// Whether it is being deleted.
    public func isAskedToEnd(_ run: KubeObject) -> Bool { run.isBeingDeleted }
    /// Deletion.
    public func cancellation(of run: KubeObject) -> RunCancellation { .delete }
    /// A copy.
    public func repetition(of run: KubeObject) -> RunRepetition { .create(run.copyToRunAgain()) }

    /// The selector for the run's Jobs and pods.
    public func selector(of run: KubeObject) -> String { "\(nameLabel)=\(LabelValue.name(run.name ?? ""))" }
}

extension KubeObject {
    /// What a user wrote of the object, without a name: its fields, labels and annotations.
    func copyToRunAgain() -> KubeObject {
        var copy = self
        copy["status"] = nil
        var metadata: JSONObject = [:]
        if !labels.isEmpty { metadata["labels"] = self.metadata["labels"] }
        var annotations = self.metadata["annotations"]?.object ?? [:]
        for key in [AnnotationKey.lastApplied, AnnotationKey.rerunOf, AnnotationKey.idempotencyKey] {
            annotations[key] = nil
        }
        if !annotations.isEmpty { metadata["annotations"] = .object(annotations) }
        copy.metadata = metadata
        return copy
    }
}
