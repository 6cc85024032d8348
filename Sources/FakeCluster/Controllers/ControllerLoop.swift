import KubeObjects
import Logging

/// Turns keys into reconciliations: the loop that every built-in controller runs in.
///
/// Level-triggered: a reconciliation gets a key only, reads the present state and writes what differs. One that throws
/// comes again after a growing delay; one that returns a delay comes again after it.
struct ControllerLoop<Key: Hashable & Sendable>: Sendable {
    let queue: WorkQueue<Key>
    let time: TimeSource
    let logger: Logger
    /// How many keys are worked on at once.
    var concurrency = 16

    /// Runs until cancelled.
    /// - Parameters:
    ///   - feed: adds keys to the queue as things change; runs beside the work.
    ///   - reconcile: brings one key in order; returns when to look again, if not only on the next change.
    func run(
        feed: @escaping @Sendable () async -> Void,
        reconcile: @escaping @Sendable (Key) async throws -> Duration?
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await feed() }
            group.addTask { await runTimers() }
            group.addTask { await dispatch(reconcile) }
        }
    }

    private func dispatch(_ reconcile: @escaping @Sendable (Key) async throws -> Duration?) async {
        await withTaskGroup(of: Void.self) { group in
            var started = 0
            for await key in queue.keys {
                guard !Task.isCancelled else { return }
                if started >= concurrency { await group.next() }
                started += 1
                queue.begin(key)
                group.addTask { await work(on: key, reconcile) }
            }
        }
    }

    private func work(on key: Key, _ reconcile: @Sendable (Key) async throws -> Duration?) async {
        do {
            let delay = try await reconcile(key)
            queue.done(key)
            if let delay { queue.add(key, after: delay) }
        } catch {
            if !Task.isCancelled {
                logger.debug("reconciliation failed", metadata: ["key": "\(key)", "error": "\(error)"])
            }
            queue.retry(key)
        }
    }

    private func runTimers() async {
        await withDiscardingTaskGroup { group in
            for await timer in queue.timers {
                group.addTask {
                    guard (try? await time.sleep(timer.delay)) != nil else { return }
                    queue.fire(timer)
                }
            }
        }
    }
}
