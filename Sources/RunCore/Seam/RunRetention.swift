public import KubeObjects

/// How long runs are kept once they are over.
public struct RunRetention: Sendable, Hashable {
    /// What holds for runs that ended in one way.
    public struct Rule: Sendable, Hashable {
        /// How many are kept at most, the latest; nil for all.
        public var limit: Int?
        /// How long each is kept at most; nil for ever.
        public var timeToLive: Duration?

        /// A rule.
        public init(limit: Int? = nil, timeToLive: Duration? = nil) {
            self.limit = limit
            self.timeToLive = timeToLive
        }
    }

    /// Of runs that succeeded.
    public var succeeded: Rule
    /// Of all others: failed, timed out, cancelled, refused.
    public var failed: Rule

    /// A retention.
    public init(succeeded: Rule, failed: Rule) {
        self.succeeded = succeeded
        self.failed = failed
    }

    /// Which of a template's runs that are over are to be deleted now, the oldest first, and how long it is until the next
    /// one's time has come, should nothing else happen.
    public func verdict(on runs: [EndedRun], now: Timestamp) -> (superfluous: [EndedRun], next: Duration?) {
        var superfluous: [EndedRun] = []
        var next: Duration?
        let failures = runs.filter { !$0.succeeded }
        // Refusals may be many, and must not push out the failures that have logs.
        let (refused, others) = (failures.filter { !$0.hadJob }, failures.filter(\.hadJob))
        for (rule, runs) in [(succeeded, runs.filter(\.succeeded)), (failed, others), (failed, refused)] {
            let newestFirst = runs.sorted { ($1.end, $1.key) < ($0.end, $0.key) }
            for (position, run) in newestFirst.enumerated() {
                let rest = rule.timeToLive.map { $0 - (now - run.end) }
                if rule.limit.map({ position >= $0 }) == true || rest.map({ $0 <= .zero }) == true {
                    superfluous.append(run)
                } else if let rest {
                    next = min(next ?? rest, rest)
                }
            }
        }
        return (superfluous.sorted { ($0.end, $0.key) < ($1.end, $1.key) }, next)
    }
}

/// A run that is over, as far as it matters for how long it is kept.
public struct EndedRun: Sendable, Hashable {
    /// Namespace and name.
    public var key: ObjectKey
    /// The uid.
    public var uid: String
    /// The version in which it was seen.
    public var resourceVersion: String
    /// Whether it succeeded.
    public var succeeded: Bool
    /// Whether it ever had a Job.
    public var hadJob: Bool
    /// When it was over.
    public var end: Timestamp

    /// A run that is over.
    public init(
        key: ObjectKey, uid: String, resourceVersion: String, succeeded: Bool, hadJob: Bool = true, end: Timestamp
    ) {
        self.key = key
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.succeeded = succeeded
        self.hadJob = hadJob
        self.end = end
    }
}
