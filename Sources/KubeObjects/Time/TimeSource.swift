#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where a part that waits or stamps gets its time from, so that tests can run hours in a moment.
///
/// The parts that use it take one when they are made; nothing else in the code reads a clock.
public struct TimeSource: Sendable {
    /// The current moment.
    public var now: @Sendable () -> Timestamp
    /// Waits; throws `CancellationError` when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void

    /// A source made of a clock and a way to wait on it.
    public init(
        now: @escaping @Sendable () -> Timestamp, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The machine's own time.
    public static let system = TimeSource(
        now: {
            var time = timespec()
            unsafe clock_gettime(CLOCK_REALTIME, &time)
            return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
        },
        sleep: { duration in
            let end = ContinuousClock.now + duration
            while end - ContinuousClock.now > longestNap { try await Task.sleep(for: longestNap) }
            try await Task.sleep(until: end)
        })

    /// A wait that is cancelled leaves its timer and 6 KB behind until the time has come that it was to wait for. A server
    /// that tells its watches of a thousand changes a second ends a wait for each, which may have been for an hour.
    private static let longestNap = Duration.seconds(5)
}
