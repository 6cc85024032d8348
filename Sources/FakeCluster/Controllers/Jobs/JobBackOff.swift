import KubeObjects
import Synchronization

/// How long a Job waits before it replaces a failed pod: 10 s after the first failure, twice that after each further
/// one, 10 minutes at most; a success starts anew.
struct JobBackOff: Sendable, Hashable {
    static let initialDelay: Duration = .seconds(10)
    static let longestDelay: Duration = .seconds(600)

    private(set) var failures = 0
    private(set) var lastFailure: Timestamp?

    /// Counts pods that have newly ended.
    mutating func count(succeeded: [Timestamp], failed: [Timestamp]) {
        guard !succeeded.isEmpty || !failed.isEmpty else { return }
        var recent = failed.sorted()
        if let lastSuccess = succeeded.max() {
            self = JobBackOff()
            recent.removeAll { $0 <= lastSuccess }
        }
        failures += recent.count
        lastFailure = recent.last ?? lastFailure
    }

    /// How long is still to be waited.
    func remaining(at now: Timestamp) -> Duration {
        guard let lastFailure else { return .zero }
        return Self.remaining(failures: failures, since: lastFailure, at: now)
    }

    /// How long is still to be waited after so many failures, the last at a moment.
    static func remaining(failures: Int, since last: Timestamp, at now: Timestamp) -> Duration {
        guard failures > 0 else { return .zero }
        let delay = min(longestDelay, initialDelay * (1 << min(failures - 1, 10)))
        return max(.zero, last + delay - now)
    }
}

/// The back-off of each Job, kept while the controller runs.
final class JobBackOffTable: Sendable {
    private let records = Mutex<[String: JobBackOff]>([:])

    /// The back-off of a Job by uid; setting nil forgets it.
    subscript(uid: String) -> JobBackOff? {
        get { records.withLock { $0[uid] } }
        set { records.withLock { $0[uid] = newValue } }
    }
}
