public import KubeObjects

/// One kind of run and everything that is particular to it. The engine does all I/O; a family only answers questions.
///
/// The engine's round for one run: it looks up what ``references(of:)`` names, digests the Jobs that the run controls
/// and their pods into a ``RunObservation``, asks ``plan(_:inputs:)`` what to do, does it, observes again, and writes
/// what ``report(_:)`` says if it differs from the run's status. All functions are pure: the same arguments give the
/// same answer, so a round may be repeated or cut off anywhere.
public protocol RunFamily: RunHandling {
    /// The family's name in flags, logs and metrics, such as `job-template`.
    var name: String { get }
    /// The resource of the templates that runs name; nil if runs stand alone.
    var templateResource: CustomResource? { get }
    /// Every resource that ``references(of:)`` can name. The engine keeps a store of each custom resource, and looks at
    /// a run again when something that it refers to changes. Objects of the core group (Secrets, ConfigMaps,
    /// ServiceAccounts, PersistentVolumeClaims, Namespaces) are no concern of a store: they are read from the server
    /// when a plan without them would wait or refuse, and again when such a plan's ``RunWait/until`` has come.
    var referencedResources: [CustomResource] { get }
    /// The key of the label that every Job and pod of this family carries; the engine selects on its presence.
    var runLabel: String { get }
    /// The CustomResourceDefinitions of the family.
    var definitions: [KubeObject] { get }

    /// What the engine has to be allowed for this family, beside what it does for every one: for effects, dependents
    /// and changes of the run itself.
    var accessRules: [AccessRule] { get }
    /// Where objects of the family name a service account for pods: whoever writes them must be allowed to use it.
    var accountFields: [ResourceField] { get }
    /// Where a run names the namespace of its Job; nil for a run that belongs to a namespace itself.
    var namespaceField: ResourceField? { get }

    /// The objects that a plan for this run needs to see.
    func references(of run: KubeObject) -> [RunReference]
    /// The Job that the run's status names; nil if it names none. The engine makes sure that a Job which is named but
    /// not seen is really gone before anybody says so.
    func recordedJob(of run: KubeObject) -> JobReference?
    /// Whether the run's status knows of a Job. One that it does not know of counts until it does, though it is gone; one
    /// that it knows of and that went before its end is lost.
    func isOnRecord(_ job: KubeObject, of run: KubeObject) -> Bool
    /// The pods whose changes start Jobs of this run; nil if none do. As long as a run has such a rule, the pods of its
    /// namespace are watched.
    func triggerRule(of run: KubeObject) -> PodTriggerRule?
    /// Those of the pods' changes that are still to start a Job, as the run's status says.
    func unsettled(_ triggers: [PodTrigger], of run: KubeObject) -> [PodTrigger]
    /// Whether the run is to be looked at again when a ConfigMap or Secret that it refers to changes. As long as a run
    /// of a namespace wants that, those of the namespace are watched; only digests of them are kept.
    func followsReferences(of run: KubeObject) -> Bool
    /// Whether the run is over for good, so that nothing of it is read any more but what ``Trimming/settledRun(_:)`` keeps,
    /// and nothing of those of its Jobs that are over and of their pods.
    func isSettled(_ run: KubeObject) -> Bool
    /// Where the run stands among those that are counted together; nil if it is counted with none.
    func standing(of run: KubeObject) -> RunStanding?
    /// How long the runs of a template are kept; nil if that is nobody's business but theirs who delete them.
    func retention(of template: KubeObject) -> RunRetention?
    /// When and how a settled run ended; nil if its template has no say in how long it is kept.
    func ended(_ run: KubeObject) -> EndedRun?
    /// What is to be done for the run now.
    func plan(_ run: KubeObject, inputs: PlanInputs) -> PlanOutcome
    /// The run's status as it follows from what was done and what is seen.
    func report(_ input: ReportInput) -> RunReport
}

extension RunFamily {
    /// Nothing more.
    public var accessRules: [AccessRule] { [] }
    /// Nowhere: pods work under the account `default`.
    public var accountFields: [ResourceField] { [] }
    /// None: the Job is where the run is.
    public var namespaceField: ResourceField? { nil }

    /// `status.jobRef`.
    public func recordedJob(of run: KubeObject) -> JobReference? { RunStatus(of: run).job }
    /// The one that ``recordedJob(of:)`` names.
    public func isOnRecord(_ job: KubeObject, of run: KubeObject) -> Bool {
        recordedJob(of: run).map { $0.uid == job.uid } ?? false
    }
    /// None.
    public func triggerRule(of run: KubeObject) -> PodTriggerRule? { nil }
    /// None, as no change of a pod concerns the run.
    public func unsettled(_ triggers: [PodTrigger], of run: KubeObject) -> [PodTrigger] { [] }
    /// It is not.
    public func followsReferences(of run: KubeObject) -> Bool { false }
    /// It is not: whoever edits it may start it again.
    public func isSettled(_ run: KubeObject) -> Bool { false }
    /// With none.
    public func standing(of run: KubeObject) -> RunStanding? { nil }
    /// They are kept.
    public func retention(of template: KubeObject) -> RunRetention? { nil }
    /// None.
    public func ended(_ run: KubeObject) -> EndedRun? { nil }
}

/// What a family may look at while it plans.
public struct PlanInputs: Sendable {
    /// The objects found of those that `references(of:)` named; one that is missing here does not exist.
    public var references: [RunReference: KubeObject]
    /// The Jobs that the run controls, and their pods.
    public var observation: RunObservation
    /// The changes of pods that match the run's rule and are not settled; nil as long as the pods are not watched.
    public var triggers: [PodTrigger]?
    /// Whether all ConfigMaps and Secrets of the run's namespace are known, so that a missing one is really missing.
    public var followsReferences: Bool
    /// The current moment.
    public var now: Timestamp
    /// What the operator of the controller has set.
    public var settings: RunSettings

    /// The inputs of one plan.
    public init(
        references: [RunReference: KubeObject] = [:], observation: RunObservation = RunObservation(),
        triggers: [PodTrigger]? = nil, followsReferences: Bool = false, now: Timestamp,
        settings: RunSettings = RunSettings()
    ) {
        self.references = references
        self.observation = observation
        self.triggers = triggers
        self.followsReferences = followsReferences
        self.now = now
        self.settings = settings
    }
}

/// What the operator of the controller can set for all runs.
public struct RunSettings: Sendable, Hashable {
    /// How long a run waits for a template that does not exist, counted from the run's creation.
    public var templateGrace: Duration
    /// How long a report waits for facts that are under way, such as the exit code of a pod whose Job is done.
    public var settleTime: Duration
    /// How many Jobs that are over are kept for a run that makes many.
    public var jobHistory: Int
    /// The time limit of Tekton's runs that name none; 0 for none.
    public var customTaskTimeout = Duration.seconds(3600)
    /// What the time limit of a Tekton `Run` (not of a `CustomRun`) is for.
    public var runTimeoutScope = TimeoutScope.total

    /// Whether a KubernetesJob may mount paths of the node.
    public var allowsHostPath: Bool

    /// How long after asking why a Job has no pods it is asked again.
    public static let podRecheck = Duration.seconds(30)

    /// Settings; by default a template is waited for 10 seconds, facts under way for 2, 100 Jobs are kept, and no path
    /// of a node is mounted.
    public init(
        templateGrace: Duration = .seconds(10), settleTime: Duration = .seconds(2), jobHistory: Int = 100,
        allowsHostPath: Bool = false
    ) {
        self.jobHistory = jobHistory
        self.templateGrace = templateGrace
        self.settleTime = settleTime
        self.allowsHostPath = allowsHostPath
    }
}

extension RunSettings {
    /// The same settings, by which nothing is refused.
    var allowingAll: RunSettings {
        var settings = self
        settings.allowsHostPath = true
        return settings
    }

    /// How long to wait for facts under way since a moment; nil if no longer, or if the clocks disagree about it.
    func timeToSettle(since moment: Timestamp, now: Timestamp) -> Duration? {
        let elapsed = now - moment
        return elapsed >= .zero && elapsed < settleTime ? settleTime - elapsed : nil
    }
}

/// What a time limit is for.
public enum TimeoutScope: String, Sendable, Hashable, CaseIterable {
    /// All attempts of a run together.
    case total
    /// Each attempt.
    case perAttempt
}
