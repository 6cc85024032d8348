package import HTTPTypes
public import KubeObjects
public import KubeWire
public import Logging

/// A Kubernetes API server over SQLite with the controllers that jobs need and pods as local processes.
///
/// In process it is a `Transport`; `FakeClusterServer` puts HTTPS in front of the same handler.
public final class FakeCluster: Sendable {
    /// How a cluster is set up.
    public struct Configuration: Sendable {
        /// Where objects, logs and volumes are kept; nil keeps everything in a temporary folder that goes with the
        /// cluster.
        public var dataDirectory: String?
        /// Where time comes from.
        public var time: TimeSource
        /// Whether pods are run; without, they stay pending.
        public var runsPods: Bool
        /// Plays pods' containers instead of running processes; nil runs processes.
        public var script: PodScript?
        /// Whether containers run with their images, by podman, which has to be on `PATH`. Not with a script.
        public var runsImages = false
        /// How many changes of each resource are kept for watches to resume from.
        public var historyLimit = 4096
        /// How long changes are kept for that, at least; at most twice as long. Only while the cluster runs.
        public var historyAge: Duration = .seconds(300)
        /// How many requests that only read are worked on at once; 0 is no limit. Watches and logs do not count, and
        /// members of `system:masters` are let in beyond it.
        public var readingLimit = 400
        /// The same for requests that write.
        public var writingLimit = 200
        /// Where clients reach the server, as `HOST:PORT`: told in discovery and to containers. Port 0 tells containers
        /// nothing.
        public var serverAddress = "127.0.0.1:0"
        /// Whether the server's port is known only later, by ``FakeCluster/announce(_:)``; containers start after that.
        public var announcesAddress = false
        /// The certificate of the server's authority, PEM, for the ConfigMap `kube-root-ca.crt` of each namespace.
        public var certificateAuthority = ""
        /// The faults that are made on purpose; more can be had while the cluster runs, by ``FakeCluster/faults``.
        public var faults: FaultPlan?

        /// Host and port for those inside the cluster; nil while the port is not known.
        var reachableServer: ServerPlace? { ListenAddress(serverAddress).flatMap(ServerPlace.init) }

        /// A set-up.
        public init(dataDirectory: String? = nil, time: TimeSource = .system, runsPods: Bool = true) {
            self.dataDirectory = dataDirectory
            self.time = time
            self.runsPods = runsPods
        }
    }

    /// The most bytes that a request's body may have; what is larger is refused with 413.
    public static let requestBodyLimit = RequestBody.sizeLimit

    /// The answer to a request that was not done within its time.
    package static var timeoutAnswer: (headers: HTTPFields, bytes: [UInt8]) {
        let answer = WireResponse.failure(.timedOut)
        return (answer.headers, answer.body.bytes ?? [])
    }

    /// The token of the user who may do everything: random, made at the first start, kept in the data directory.
    public let adminToken: String
    /// The faults that requests meet: another plan, or a partition, can be switched on at any time.
    public let faults: FaultInjector

    private let directory: DataDirectory
    private let server: APIServer
    private let controllers: BuiltinControllers
    private let cleanup: CustomResourceCleanup
    private let policyChecker: AdmissionPolicyChecker
    /// Counts what quotas are about, as a part of ``run()``.
    let quotas: QuotaController
    private let recorder: EventRecorder
    private let runner: PodRunner?
    private let store: ObjectStore
    private let apiServer = OneShot<ServerPlace?>()
    private let compactor: HistoryCompactor

    /// Opens a cluster: makes the data directory or reads what is there. Nothing runs before ``run()``.
    /// - Throws: an error that names the file if the data directory cannot be used, or says that podman is missing.
    public convenience init(
        configuration: Configuration = Configuration(), logger: Logger = Logger(label: "fake-cluster")
    ) throws {
        try self.init(
            configuration: configuration, directory: try DataDirectory(configuration.dataDirectory), logger: logger)
    }

    /// Opens a cluster in a folder that is open already, for a server that keeps things of its own there.
    package convenience init(configuration: Configuration, directory: DataDirectory, logger: Logger) throws {
        let policies = AdmissionPolicyIndex()
        try self.init(
            configuration: configuration, directory: directory, resources: .standard(policies), policies: policies,
            documents: DiscoveryDocuments(serverAddress: configuration.serverAddress), logger: logger)
    }

    /// Opens a cluster that serves given resources.
    init(
        configuration: Configuration, directory: DataDirectory, resources: ResourceRegistry,
        policies: AdmissionPolicyIndex = AdmissionPolicyIndex(), documents: any DocumentSource, logger: Logger
    ) throws {
        self.directory = directory
        adminToken = try directory.secret("admin.token", make: AccessToken.random)
        faults = FaultInjector(plan: configuration.faults, time: configuration.time, logger: logger)
        store = try ObjectStore(
            path: directory.path + "/cluster.db", isDurable: !directory.isTemporary,
            historyLimit: configuration.historyLimit
        ) { resource, event in resources.didChange(resource, event) }
        compactor = HistoryCompactor(store: store, time: configuration.time, interval: configuration.historyAge)
        resources.didLoad(store)
        let operations = ResourceOperations(
            store: store, registry: resources, policies: policies, time: configuration.time)
        if store.isEmpty { try operations.seed(BootstrapObjects.all) }
        let access = SystemAccess(operations: operations)
        recorder = EventRecorder(access: access, time: configuration.time, logger: logger)
        controllers = BuiltinControllers(
            access: access, time: configuration.time, recorder: recorder,
            certificateAuthority: configuration.certificateAuthority, logger: logger)
        cleanup = CustomResourceCleanup(access: access, time: configuration.time, logger: logger)
        policyChecker = AdmissionPolicyChecker(
            access: access, registry: resources, time: configuration.time, logger: logger)
        quotas = QuotaController(
            access: access, store: store, ledger: operations.quotaLedger, time: configuration.time, logger: logger)
        let tokens = try ServiceAccountTokens(
            key: directory.secret("service-account.key", make: ServiceAccountTokens.makeKey), store: store,
            time: configuration.time)
        runner =
            configuration.runsPods
            ? PodRunner(
                access: SystemAccess(operations: operations, component: "kubelet"),
                configuration: PodRunner.Configuration(
                    dataDirectory: directory.path, apiServer: apiServer,
                    issueToken: { try tokens.issue(for: $0, audiences: $1, seconds: $2) }),
                time: configuration.time, recorder: recorder, logger: logger,
                launcher: try Self.launcher(configuration, directory))
            : nil
        if !configuration.announcesAddress { apiServer.happen(configuration.reachableServer) }
        server = APIServer(
            operations: operations, documents: documents, logs: runner,
            authenticator: Authenticator(adminToken: adminToken) { tokens.identity(of: $0) }, tokens: tokens,
            limits: RequestLimiter.Limits(reading: configuration.readingLimit, writing: configuration.writingLimit),
            logger: logger)
    }

    private static func launcher(
        _ configuration: Configuration, _ directory: DataDirectory
    ) throws -> any ProcessLauncher {
        if let script = configuration.script { return ScriptLauncher(script: script, time: configuration.time) }
        guard configuration.runsImages else { return HostLauncher() }
        return PodmanLauncher(podman: try Podman(), owner: PodDirectory.all(in: directory.path))
    }

    /// Finds out whether this machine can run containers' images.
    /// - Throws: an error that says what is wrong.
    package static func checkImageRunner() async throws { try await Podman().check() }

    /// The resource version of the latest write.
    public var version: UInt64 { store.version }

    /// Runs the built-in controllers and the pods until the task is cancelled; then ends every process that it has
    /// started, and the streams that are open, and returns.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [recorder] in await recorder.run() }
            group.addTask { [controllers] in await controllers.run() }
            group.addTask { [cleanup] in await cleanup.run() }
            group.addTask { [policyChecker] in await policyChecker.run() }
            group.addTask { [quotas] in await quotas.run() }
            group.addTask { [compactor] in await compactor.run() }
            if let runner { group.addTask { await runner.run() } }
        }
        faults.endStreams()
    }

    /// Tells containers where the API server is; see ``Configuration/announcesAddress``.
    public func announce(_ address: ListenAddress) { apiServer.happen(ServerPlace(address)) }

    /// What pods' containers share with this machine although they should not; nil if nothing, or if no pods are run.
    public var isolationShortcoming: String? {
        get async { await runner?.context.launcher.isolation().shortcoming }
    }

    /// Whether pods' volumes are at their mount paths on this machine.
    package static var hasMounts: Bool {
        get async { await HostLauncher().isolation() != .none }
    }

    /// Closes the store, so that another cluster can be opened on the same directory. Writes fail from here on.
    public func close() throws {
        try store.log.close()
        directory.close()
    }

    /// Answers a request, untouched by faults.
    /// - Parameter identity: who asks; nil finds out by the request's `Authorization` header.
    public func handle(_ request: WireRequest, identity: UserIdentity? = nil) async -> WireResponse {
        await server.handle(request, identity: identity)
    }

    /// Answers a request as a client meets it: with the faults that are due.
    /// - Parameter identity: who asks; nil finds out by the request's `Authorization` header.
    /// - Throws: ``TransportError`` where a fault cuts the connection.
    public func serve(
        _ request: WireRequest, identity: UserIdentity? = nil
    ) async throws(TransportError) -> WireResponse {
        let user: @Sendable () -> String = { [server] in
            (identity ?? (try? server.authenticator.authenticate(request.headers)) ?? .anonymous).name
        }
        return try await faults.carry(request, user: user, version: { [store] in store.version }) { request in
            await server.handle(request, identity: identity)
        }
    }

    /// The cluster as a transport in this process, in a user's name.
    /// - Parameter meetsFaults: whether faults that are made on purpose befall its requests.
    public func transport(as user: UserIdentity = .admin, meetsFaults: Bool = true) -> any Transport {
        InProcessTransport(cluster: self, user: user, meetsFaults: meetsFaults)
    }
}

/// Requests that never leave the process.
private struct InProcessTransport: Transport {
    let cluster: FakeCluster
    let user: UserIdentity
    let meetsFaults: Bool

    func send(_ request: WireRequest) async throws -> WireResponse {
        try Task.checkCancellation()
        guard meetsFaults else { return await cluster.handle(request, identity: user) }
        do {
            return try await cluster.serve(request, identity: user)
        } catch {
            // Who gave up on an answer that was late is told so, not that the connection was cut.
            try Task.checkCancellation()
            throw error
        }
    }
}

/// Serves no documents.
struct NoDocuments: DocumentSource {
    func document(at path: String, accept: String, resources: ResourceRegistry.Snapshot) -> ServedDocument? { nil }
}
