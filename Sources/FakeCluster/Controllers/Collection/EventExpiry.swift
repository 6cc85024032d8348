import KubeObjects
import KubeWire
import Logging
import Synchronization

/// Removes Events an hour after they were last written, as the real server's store does (`--event-ttl`).
final class EventExpiry: Sendable {
    /// How long an event lives.
    private static let timeToLive = Duration.seconds(3600)
    /// How often in an event's life it is looked whether that is over.
    private static let looks = 60

    private struct Candidate: Sendable {
        var version: String?
        var due: Timestamp
    }

    private let access: any ClusterAccess
    private let time: TimeSource
    private let logger: Logger
    /// The events that are there. Of those that are gone nothing is kept: a busy cluster makes many in an hour, and deletes
    /// most of them.
    private let candidates = Mutex<[ObjectKey: Candidate]>([:])

    init(access: any ClusterAccess, time: TimeSource, logger: Logger) {
        (self.access, self.time, self.logger) = (access, time, logger)
    }

    /// Runs until cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await change in self.access.changes(of: [.events]) {
                    let candidate = change.kind == .deleted ? nil : self.candidate(change.object)
                    self.candidates.withLock { $0[change.object.key] = candidate }
                }
            }
            group.addTask {
                while (try? await self.time.sleep(Self.timeToLive / Self.looks)) != nil { await self.removeOld() }
            }
        }
    }

    private func removeOld() async {
        let now = time.now()
        for (key, candidate) in candidates.withLock({ $0.filter { $0.value.due <= now } }) {
            await remove(key, version: candidate.version)
        }
    }

    private func candidate(_ event: KubeObject) -> Candidate {
        // What was there at the start counts from its own time, the rest from now. An event may tell of long ago: it lives
        // as long as any from when it was made.
        let times = [event["lastTimestamp"]?.string.flatMap(Timestamp.init), event.creationTimestamp]
        let now = time.now()
        return Candidate(
            version: event.resourceVersion, due: min(times.compactMap(\.self).max() ?? now, now) + Self.timeToLive)
    }

    private func remove(_ key: ObjectKey, version: String?) async {
        do throws(KubeStatus) {
            try await access.delete(.events, key, DeletionOptions(resourceVersion: version))
        } catch {
            // Written again meanwhile, or gone.
            if error.isConflict || error.isNotFound { return }
            logger.debug("event not removed", metadata: ["event": "\(key)", "error": "\(error)"])
        }
    }
}
