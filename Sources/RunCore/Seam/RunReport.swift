public import KubeObjects

/// What a family sees when it reports.
public struct ReportInput: Sendable {
    /// The run, with its status as it is now.
    public var run: KubeObject
    /// What was planned in this round.
    public var outcome: PlanOutcome
    /// What the API server answered, if it refused the planned request.
    public var refusal: APIRefusal?
    /// The Jobs and pods as they are after the request: a Job just created is in it, one just deleted is not.
    public var observation: RunObservation
    /// What became of the effect that the last report asked for, if one was carried out since.
    public var effect: RunEffectResult?
    /// When the status was written last, if that is known and was a short while ago: what lasts moments only is then not
    /// worth another write.
    public var statusTime: Timestamp?
    /// The current moment.
    public var now: Timestamp
    /// What the operator of the controller has set.
    public var settings: RunSettings

    /// The inputs of one report.
    public init(
        run: KubeObject, outcome: PlanOutcome, refusal: APIRefusal? = nil,
        observation: RunObservation = RunObservation(), effect: RunEffectResult? = nil,
        statusTime: Timestamp? = nil, now: Timestamp, settings: RunSettings = RunSettings()
    ) {
        self.run = run
        self.outcome = outcome
        self.refusal = refusal
        self.observation = observation
        self.effect = effect
        self.statusTime = statusTime
        self.now = now
        self.settings = settings
    }
}

/// A run's status and what goes with it.
public struct RunReport: Sendable, Hashable {
    /// The whole status as it should be; nil if it should stay as it is for now.
    public var status: JSONObject?
    /// What to tell the user, once the status is stored. Empty if the status does not differ from the run's own.
    public var events: [EventNote]
    /// What is to be done outside of the API server, once the status is stored; its outcome comes back as
    /// ``ReportInput/effect``, for the status to keep.
    public var effect: RunEffect?
    /// When to look again even if nothing changes; nil if only a change can matter.
    public var requeueAfter: Duration?
    /// Whether the run is over: its outcome is in this status, and its Jobs are of no interest any more. Effects that
    /// are still owed may follow.
    public var isFinal: Bool
    /// The uids of Jobs whose outcome is in this status, of a run that goes on: they are of no interest once they are
    /// gone.
    public var settledJobs: Set<String> = []
    /// How the run ended, in the one report that says so first: it is counted.
    public var ended: RunPhase?

    /// A report.
    public init(
        status: JSONObject?, events: [EventNote] = [], effect: RunEffect? = nil, requeueAfter: Duration? = nil,
        isFinal: Bool = false, ended: RunPhase? = nil
    ) {
        self.status = status
        self.events = events
        self.effect = effect
        self.requeueAfter = requeueAfter
        self.isFinal = isFinal
        self.ended = ended
    }
}

/// The API server's answer to a request that it did not carry out.
public struct APIRefusal: Sendable, Hashable {
    /// The HTTP status code.
    public var code: Int
    /// The answer's reason, such as `Invalid` or `Forbidden`.
    public var reason: String
    /// The answer's message.
    public var message: String
    /// Whether the name is taken by an object of somebody else.
    public var isNameConflict: Bool

    /// A refusal.
    public init(code: Int, reason: String, message: String, isNameConflict: Bool = false) {
        self.code = code
        self.reason = reason
        self.message = message
        self.isNameConflict = isNameConflict
    }

    /// An object of a planned name exists and belongs to somebody else.
    public static func nameConflict(_ key: ObjectKey, kind: String = "Job") -> APIRefusal {
        APIRefusal(
            code: 409, reason: "AlreadyExists",
            message: "a \(kind) \(key) exists already and does not belong to this run; delete it or rename the run",
            isNameConflict: true)
    }

    /// Whether the same request would fail again however often it is sent: the request itself is at fault, not the
    /// moment (quota, an admission webhook that is down, a busy server).
    public var isFinal: Bool { isNameConflict || [400, 413, 422].contains(code) }
}
