public import KubeObjects

/// `fissile.cloudfoundry.org/v1alpha1`: an ExtendedJob is run once, on demand, or whenever a pod changes, and keeps its
/// output.
public struct ExtendedJobFamily: RunFamily {
    /// ExtendedJobs.
    public static let extendedJobs = CustomResource(
        group: "fissile.cloudfoundry.org", version: "v1alpha1", kind: "ExtendedJob", plural: "extendedjobs",
        singular: "extendedjob", shortNames: ["ejob", "ejobs"])

    /// How long what an ExtendedJob refers to must have stayed the same before it is run again.
    public static let quietTime = Duration.seconds(3)
    /// How long a missing reference is waited for before it is looked for again without being told of a change.
    static let referenceRecheck = Duration.seconds(30)

    /// The family.
    public init() {}

    /// `extended-job`.
    public var name: String { "extended-job" }
    /// ExtendedJobs.
    public var runResource: CustomResource { Self.extendedJobs }
    /// None: an ExtendedJob holds its own template.
    public var templateResource: CustomResource? { nil }
    /// ConfigMaps and Secrets.
    public var referencedResources: [CustomResource] { [.configMaps, .secrets] }
    /// `fissile.cloudfoundry.org/extendedjob`.
    public var runLabel: String { LabelKey.extendedJob }
    /// The definition of ExtendedJob.
    public var definitions: [KubeObject] { [ExtendedJob.definition] }

    /// What runs refer to is followed, output is read and kept, and errands are set back.
    public var accessRules: [AccessRule] {
        [
            AccessRule("", "configmaps", ["create", "list", "update", "watch"]),
            AccessRule("", "secrets", ["create", "list", "update", "watch"]),
            AccessRule("", "pods", ["get"]), AccessRule("", "pods/log", ["get"]),
            AccessRule("batch", "jobs", ["patch"]),
            AccessRule(runResource.group, runResource.plural, ["get", "patch"]),
        ]
    }

    /// The pod's account, in the template of a pod or of a Job.
    public var accountFields: [ResourceField] {
        [["spec", "template", "spec"], ["spec", "template", "spec", "template", "spec"]].flatMap {
            ResourceField.accounts(Self.extendedJobs, pod: $0)
        }
    }

    /// The ConfigMaps and Secrets that the pods refer to.
    public func references(of run: KubeObject) -> [RunReference] {
        guard let template = try? ExtendedJobTemplate(run[path: "spec", "template"]) else { return [] }
        return template.references.map { $0.reference(in: run) }
    }

    /// The Job of a run that is not over; of one that is, the status has everything.
    public func recordedJob(of run: KubeObject) -> JobReference? {
        let status = ExtendedJobStatus(of: run)
        guard let last = status.lastRun, last.result == nil else { return nil }
        return last.job(in: run)
    }

    /// The last one, and those of the changes of pods that had their Job.
    public func isOnRecord(_ job: KubeObject, of run: KubeObject) -> Bool {
        let status = ExtendedJobStatus(of: run)
        if let entry = ObservedJob(job).triggerEntry { return status.triggers.contains(entry) }
        return status.lastRun?.uid == job.uid
    }

    /// The pods whose changes start a Job.
    public func triggerRule(of run: KubeObject) -> PodTriggerRule? { ExtendedJob(run).triggerRule }

    /// Those that had no Job yet and were not before the ExtendedJob's time.
    public func unsettled(_ triggers: [PodTrigger], of run: KubeObject) -> [PodTrigger] {
        guard let rule = triggerRule(of: run) else { return [] }
        let status = ExtendedJobStatus(of: run)
        guard let version = status.watchedFrom else { return triggers.filter(rule.matches) }
        return triggers.filter {
            rule.matches($0) && !status.triggers.contains($0) && $0.isAfter(run, watchedFrom: version)
        }
    }

    /// One that waits for something, and a one-off that is run again when something changes, follow what they refer to.
    public func followsReferences(of run: KubeObject) -> Bool {
        let job = ExtendedJob(run)
        if (try? job.start()) == .once, job.updatesOnConfigChange { return true }
        return RunStatus(of: run).reason == RunReason.waitingForReferences.rawValue
    }
}

extension ReferencedObject {
    /// As the engine looks it up.
    func reference(in run: KubeObject) -> RunReference {
        RunReference(
            resource: kind == .secret ? .secrets : .configMaps,
            key: ObjectKey(namespace: run.namespace ?? "", name: name))
    }
}

extension PodTrigger {
    /// Whether a pod has reached its state since an ExtendedJob exists.
    ///
    /// Times have whole seconds and come from several clocks; the versions of objects have one order. Where the version
    /// tells, it decides.
    func isAfter(_ run: KubeObject, watchedFrom version: String?) -> Bool {
        let isOlder = ResourceVersion.isOlder(resourceVersion, than: version)
        if isSeenAtOnce { return !isOlder }
        guard let created = run.creationTimestamp, time != created else { return !isOlder }
        return time > created
    }
}
