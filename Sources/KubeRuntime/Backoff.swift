/// How long to wait after the n-th failure in a row: exponential, capped, with jitter.
public struct Backoff: Sendable, Hashable {
    /// The wait after the first failure.
    public var initial: Duration
    /// By how much each further wait is longer; at least 1.
    public var factor: Double
    /// The longest wait, before jitter.
    public var maximum: Duration
    /// The largest share of a wait that is added at random, 0 for none: many clients that lose one server do not come
    /// back in one moment.
    public var jitter: Double

    /// A back-off.
    public init(initial: Duration, factor: Double = 2, maximum: Duration, jitter: Double = 0) {
        self.initial = initial
        self.factor = factor
        self.maximum = maximum
        self.jitter = jitter
    }

    /// For the items of a work queue: 5 ms, doubled up to 5 minutes.
    public static let item = Backoff(initial: .milliseconds(5), maximum: .seconds(300))
    /// For connections to the API server: 800 ms, doubled up to 30 s, up to as much again at random, which are
    /// client-go's figures.
    public static let connection = Backoff(initial: .milliseconds(800), maximum: .seconds(30), jitter: 1)

    /// The wait after a number of failures in a row.
    /// - Parameters:
    ///   - failures: the failures so far; what is below 1 counts as 1.
    ///   - chance: a number within 0 ..< 1 that decides the jitter.
    public func delay(afterFailures failures: Int, chance: Double = 0) -> Duration {
        var delay = initial
        var remaining = failures - 1
        while remaining > 0, delay < maximum {
            delay = delay * factor
            remaining -= 1
        }
        return min(delay, maximum) * (1 + jitter * chance)
    }
}
