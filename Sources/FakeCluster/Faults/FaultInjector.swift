import KubeObjects
import KubeWire
import Logging
import Synchronization

/// Makes a plan's faults on the requests that pass, in process and over HTTPS alike. The cluster's own controllers and
/// pods do not pass here: they go on undisturbed.
public final class FaultInjector: Sendable {
    /// What befalls one request.
    struct Strike: Sendable {
        var delay: Duration = .zero
        var fault: FaultPlan.Fault?
    }

    struct RuleState {
        let rule: FaultPlan.Rule
        fileprivate var random: FaultRandom
        fileprivate var seen = 0
        fileprivate var struck = 0
    }

    struct State {
        var rules: [RuleState] = []
        var start: Timestamp
        var isPartitioned = false
        /// The streams that are open, by number.
        var streams: [UInt64: OpenStream] = [:]
        var nextStream: UInt64 = 0
        /// Waits for the next partition that is planned.
        var timer: Task<Void, Never>?
        /// How often the cluster has stopped.
        var stops = 0
    }

    let state: Mutex<State>
    let time: TimeSource
    private let logger: Logger

    init(plan: FaultPlan?, time: TimeSource, logger: Logger) {
        self.time = time
        self.logger = logger
        state = Mutex(State(start: time.now()))
        if let plan { replace(with: plan) }
    }

    deinit { state.withLock { $0.timer?.cancel() } }

    /// Goes on with another plan, from its beginning: its counts are zero, and its time starts now.
    public func replace(with plan: FaultPlan) {
        let now = time.now()
        state.withLock { state in
            state.start = now
            state.rules = plan.rules.enumerated().map { index, rule in
                RuleState(rule: rule, random: FaultRandom(seed: plan.seed, stream: UInt64(index)))
            }
        }
        cutPartitioned()
    }

    /// Whether nothing gets through: requests are cut before they are carried out, and so are streams that are open.
    public var isPartitioned: Bool {
        get { state.withLock(\.isPartitioned) }
        set {
            logger.notice("fault: partition \(newValue ? "begins" : "ends")")
            state.withLock { $0.isPartitioned = newValue }
            cutPartitioned()
        }
    }

    /// How often the rules of this name have struck.
    public func strikes(of name: String) -> Int {
        state.withLock { state in state.rules.reduce(0) { $0 + ($1.rule.name == name ? $1.struck : 0) } }
    }

    /// What befalls a request; nil for nothing.
    func strike(_ subject: FaultSubject, _ request: WireRequest) -> Strike? {
        if isPartitioned { return Strike(fault: .partition) }
        guard state.withLock({ !$0.rules.isEmpty }) else { return nil }
        let now = time.now()
        var reports: [String] = []
        let strike = state.withLock { state in
            var strike = Strike()
            for index in state.rules.indices {
                let rule = state.rules[index].rule
                let isLatency = if case .latency = rule.fault { true } else { false }
                guard subject.isMatched(by: rule), state.rules[index].strikes(at: now - state.start) else { continue }
                guard isLatency || strike.fault == nil else { continue }
                state.rules[index].struck += 1
                if case .latency(let fixed, let jitter) = rule.fault {
                    strike.delay += fixed + jitter * state.rules[index].random.nextFraction()
                } else {
                    strike.fault = rule.fault
                }
                reports.append("\(rule.name): \(rule.fault)")
            }
            return strike
        }
        for report in reports { logger.notice("fault: \(report) on \(request.method) \(request.path)") }
        return reports.isEmpty ? nil : strike
    }
}

extension FaultInjector.RuleState {
    /// Counts a request that the rule is about, and says whether the rule strikes it. Chance is drawn for each one, so
    /// that what one request meets does not depend on the clock.
    fileprivate mutating func strikes(at age: Duration) -> Bool {
        let schedule = rule.schedule
        seen += 1
        let isDrawn = schedule.probability >= 1 || random.nextFraction() < schedule.probability
        if let nth = schedule.nth, seen != nth { return false }
        if let every = schedule.every, !seen.isMultiple(of: every) { return false }
        if let limit = schedule.limit, struck >= limit { return false }
        return isDrawn && schedule.isOpen(at: age)
    }
}

/// Numbers that a seed repeats (SplitMix64), one stream for each rule: a rule's chances do not depend on its neighbours.
private struct FaultRandom: Sendable {
    private var state: UInt64

    init(seed: UInt64, stream: UInt64) {
        state = seed &+ stream &* 0xd134_2543_de82_ef95
    }

    /// A number from 0 to 1, 1 itself not included.
    mutating func nextFraction() -> Double {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        mixed ^= mixed >> 31
        return Double(mixed >> 11) / Double(1 << 53)
    }
}
