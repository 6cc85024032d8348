import KubeObjects

/// What a candidate for a lease decides (coordination.k8s.io/v1, as client-go's leader election uses it).
///
/// Other machines' clocks are not trusted: a lease has run out when it was not seen to change for its duration by the
/// clock here. The candidate itself stops leading well before that, at its renew deadline.
struct LeaderElectionState: Sendable {
    /// What happened.
    enum Event: Sendable, Hashable {
        /// The candidate was started, or waited as long as it was told.
        case ready
        /// The lease was read.
        case found(KubeObject)
        /// There is no lease.
        case missing
        /// The lease was written as it was asked for, and is this now.
        case written(KubeObject)
        /// The lease changed before it could be written.
        case conflict
        /// A request failed, or took too long.
        case failed
    }

    /// What is to be done next.
    enum Action: Sendable, Hashable {
        case read
        case create(KubeObject)
        /// Replace the lease, at its version only.
        case update(KubeObject)
        /// Wait, then say `ready`.
        case wait(Duration)
    }

    private let configuration: LeaderElector.Configuration
    /// Until when this candidate leads without another renewal; nil if it does not lead.
    private(set) var leadsUntil: Timestamp?
    private var observed: KubeObject?
    private var observedAt = Timestamp(seconds: 0)
    /// When the write that is under way was decided: the lease counts from there, not from the answer.
    private var writtenAt = Timestamp(seconds: 0)
    private var random: SplitMix64

    init(_ configuration: LeaderElector.Configuration, seed: UInt64) {
        self.configuration = configuration
        random = SplitMix64(seed: seed)
    }

    var isLeading: Bool { leadsUntil != nil }

    mutating func handle(_ event: Event, now: Timestamp) -> Action {
        if let leadsUntil, now >= leadsUntil { self.leadsUntil = nil }
        switch event {
        case .ready:
            guard isLeading, let lease = observed else { return .read }
            return .update(claimed(lease, now: now))
        case .found(let lease): return found(lease, now: now)
        case .missing:
            leadsUntil = nil
            return .create(claimed(nil, now: now))
        case .written(let lease):
            observe(lease, now: now)
            leadsUntil = writtenAt + configuration.renewDeadline
            return .wait(configuration.retryPeriod)
        case .conflict: return .read
        case .failed: return .wait(pause(now: now))
        }
    }

    /// The lease given back, for the next candidate to take at once; nil if this one does not lead.
    mutating func release(now: Timestamp) -> KubeObject? {
        guard isLeading, var lease = observed else { return nil }
        leadsUntil = nil
        var spec = lease["spec"] ?? [:]
        spec["holderIdentity"] = nil
        spec["leaseDurationSeconds"] = 1
        spec["renewTime"] = .string(now.rfc3339Micro)
        spec["acquireTime"] = .string(now.rfc3339Micro)
        lease["spec"] = spec
        return lease
    }

    private mutating func found(_ lease: KubeObject, now: Timestamp) -> Action {
        observe(lease, now: now)
        let holder = lease[path: "spec", "holderIdentity"]?.string ?? ""
        if holder == configuration.identity { return .update(claimed(lease, now: now)) }
        leadsUntil = nil
        let duration = Duration.seconds(lease[path: "spec", "leaseDurationSeconds"]?.integer ?? 0)
        if holder.isEmpty || now >= observedAt + duration { return .update(claimed(lease, now: now)) }
        return .wait(pause(now: now))
    }

    private mutating func observe(_ lease: KubeObject, now: Timestamp) {
        if observed?.uid != lease.uid || observed?["spec"] != lease["spec"] { observedAt = now }
        observed = lease
    }

    /// The lease with this candidate as its holder.
    private mutating func claimed(_ lease: KubeObject?, now: Timestamp) -> KubeObject {
        writtenAt = now
        var claimed =
            lease
            ?? KubeObject(
                apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace: configuration.namespace,
                name: configuration.name)
        let old = claimed["spec"]
        let isRenewal = old?["holderIdentity"]?.string == configuration.identity
        var spec = old ?? [:]
        spec["holderIdentity"] = .string(configuration.identity)
        spec["leaseDurationSeconds"] = .integer(configuration.leaseDuration.components.seconds)
        if !isRenewal || old?["acquireTime"] == nil { spec["acquireTime"] = .string(now.rfc3339Micro) }
        spec["renewTime"] = .string(now.rfc3339Micro)
        let transitions = old?["leaseTransitions"]?.integer ?? 0
        spec["leaseTransitions"] = .integer(old == nil || isRenewal ? transitions : transitions + 1)
        claimed["spec"] = spec
        return claimed
    }

    /// Up to a fifth longer than the period, so that candidates do not move in step; a leader wastes no time.
    private mutating func pause(now: Timestamp) -> Duration {
        guard let leadsUntil else { return configuration.retryPeriod * (1 + 0.2 * random.chance()) }
        return min(configuration.retryPeriod, leadsUntil - now)
    }
}
