import KubeClient
import KubeObjects
import KubeWire

/// What an observer sees.
enum ObjectObservation: Sendable {
    /// All objects there are.
    case all([KubeObject])
    /// An object is new or has changed.
    case changed(KubeObject)
    /// An object is gone; its last state.
    case removed(KubeObject)
    /// The connection is lost and will be tried again.
    case interrupted(any Error)
}

/// Keeps an eye on objects for the time of a command: lists, watches, and begins anew when the watch breaks.
struct ObjectObserver: Sendable {
    let client: KubeClient
    let resource: APIResource
    /// Nil for all, and for resources without namespaces.
    let namespace: String?
    var labelSelector: String?
    var fieldSelector: String?
    let time: TimeSource

    /// How long to wait before the next try: doubled with each failure.
    private static let firstDelay = Duration.milliseconds(200)
    private static let longestDelay = Duration.seconds(5)

    /// Observes until the task is cancelled.
    /// - Throws: What will not get better by trying again: a refusal, a wrong address, TLS.
    func observe(_ report: (ObjectObservation) -> Void) async throws {
        var delay = Self.firstDelay
        while true {
            do {
                let list = try await page()
                report(.all(list.items))
                delay = Self.firstDelay
                try await watch(from: list.resourceVersion, report)
            } catch {
                guard Self.isTransient(error) else { throw error }
                report(.interrupted(error))
                try await time.sleep(delay * Double.random(in: 0.8...1.2))
                delay = min(delay * 2, Self.longestDelay)
            }
        }
    }

    /// The objects as they are now.
    func list() async throws -> [KubeObject] { try await page().items }

    private func page() async throws -> ObjectList {
        try await client.list(
            resource, namespace: namespace,
            options: ListOptions(labelSelector: labelSelector, fieldSelector: fieldSelector))
    }

    /// Watches as long as the server can go on from the last version; returns when a new list is needed.
    private func watch(from version: String, _ report: (ObjectObservation) -> Void) async throws {
        var version = version
        while true {
            let stream = try await client.watch(
                resource, namespace: namespace,
                options: WatchOptions(
                    labelSelector: labelSelector, fieldSelector: fieldSelector, resourceVersion: version))
            for try await event in stream {
                switch event {
                case .added(let object), .modified(let object): report(.changed(object))
                case .deleted(let object): report(.removed(object))
                case .bookmark: break
                case .error(let status) where status.isGone: return
                case .error(let status): throw status
                }
                version = event.object?.resourceVersion ?? version
            }
        }
    }

    /// Whether the same request may succeed a little later.
    static func isTransient(_ error: any Error) -> Bool {
        switch error {
        case let status as KubeStatus: status.code == 429 || status.code >= 500 || status.isGone
        case let error as TransportError:
            [.connectionLost, .timedOut, .unreachable, .malformedResponse].contains(error.code)
        default: false
        }
    }
}
