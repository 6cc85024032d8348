public import KubeObjects

/// `cellbytes.io/v1`: a JobTemplate keeps a Job's spec, a JobRun runs it with other arguments.
public struct JobTemplateFamily: RunFamily {
    /// JobRuns.
    public static let jobRuns = CustomResource(
        group: "cellbytes.io", version: "v1", kind: "JobRun", plural: "jobruns", singular: "jobrun",
        shortNames: ["jr"])
    /// JobTemplates.
    public static let jobTemplates = CustomResource(
        group: "cellbytes.io", version: "v1", kind: "JobTemplate", plural: "jobtemplates", singular: "jobtemplate",
        shortNames: ["jt"])

    /// The family.
    public init() {}

    /// `job-template`.
    public var name: String { "job-template" }
    /// JobRuns.
    public var runResource: CustomResource { Self.jobRuns }
    /// JobTemplates.
    public var templateResource: CustomResource? { Self.jobTemplates }
    /// JobTemplates.
    public var referencedResources: [CustomResource] { [Self.jobTemplates] }
    /// `cellbytes.io/job-run`.
    public var runLabel: String { LabelKey.jobRun }
    /// The definitions of JobTemplate and JobRun.
    public var definitions: [KubeObject] { [JobTemplate.definition, JobRun.definition] }

    /// For callbacks: the run is read again before each, and Secrets for their tokens. Jobs are suspended and resumed, and
    /// runs that are over are deleted when their template says so.
    public var accessRules: [AccessRule] {
        [
            AccessRule("", "secrets", ["get"]), AccessRule("batch", "jobs", ["patch"]),
            AccessRule(runResource.group, runResource.plural, ["delete", "get"]),
        ]
    }

    /// A run's own account, if its template lets it have one, and the template's.
    public var accountFields: [ResourceField] {
        [ResourceField(Self.jobRuns, ["spec", "serviceAccountName"])]
            + ResourceField.accounts(Self.jobTemplates, pod: ["spec", "template", "spec"])
    }

    /// The template, in the run's own namespace.
    public func references(of run: KubeObject) -> [RunReference] {
        guard let name = JobRun(run).templateRef else { return [] }
        return [Self.reference(to: name, from: run)]
    }

    /// A run runs once; whether it is announced that it is over must be settled too. A status that another controller has
    /// left tells its phase by all that it says.
    public func isSettled(_ run: KubeObject) -> Bool {
        guard let status = run["status"], status["phase"] != nil else { return false }
        return RunStatus.phase(in: status)?.isFinal == true && EffectRecord(status["callback"])?.state != .pending
    }

    /// Among the runs of its template.
    public func standing(of run: KubeObject) -> RunStanding? {
        guard let name = JobRun(run).templateRef else { return nil }
        let status = run["status"]
        return RunStanding(
            group: Self.reference(to: name, from: run),
            isWaiting: status?["reason"]?.string == RunReason.waitingForTurn.rawValue,
            isBegun: status?["jobRef"].nonNull != nil,
            // The original controller has left runs without a phase.
            isOver: RunStatus.phase(in: status)?.isFinal == true)
    }

    /// `retention` of the JobTemplate.
    public func retention(of template: KubeObject) -> RunRetention? { JobTemplate(template).retention }

    /// By the condition that says that the run is over.
    public func ended(_ run: KubeObject) -> EndedRun? {
        let status = RunStatus(of: run)
        guard isSettled(run), !run.isBeingDeleted, let uid = run.uid, let version = run.resourceVersion else {
            return nil
        }
        let end = status.conditions.first { ConditionType.isEnd($0) }?["lastTransitionTime"]?.string
        guard let time = end.flatMap(Timestamp.init) ?? run.creationTimestamp else { return nil }
        return EndedRun(
            key: run.key, uid: uid, resourceVersion: version, succeeded: status.phase == .succeeded,
            hadJob: status.job != nil, end: time)
    }

    static func reference(to template: String, from run: KubeObject) -> RunReference {
        RunReference(
            resource: jobTemplates, key: ObjectKey(namespace: run.namespace ?? "", name: template))
    }
}
