public import KubeClient
public import KubeObjects
public import KubeWire
public import Logging
public import ServiceLifecycle
import Synchronization

/// Keeps a ``Store`` of one resource's objects up to date and tells handlers of each change.
///
/// It lists once and watches from there; it lists again only when the server no longer knows the version it had come to.
/// A resource that the server does not have yet is waited for.
public final class Informer: Service {
    /// What is followed, and what of it is kept.
    public struct Configuration: Sendable {
        /// The resource.
        public var resource: APIResource
        /// The namespaces to look into; empty for all.
        public var namespaces: [String] = []
        /// Only objects with these labels.
        public var labelSelector: String?
        /// Only objects with these fields.
        public var fieldSelector: String?
        /// The store's indexes.
        public var indexers: [Indexer] = []
        /// What of an object is stored; nil for nothing, as if the object were not among those that are followed. Asked for
        /// each object as it comes. By default `metadata.managedFields` goes, which often is the larger half.
        public var keep: @Sendable (KubeObject) -> KubeObject? = { object in
            var object = object
            object.metadata.removeValue(forKey: "managedFields")
            return object
        }
        /// Another informer that comes first: this one asks the server for nothing before that one has shown what the
        /// server has, or knows that the server does not have its resource. For a `keep` that looks into its store.
        public var predecessor: Informer?
        /// Whether to ask for the objects as the beginning of the watch (KEP-3157), which spares the server's memory. A
        /// server that does not take it is listed.
        public var prefersStreamingList = false

        /// Everything of a resource.
        public init(resource: APIResource) { self.resource = resource }
    }

    /// Is told of a change after the store shows it. Called in order, by one task for each namespace; must not wait.
    public typealias Handler = @Sendable (StoreChange) -> Void

    /// What is known of the objects.
    public let store: Store
    /// The resource that this follows.
    public let resource: APIResource

    private let predecessor: Informer?
    private let intake: Intake
    private let reflectors: [Reflector]

    /// An informer; it does nothing before ``run()``.
    /// - Parameters:
    ///   - configuration: what is followed.
    ///   - client: how the server is reached.
    ///   - time: where waits get their time from.
    ///   - logger: is told of failures.
    ///   - seed: decides the jitter of waits; by default another one each time.
    public init(
        _ configuration: Configuration, client: KubeClient, time: TimeSource = .system, logger: Logger,
        seed: UInt64 = .random(in: 0 ... .max)
    ) {
        let intake = Intake(configuration)
        resource = configuration.resource
        predecessor = configuration.predecessor
        store = intake.writer.store
        self.intake = intake
        let namespaces = configuration.namespaces.isEmpty ? [nil] : configuration.namespaces.map(Optional.some)
        reflectors = namespaces.enumerated().map { position, namespace in
            Reflector(
                client: client,
                scope: Reflector.Scope(
                    resource: configuration.resource, namespace: namespace,
                    labelSelector: configuration.labelSelector, fieldSelector: configuration.fieldSelector,
                    keep: configuration.keep),
                streamingList: configuration.prefersStreamingList, seed: seed &+ UInt64(position), time: time,
                logger: logger
            ) { update in intake.take(update, namespace: namespace) }
        }
    }

    /// Adds a handler. It must be there before ``run()``: what happened before is not told again.
    public func addHandler(_ handler: @escaping Handler) {
        intake.handlers.withLock { $0.append(handler) }
    }

    /// Adds what is told of each object that leaves the store, in its last state, before anybody can see the store without
    /// it: a handler is told later, and whoever looks in between finds nothing and does not know why. It must be there
    /// before ``run()``, and must not touch the store.
    public func addDepartureHandler(_ handler: @escaping @Sendable (KubeObject) -> Void) {
        intake.departureHandlers.withLock { $0.append(handler) }
    }

    /// Where the informer stands; with several namespaces, where the one that is least far stands.
    public var phase: InformerPhase {
        let phases = reflectors.map(\.phase)
        return phases.contains(.missing) ? .missing : phases.contains(.listing) ? .listing : .watching
    }

    /// When the server was last asked or heard of; with several namespaces, of the one that is quiet for longest.
    /// One that waits for its predecessor is as lively as that.
    public var lastActivity: Timestamp {
        if let predecessor, !predecessor.hasAnswer { return predecessor.lastActivity }
        return reflectors.map(\.lastActivity).min() ?? Timestamp(seconds: 0)
    }

    /// Whether the store has shown what the server has. It may lose its place later; see ``phase``.
    public var hasSynced: Bool { reflectors.allSatisfy(\.hasSynced) }

    /// Waits until the store has shown what the server has. It may lose its place later; see ``phase``.
    /// - Throws: `CancellationError`.
    public func waitUntilSynced() async throws {
        for reflector in reflectors { try await reflector.waitUntilSynced() }
    }

    /// Whether the store has shown what the server has, or the server has said that it does not have the resource.
    private var hasAnswer: Bool { reflectors.allSatisfy(\.answered.isOpen) }

    /// Lets go of objects that nobody will read again. Nobody is told, as nothing has happened to them; one that changes
    /// later is new to the store, unless `keep` keeps it away.
    public func release(_ objects: [KubeObject]) {
        for object in objects { intake.writer.release(object) }
    }

    /// Follows until the task is cancelled or shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            for reflector in self.predecessor?.reflectors ?? [] {
                guard (try? await reflector.answered.wait()) != nil else { return }
            }
            await withDiscardingTaskGroup { group in
                for reflector in self.reflectors { group.addTask { await reflector.run() } }
            }
        }
    }
}

/// What the reflectors of an informer write to: the one store, and the handlers behind it.
private final class Intake: Sendable {
    let writer: StoreWriter
    let handlers = Mutex<[Informer.Handler]>([])
    let departureHandlers = Mutex<[@Sendable (KubeObject) -> Void]>([])

    init(_ configuration: Informer.Configuration) { writer = StoreWriter(indexers: configuration.indexers) }

    func take(_ update: StoreUpdate, namespace: String?) {
        let departureHandlers = departureHandlers.withLock { $0 }
        let handlers = handlers.withLock { $0 }
        writer.apply(update, namespace: namespace) { object in
            for handler in departureHandlers { handler(object) }
        } telling: { change in
            for handler in handlers { handler(change) }
        }
    }
}
