public import KubeObjects

/// `tekton.dev`: the steps of a Tekton pipeline that are none of Tekton's own tasks, as far as they name a kind that this
/// product runs. Runs and CustomRuns are two families of this one type.
public struct CustomTaskFamily: RunFamily {
    /// Which of the two resources it is.
    public let kind: CustomTaskKind

    /// A family.
    public init(_ kind: CustomTaskKind) { self.kind = kind }

    /// `tekton-run` or `tekton-custom-run`.
    public var name: String { kind.familyName }
    /// Runs or CustomRuns.
    public var runResource: CustomResource { kind.resource }
    /// None: what is run is of several kinds.
    public var templateResource: CustomResource? { nil }
    /// The kinds of objects that can be referred to. They are read when they are needed: clusters may lack some.
    public var referencedResources: [CustomResource] {
        CustomTaskTarget.all.filter(\.isReferable).map(\.resource)
    }
    /// `tekton.dev/run` or `tekton.dev/customRun`.
    public var runLabel: String { kind.label }
    /// The definition of the resource, for clusters without Tekton.
    public var definitions: [KubeObject] { [kind.definition] }

    /// Claims of workspaces, and what a KubernetesJob brings along, are made with the Job.
    public var accessRules: [AccessRule] {
        ["configmaps", "persistentvolumeclaims", "secrets"].map { AccessRule("", $0, ["create", "get", "patch"]) }
    }

    /// The run's own account, and the pod's in what is embedded: the spec of a JobTemplate, a Job or an ExtendedJob.
    public var accountFields: [ResourceField] {
        let pods = [["template", "spec"], ["template", "spec", "template", "spec"]]
        return [ResourceField(kind.resource, ["spec", "serviceAccountName"])]
            + pods.flatMap {
                ResourceField.accounts(kind.resource, pod: ["spec", kind.embeddedField, "spec"] + $0)
            }
    }

    /// The object that is to be run, in the run's own namespace.
    public func references(of run: KubeObject) -> [RunReference] {
        CustomTask(run, kind: kind).targetReference.map { [$0] } ?? []
    }

    /// Among the runs of the JobTemplate that it refers to. All its attempts are one turn.
    public func standing(of run: KubeObject) -> RunStanding? {
        guard let template = CustomTask(run, kind: kind).jobTemplate else { return nil }
        let status = CustomTaskStatus(of: run)
        return RunStanding(
            group: template, isWaiting: status.reason == RunReason.waitingForTurn.rawValue,
            isBegun: status.hasBegun, isOver: status.isFinal)
    }

    /// The Job of the current attempt.
    public func recordedJob(of run: KubeObject) -> JobReference? { CustomTaskStatus(of: run).job }
}
