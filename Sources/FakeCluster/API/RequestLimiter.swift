import KubeWire
import Synchronization

/// Bounds how many requests are worked on at once, as the filter `max-in-flight` of a real server does: those that read
/// and those that write apart. Watches, logs and the like last long and do not count.
final class RequestLimiter: Sendable {
    /// How many requests at once; 0 is no limit.
    struct Limits: Sendable {
        /// Requests that only read (`--max-requests-inflight`).
        var reading = 400
        /// Requests that write (`--max-mutating-requests-inflight`).
        var writing = 200
    }

    /// A request's place, to be given back when it is answered.
    struct Place: Sendable {
        fileprivate let reads: Bool
    }

    private struct Counts {
        var reading = 0
        var writing = 0

        subscript(reads: Bool) -> Int {
            get { reads ? reading : writing }
            set { if reads { reading = newValue } else { writing = newValue } }
        }
    }

    private static let readingVerbs: Set = ["get", "list", "watch"]

    private let limits: Limits
    private let counts = Mutex(Counts())

    init(_ limits: Limits) { self.limits = limits }

    /// What came of asking for a place.
    enum Entry: Sendable {
        /// The request counts, and holds a place.
        case counted(Place)
        /// The request does not count.
        case uncounted
        /// There is no place.
        case refused
    }

    /// Takes a place for a request. Whoever is in `system:masters` is let in even where there is none.
    func enter(_ target: RequestTarget, user: UserIdentity) -> Entry {
        if target.isLasting { return .uncounted }
        let reads = Self.readingVerbs.contains(target.verb)
        let limit = reads ? limits.reading : limits.writing
        guard limit > 0 else { return .uncounted }
        let isIn = counts.withLock { counts in
            guard counts[reads] < limit else { return false }
            counts[reads] += 1
            return true
        }
        if isIn { return .counted(Place(reads: reads)) }
        return user.groups.contains("system:masters") ? .uncounted : .refused
    }

    /// Gives a place back.
    func leave(_ place: Place) { counts.withLock { $0[place.reads] -= 1 } }
}
