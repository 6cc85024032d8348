public import KubeObjects
import KubeWire
public import Logging
public import ServiceLifecycle

/// Calls a ``Reconciler`` for the keys of a ``WorkQueue``, several at a time but each key once.
///
/// It starts when its informers show what the server has, so that no reconcile mistakes "not seen yet" for "not there".
/// When it is shut down it lets the reconciles in work end and starts no more.
public struct Controller: Service {
    /// The name in logs and metrics.
    public let name: String
    /// Where the keys come from: informers' handlers add to it.
    public let queue: WorkQueue

    private let reconciler: any Reconciler
    private let informers: [Informer]
    private let backlog: (@Sendable () -> [ObjectKey])?
    private let time: TimeSource
    private let logger: Logger
    private let metrics: ControllerMetrics

    /// A controller.
    /// - Parameters:
    ///   - name: the name in logs and metrics.
    ///   - reconciler: what is called.
    ///   - informers: what it reads; they are run by somebody else.
    ///   - queue: where the keys come from; nil for a new one.
    ///   - backlog: all keys there are, to begin with. With it the queue is closed while the controller does not work: a
    ///     standby's would grow for as long as it stands by. Without, keys wait for the controller.
    ///   - concurrency: of a new queue, how many keys are looked at at once; at least 1.
    ///   - backoff: of a new queue, how long a key waits after each failure in a row.
    ///   - time: where waits get their time from.
    ///   - logger: is told of failures.
    public init(
        name: String, reconciler: any Reconciler, informers: [Informer], queue: WorkQueue? = nil,
        backlog: (@Sendable () -> [ObjectKey])? = nil, concurrency: Int = 4, backoff: Backoff = .item,
        time: TimeSource = .system, logger: Logger
    ) {
        self.name = name
        self.reconciler = reconciler
        self.informers = informers
        self.backlog = backlog
        self.time = time
        var logger = logger
        logger[metadataKey: "controller"] = "\(name)"
        self.logger = logger
        self.queue = queue ?? WorkQueue(name: name, concurrency: concurrency, backoff: backoff, time: time)
        metrics = ControllerMetrics(controller: name, concurrency: self.queue.concurrency)
        if backlog != nil { self.queue.close() }
    }

    /// Works until the task is cancelled or shut down.
    public func run() async throws {
        guard await waitForInformers() else { return }
        logger.info("controller starts")
        if let backlog {
            queue.open()
            for key in backlog() { queue.add(key, isBacklog: true) }
        }
        defer { if backlog != nil { queue.close() } }
        await withGracefulShutdownHandler {
            await work()
        } onGracefulShutdown: {
            queue.shutDown()
        }
    }

    /// Returns whether the informers are in step; false if the task was cancelled or shut down first.
    private func waitForInformers() async -> Bool {
        do {
            return try await cancelWhenGracefulShutdown {
                for informer in self.informers { try await informer.waitUntilSynced() }
                return true
            }
        } catch {
            return false
        }
    }

    private func work() async {
        await withDiscardingTaskGroup { group in
            while let key = await queue.next() {
                group.addTask {
                    await self.process(key)
                    self.queue.done(key)
                }
            }
        }
    }

    private func process(_ key: ObjectKey) async {
        let begin = time.now()
        metrics.began()
        do {
            switch try await reconciler.reconcile(key) {
            case .awaitChange:
                queue.forget(key)
                metrics.ended(.success, after: time.now() - begin)
            case .requeue(let delay):
                queue.forget(key)
                // From when it was looked at: time has passed since, and a moment that was missed is none that is waited for.
                queue.add(key, after: max(delay - (time.now() - begin), .zero))
                metrics.ended(.requeueAfter, after: time.now() - begin)
            case .retry:
                queue.retry(key)
                metrics.ended(.requeueAfter, after: time.now() - begin)
            }
        } catch let error as TerminalError {
            queue.forget(key)
            metrics.ended(.error, isTerminal: true, after: time.now() - begin)
            logger.error("reconcile failed for good", metadata: ["object": "\(key)", "error": "\(error)"])
        } catch {
            metrics.ended(.error, after: time.now() - begin)
            // Who is cancelled has lost the lease, most likely, and may win it back: what was begun is still to be done.
            if Task.isCancelled { return queue.add(key) }
            let urgent = error as? UrgentError
            let asked = ((urgent?.cause ?? error) as? KubeStatus)?.askedWait ?? .zero
            let delay = queue.retry(key, after: asked, within: urgent?.limit)
            logger.warning(
                "reconcile failed", metadata: ["object": "\(key)", "error": "\(error)", "retryAfter": "\(delay)"])
        }
    }
}
