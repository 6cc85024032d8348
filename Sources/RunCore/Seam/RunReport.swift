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
    /// The current moment.
    public var now: Timestamp
    /// What the operator of the controller has set.
    public var settings: RunSettings

    /// The inputs of one report.
    public init(
        run: KubeObject, outcome: PlanOutcome, refusal: APIRefusal? = nil,
        observation: RunObservation = RunObservation(), now: Timestamp, settings: RunSettings = RunSettings()
    ) {
        self.run = run
        self.outcome = outcome
        self.refusal = refusal
        self.observation = observation
        self.now = now
        self.settings = settings
    }
}

/// A run's status and what goes with it.
public struct RunReport: Sendable, Hashable {
    /// The whole status as it should be; nil if it should stay as it is for now.
    public var status: JSONObject?
    /// What to tell the user, once the status is stored. Empty if the status does not differ from the run's own.
    public var events: [RunEvent]
    /// When to look again even if nothing changes; nil if only a change can matter.
    public var requeueAfter: Duration?
    /// Whether the run is over: nothing about it will change any more.
    public var isFinal: Bool

    /// A report.
    public init(
        status: JSONObject?, events: [RunEvent] = [], requeueAfter: Duration? = nil, isFinal: Bool = false
    ) {
        self.status = status
        self.events = events
        self.requeueAfter = requeueAfter
        self.isFinal = isFinal
    }
}

/// An Event on the run.
public struct RunEvent: Sendable, Hashable {
    /// The two types of Kubernetes' Events.
    public enum Severity: String, Sendable, Hashable {
        /// Something happened as it should.
        case normal = "Normal"
        /// Something needs attention.
        case warning = "Warning"
    }

    /// Whether it needs attention.
    public var severity: Severity
    /// The reason, UpperCamelCase.
    public var reason: String
    /// What happened.
    public var message: String

    /// An event.
    public init(_ severity: Severity, reason: String, message: String) {
        self.severity = severity
        self.reason = reason
        self.message = message
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
    /// The uid and kind of whoever owns the name, if the request failed because the name is taken.
    public var isNameConflict: Bool

    /// A refusal.
    public init(code: Int, reason: String, message: String, isNameConflict: Bool = false) {
        self.code = code
        self.reason = reason
        self.message = message
        self.isNameConflict = isNameConflict
    }

    /// A Job of the planned name exists and belongs to somebody else.
    public static func nameConflict(_ job: ObjectKey) -> APIRefusal {
        APIRefusal(
            code: 409, reason: "AlreadyExists",
            message: "a Job \(job) exists already and does not belong to this run; delete it or rename the run",
            isNameConflict: true)
    }

    /// Whether the same request would fail again however often it is sent: the request itself is at fault, not the
    /// moment (quota, an admission webhook that is down, a busy server).
    public var isFinal: Bool { isNameConflict || code == 422 || code == 400 }
}
