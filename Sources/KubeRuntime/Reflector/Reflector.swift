import KubeClient
import KubeObjects
import KubeWire
import Logging
import Synchronization

/// Follows the objects of one resource, in one namespace or all: does what a ``ReflectorState`` decides.
final class Reflector: Sendable {
    /// What is followed.
    struct Scope: Sendable {
        var resource: APIResource
        /// Nil for all namespaces.
        var namespace: String?
        var labelSelector: String?
        var fieldSelector: String?
        /// What of an object is kept, asked as soon as it is read; nil for nothing. Of a long list only what is kept is ever
        /// in memory as a whole.
        var keep: @Sendable (KubeObject) -> KubeObject? = { $0 }
    }

    private let client: KubeClient
    private let scope: Scope
    private let time: TimeSource
    private let logger: Logger
    private let metrics: ReflectorMetrics
    private let state: Mutex<ReflectorState>
    private let watchTimeout: Duration
    private let apply: @Sendable (StoreUpdate) -> Void
    private let synced = Latch()
    /// Opens when the store shows what the server has, or the server says that it does not have the resource.
    let answered = Latch()
    private let lastSign: Mutex<Timestamp>

    /// - Parameter apply: is told what to do to the store, by one task at a time.
    init(
        client: KubeClient, scope: Scope, streamingList: Bool, seed: UInt64, time: TimeSource, logger: Logger,
        apply: @escaping @Sendable (StoreUpdate) -> Void
    ) {
        self.client = client
        self.scope = scope
        self.time = time
        var logger = logger
        logger[metadataKey: "resource"] = "\(scope.resource.groupResource)"
        if let namespace = scope.namespace { logger[metadataKey: "namespace"] = "\(namespace)" }
        self.logger = logger
        self.apply = apply
        metrics = ReflectorMetrics(resource: scope.resource)
        lastSign = Mutex(time.now())
        state = Mutex(ReflectorState(streamingList: streamingList, seed: seed))
        // Five to ten minutes, as client-go: the server's side of a dead connection is not kept for ever, and the
        // watches of many clients do not end in one moment.
        var random = SplitMix64(seed: seed)
        watchTimeout = .seconds(300 + Int64(300 * random.chance()))
    }

    /// When the server was last asked or heard of. However quiet the cluster, a watch ends and begins again in time.
    var lastActivity: Timestamp { lastSign.withLock { $0 } }

    var phase: InformerPhase { state.withLock(\.phase) }

    /// Whether the store has shown what the server has.
    var hasSynced: Bool { synced.isOpen }

    /// Waits until the store shows what the server has.
    func waitUntilSynced() async throws { try await synced.wait() }

    /// Follows until the task is cancelled.
    func run() async {
        var action = handle(.ready)
        while !Task.isCancelled {
            switch action {
            case .list(let token, let limit): action = await list(continue: token, limit: limit)
            case .watch(let version, let initialEvents):
                action = await watch(from: version, initialEvents: initialEvents)
            case .wait(let duration):
                try? await time.sleep(duration)
                action = handle(.ready)
            case .read:
                // Only an open watch is read, and `watch` does not return while it is.
                action = handle(.failed(.other))
            }
        }
    }

    /// Lets the state decide, and carries out what it wants of the store.
    private func handle(_ event: ReflectorState.Event) -> ReflectorState.Action {
        let now = time.now()
        lastSign.withLock { $0 = now }
        let (transition, phase) = state.withLock { ($0.handle(event), $0.phase) }
        if let update = transition.update { apply(update) }
        if phase == .watching, !synced.isOpen { synced.open() }
        if phase != .listing, !answered.isOpen { answered.open() }
        return transition.action
    }

    private func failed(_ error: any Error, _ task: String) -> ReflectorState.Action {
        if Task.isCancelled { return .wait(.zero) }
        let failure = ReflectorFailure(error)
        let before = phase
        let action = handle(.failed(failure))
        metrics.failed()
        switch failure {
        case .missing:
            if before != .missing { logger.notice("the server does not have this resource; waiting for it") }
        case .expired, .unsupported: logger.debug("\(task) starts again", metadata: ["error": "\(error)"])
        default: logger.warning("\(task) failed", metadata: ["error": "\(error)", "next": "\(action)"])
        }
        return action
    }

    private func list(continue token: String?, limit: Int?) async -> ReflectorState.Action {
        metrics.listed()
        let options = ListOptions(
            labelSelector: scope.labelSelector, fieldSelector: scope.fieldSelector, limit: limit, continue: token)
        do {
            return handle(
                .page(
                    try await client.list(
                        scope.resource, namespace: scope.namespace, options: options, keep: scope.keep)))
        } catch {
            return failed(error, "list")
        }
    }

    private func watch(from version: String, initialEvents: Bool) async -> ReflectorState.Action {
        metrics.watched()
        // The server ends a watch at its time limit. One that it forgot is ended here, a little later.
        return await withTaskGroup(of: ReflectorState.Action?.self) { group in
            group.addTask { await self.follow(from: version, initialEvents: initialEvents) }
            group.addTask { [time, watchTimeout] in
                try? await time.sleep(watchTimeout + .seconds(30))
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            if !Task.isCancelled { logger.warning("the server did not end a watch in time; it is ended here") }
            let last = await group.next() ?? nil
            return last ?? handle(.failed(.other))
        }
    }

    /// A frame with what is kept of its object.
    private func event(of frame: WatchEvent) -> ReflectorState.Event {
        switch frame {
        case .added(let object): scope.keep(object).map { .frame(.added($0)) } ?? .unneeded(object)
        case .modified(let object): scope.keep(object).map { .frame(.modified($0)) } ?? .unneeded(object)
        // Whoever knows the object is to know that it is gone, and nobody else is told.
        case .deleted(let object): .frame(.deleted(scope.keep(object) ?? object))
        case .bookmark, .error: .frame(frame)
        }
    }

    /// Reads a watch to its end.
    private func follow(from version: String, initialEvents: Bool) async -> ReflectorState.Action {
        let options = WatchOptions(
            labelSelector: scope.labelSelector, fieldSelector: scope.fieldSelector,
            resourceVersion: version.isEmpty ? nil : version, sendInitialEvents: initialEvents ? true : nil,
            timeoutSeconds: Int(watchTimeout.components.seconds))
        let begin = time.now()
        do {
            let frames = try await client.watch(scope.resource, namespace: scope.namespace, options: options)
            _ = handle(.opened)
            for try await frame in frames {
                if case .error(let status) = frame { return failed(status, "watch") }
                let action = handle(event(of: frame))
                if action != .read { return action }
            }
            return handle(.ended(after: time.now() - begin))
        } catch {
            return failed(error, "watch")
        }
    }
}
