/// A moment, as the API writes it (RFC 3339, UTC): seconds and nanoseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Whole seconds since the epoch; negative before it.
    public var seconds: Int64
    /// The part below a second, 0 ..< 1,000,000,000.
    public var nanoseconds: Int32

    /// A moment. Nanoseconds must be within 0 ..< 1,000,000,000.
    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Earlier moments come first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// The latest moment that RFC 3339 can write, 9999-12-31T23:59:59Z, and the earliest, 0000-01-01T00:00:00Z.
    private static let (earliest, latest): (Int64, Int64) = (-62_167_219_200, 253_402_300_799)

    /// The time from one moment to another; negative if the second is later.
    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        .seconds(left.seconds) - .seconds(right.seconds)
            + .nanoseconds(Int64(left.nanoseconds) - Int64(right.nanoseconds))
    }

    /// A moment that much later, within the years that RFC 3339 can write: a client may name any number of seconds.
    public static func + (left: Timestamp, right: Duration) -> Timestamp {
        let (seconds, attoseconds) = right.components
        let nanoseconds = Int64(left.nanoseconds) + attoseconds / 1_000_000_000
        let carry = nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : -((999_999_999 - nanoseconds) / 1_000_000_000)
        let (sum, isOverflow) = left.seconds.addingReportingOverflow(seconds)
        guard !isOverflow, sum > earliest, sum < latest else {
            let isLate = isOverflow ? seconds > 0 : sum >= latest
            return Timestamp(seconds: isLate ? latest : earliest)
        }
        return Timestamp(seconds: sum + carry, nanoseconds: Int32(nanoseconds - carry * 1_000_000_000))
    }

    /// The moment cut to whole seconds, which is what `metav1.Time` stores.
    public var wholeSeconds: Timestamp { Timestamp(seconds: seconds) }
}
