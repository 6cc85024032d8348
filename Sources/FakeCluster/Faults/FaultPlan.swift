/// Faults that a cluster makes on purpose, so that clients can be tested against them.
///
/// A plan is deterministic: the same seed and the same requests in the same order meet the same faults.
public struct FaultPlan: Sendable, Hashable {
    /// What goes wrong.
    public enum Fault: Sendable, Hashable {
        /// The answer comes later, by a fixed time and up to `jitter` more.
        case latency(Duration, jitter: Duration = .zero)
        /// An error instead of the answer. With `carriedOut` the request is carried out first, as when a server fails
        /// between its store and its client.
        case error(ErrorAnswer, carriedOut: Bool = false)
        /// The connection is cut without an answer, before the request is carried out or after.
        case cut(carriedOut: Bool = false)
        /// A watch or a log breaks off in the middle of the line that follows `lines` whole ones.
        case cutStream(lines: Int = 0)
        /// A watch ends with an `ERROR` event of code 410 after `lines` events.
        case expireWatch(lines: Int = 0)
        /// A list shows how things were so many writes of the cluster ago.
        case staleList(behind: Int)
        /// Nothing gets through: requests are cut before they are carried out, and so are the streams that are open.
        /// Lasts as the rule's ``Schedule/after`` and ``Schedule/until`` say.
        case partition
    }

    /// The error answers, in the words of a real server.
    public enum ErrorAnswer: Sendable, Hashable {
        /// 409, the object has been modified: for updates, patches and deletions.
        case conflict
        /// 429 with `Retry-After`, as priority and fairness refuse.
        case tooManyRequests(retryAfter: Int = 1)
        /// 500, the store's time ran out.
        case internalError
        /// 503 with `Retry-After`, unless that is 0, as of a server that is starting.
        case unavailable(retryAfter: Int = 5)
        /// 504, the request's time ran out.
        case timeout
        /// 410, the version asked for is no longer kept: for lists and watches.
        case expired
    }

    /// Which requests a rule is about; an empty list matches all. A `*` in a pattern stands for any text.
    public struct Match: Sendable, Hashable {
        /// Verbs as RBAC has them: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`.
        public var verbs: [String] = []
        /// Resources: `pods`, `jobs.batch`, `pods/log`, `jobs.batch/status`. Without a subresource, the resource alone.
        public var resources: [String] = []
        /// Patterns of namespaces.
        public var namespaces: [String] = []
        /// Patterns of object names.
        public var names: [String] = []
        /// Patterns of user names.
        public var users: [String] = []
        /// Patterns of the header `User-Agent`.
        public var userAgents: [String] = []

        /// All requests.
        public init() {}
    }

    /// When a rule strikes, of the requests that it is about.
    public struct Schedule: Sendable, Hashable {
        /// Only the request of this number, counted from 1.
        public var nth: Int?
        /// Only each request whose number is a multiple of this.
        public var every: Int?
        /// How likely it is, from 0 to 1.
        public var probability: Double = 1
        /// How often at most.
        public var limit: Int?
        /// Not before so much time after the plan's start.
        public var after: Duration = .zero
        /// Not later than so much time after the plan's start.
        public var until: Duration?

        /// Always.
        public init() {}
    }

    /// One rule.
    public struct Rule: Sendable, Hashable {
        /// What the log calls the rule.
        public var name: String
        /// Which requests it is about.
        public var match: Match
        /// When it strikes.
        public var schedule: Schedule
        /// What goes wrong.
        public var fault: Fault

        /// A rule.
        public init(_ name: String, _ fault: Fault, match: Match = Match(), schedule: Schedule = Schedule()) {
            self.name = name
            self.match = match
            self.schedule = schedule
            self.fault = fault
        }
    }

    /// Where chance comes from.
    public var seed: UInt64
    /// The rules. Every latency that strikes is added; of the other faults the first that strikes is made.
    public var rules: [Rule]

    /// A plan.
    public init(seed: UInt64 = 0, rules: [Rule] = []) {
        self.seed = seed
        self.rules = rules
    }
}

extension FaultPlan.Fault: CustomStringConvertible {
    /// The fault as the log names it.
    public var description: String {
        let when: (Bool) -> String = { $0 ? " after the request was carried out" : "" }
        return switch self {
        case .latency(let fixed, let jitter): jitter > .zero ? "latency \(fixed) + \(jitter)" : "latency \(fixed)"
        case .error(let answer, let carriedOut): "\(answer)\(when(carriedOut))"
        case .cut(let carriedOut): "connection cut\(when(carriedOut))"
        case .cutStream(let lines): "stream cut after \(lines) lines"
        case .expireWatch(let lines): "watch expired after \(lines) events"
        case .staleList(let behind): "list \(behind) writes old"
        case .partition: "partition"
        }
    }
}
