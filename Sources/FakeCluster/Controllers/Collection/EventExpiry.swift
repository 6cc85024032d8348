import KubeObjects
import KubeWire
import Logging

/// Removes Events an hour after they were last written, as the real server's store does (`--event-ttl`).
struct EventExpiry: Sendable {
    let access: any ClusterAccess
    let time: TimeSource
    let logger: Logger
    /// How long an event lives.
    var timeToLive: Duration = .seconds(3600)

    private struct Candidate: Sendable {
        var key: ObjectKey
        var version: String?
        var due: Timestamp
    }

    /// Runs until cancelled.
    func run() async {
        let (candidates, continuation) = AsyncStream<Candidate>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await change in access.changes(of: [.events]) where change.kind != .deleted {
                    let event = change.object
                    // What was there at the start counts from its own time, the rest from now. An event may tell of long
                    // ago: it lives as long as any from when it was made.
                    let times = [event["lastTimestamp"]?.string.flatMap(Timestamp.init), event.creationTimestamp]
                    let now = time.now()
                    continuation.yield(
                        Candidate(
                            key: event.key, version: event.resourceVersion,
                            due: min(times.compactMap(\.self).max() ?? now, now) + timeToLive))
                }
            }
            group.addTask {
                // All live equally long, so the first written is the first due.
                for await candidate in candidates {
                    let left = candidate.due - time.now()
                    if left > .zero, (try? await time.sleep(left)) == nil { return }
                    await remove(candidate)
                }
            }
        }
    }

    private func remove(_ candidate: Candidate) async {
        do throws(KubeStatus) {
            try await access.delete(
                .events, candidate.key, DeletionOptions(resourceVersion: candidate.version))
        } catch {
            // Written again meanwhile, or gone.
            if error.isConflict || error.isNotFound { return }
            logger.debug("event not removed", metadata: ["event": "\(candidate.key)", "error": "\(error)"])
        }
    }
}
