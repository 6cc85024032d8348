import KubeObjects

/// How long a container or an image waits before it is tried again, as the kubelet counts: the first time at once, then
/// 10 s, twice that each time, 5 minutes at most, and from the beginning after 10 minutes without trouble.
struct RestartBackOff: Sendable, Hashable {
    static let initialDelay: Duration = .seconds(10)
    static let longestDelay: Duration = .seconds(300)

    private var next: Duration = .zero
    private var lastFailure: Timestamp?

    /// Counts a failure; returns how long to wait before the next try.
    mutating func failed(at now: Timestamp) -> Duration {
        if let lastFailure, now - lastFailure > Self.longestDelay * 2 { next = .zero }
        lastFailure = now
        let delay = next
        next = next == .zero ? Self.initialDelay : min(next * 2, Self.longestDelay)
        return delay
    }
}

extension Duration {
    /// As Go writes whole seconds and minutes: `10s`, `1m20s`, `5m0s`.
    var goDescription: String {
        let seconds = components.seconds
        return seconds < 60 ? "\(seconds)s" : "\(seconds / 60)m\(seconds % 60)s"
    }
}
