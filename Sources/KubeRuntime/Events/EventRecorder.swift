public import KubeClient
public import KubeObjects
import KubeWire
public import Logging
import Metrics
public import ServiceLifecycle
import Synchronization

/// Writes Events without keeping anybody waiting: notes are queued, repeats are counted, and what cannot be written is
/// dropped after a few tries. Events are for people; nothing may depend on them.
public final class EventRecorder: Service {
    private struct Pending: Sendable {
        var note: EventNote
        var object: KubeObject
    }

    private static let queueLimit = 1024
    private static let tries = 3

    private let client: KubeClient
    private let component: String
    private let time: TimeSource
    private let logger: Logger
    private let correlator: Mutex<EventCorrelator>
    private let pending: AsyncStream<Pending>
    private let input: AsyncStream<Pending>.Continuation
    private let dropped: Counter

    /// A recorder; it writes nothing before ``run()``.
    /// - Parameters:
    ///   - component: the controller's name, as `kubectl describe` shows it under "From".
    ///   - instance: which of its replicas, such as the pod's name.
    public init(
        client: KubeClient, component: String, instance: String, time: TimeSource = .system, logger: Logger
    ) {
        self.client = client
        self.component = component
        self.time = time
        self.logger = logger
        correlator = Mutex(EventCorrelator(component: component, instance: instance))
        (pending, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.queueLimit))
        dropped = Counter(label: "events_dropped_total", dimensions: [("component", component)])
    }

    /// Queues a note about an object. It never waits; if too many notes are queued, this one is dropped.
    public func record(_ note: EventNote, about object: KubeObject) {
        if case .dropped = input.yield(Pending(note: note, object: object)) { dropped.increment() }
    }

    /// Writes until the task is cancelled. When it is shut down it writes what is queued and ends.
    public func run() async throws {
        await withGracefulShutdownHandler {
            for await next in pending {
                if Task.isCancelled { return }
                let now = time.now()
                let write = correlator.withLock { $0.take(next.note, about: next.object, now: now) }
                if let write { await carryOut(write) }
            }
        } onGracefulShutdown: {
            self.input.finish()
        }
    }

    private func carryOut(_ write: EventCorrelator.Write) async {
        for attempt in 1...Self.tries {
            do {
                switch write {
                case .create(let event): try await create(event)
                case .count(let key, let patch, let event): try await count(key, patch, orCreate: event)
                }
                return
            } catch let status as KubeStatus where status.code < 500 && status.code != 429 {
                // The namespace is going, or events are not allowed: once more would be the same.
                logger.debug("an event was refused", metadata: ["error": "\(status)"])
                break
            } catch {
                if Task.isCancelled { return }
                logger.debug("an event could not be written", metadata: ["error": "\(error)"])
                if attempt < Self.tries {
                    try? await time.sleep(Backoff.connection.delay(afterFailures: attempt))
                }
            }
        }
        dropped.increment()
    }

    private func create(_ event: KubeObject) async throws {
        _ = try await client.create(
            .events, namespace: event.namespace, event, options: WriteOptions(fieldManager: component))
    }

    private func count(_ key: ObjectKey, _ patch: JSONValue, orCreate event: KubeObject) async throws {
        do {
            _ = try await client.patch(
                .events, namespace: key.namespace, name: key.name, type: .merge, patch,
                options: WriteOptions(fieldManager: component))
        } catch let status as KubeStatus where status.isNotFound {
            try await create(event)
        }
    }
}
