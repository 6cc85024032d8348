package import KubeClient
package import KubeObjects
import KubeRuntime
package import Logging
import Metrics
import RunCore
import ServiceLifecycle
import UnixSignals

/// The controller as a process of its own: logging, metrics, the API server by kubeconfig or from inside a pod, and the
/// signals that end it.
package struct RunControllerProgram: Sendable {
    /// How to reach the API server.
    package var connection = ConnectionOptions()
    /// What the controller does.
    package var configuration = RunControllerConfiguration()
    /// What is logged.
    package var logLevel = Logger.Level.info
    /// How it is logged.
    package var logFormat = LogFormat.text
    /// Whether to work only while holding a lease, so that several replicas can stand by.
    package var electsLeader = false
    /// The lease's namespace; nil for the namespace of the pod or of the kubeconfig's context.
    package var leaseNamespace: String?
    /// The lease's name: the same for all replicas, another for each installation in a namespace.
    package var leaseName = "run-controller"
    /// How long reconciles in work may take to end once the process is told to.
    package var shutdownTimeout = Duration.seconds(20)

    /// Everything by default.
    package init() {}

    /// The definitions of all families' resources, as YAML to be applied.
    package static func definitionsText(withTekton: Bool = false) -> String {
        (withTekton ? Definitions.all : Definitions.ours).map { YAML.encode($0.value) }.joined(separator: "---\n")
    }

    /// Works until SIGTERM or SIGINT.
    /// - Throws: `KubeconfigError` or `TransportError` if it is not clear where the API server is.
    package func run() async throws {
        MemoryAllocator.giveBackLargeBlocks()
        LoggingSystem.bootstrap { [logFormat, logLevel] _ in
            LineLogHandler(format: logFormat, level: logLevel, write: StandardError.writeLine)
        }
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        let logger = Logger(label: configuration.name)
        let connection = try ClientConfiguration.load(connection)
        logger.info("run controller starts", metadata: ["server": "\(connection.endpoint.server)"])
        var configuration = configuration
        if electsLeader { configuration.lease = lease(inNamespace: leaseNamespace ?? connection.namespace) }
        let service = RunControllerService(
            client: try connection.makeClient(userAgent: configuration.userAgent), configuration: configuration,
            logger: logger, metrics: registry)
        var group = ServiceGroupConfiguration(
            services: [.init(service: service)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = shutdownTimeout
        try await ServiceGroup(configuration: group).run()
        logger.info("run controller ended")
    }

    /// Looks whether a controller with these settings can work, and if it elects a leader, whether one does; again every
    /// second until all is well or the time is over.
    /// - Returns: what was found last.
    /// - Throws: what keeps questions from being answered at all.
    package func check(within limit: Duration, time: TimeSource = .system) async throws -> [SetupCheck.Finding] {
        let connection = try ClientConfiguration.load(connection)
        let namespace = leaseNamespace ?? connection.namespace
        let check = SetupCheck(
            client: try connection.makeClient(userAgent: configuration.userAgent), families: configuration.families,
            namespaces: configuration.namespaces,
            lease: electsLeader ? ObjectKey(namespace: namespace, name: leaseName) : nil)
        let end = time.now() + limit
        while true {
            do {
                let findings = try await check.findings()
                if !findings.contains(where: { $0.verdict == .bad }) || time.now() >= end { return findings }
            } catch {
                if time.now() >= end { throw error }
            }
            try await time.sleep(.seconds(1))
        }
    }

    /// The lease; a process that was started again is another candidate.
    private func lease(inNamespace namespace: String) -> LeaderElector.Configuration {
        let random = String(UInt64.random(in: 0 ... .max), radix: 16)
        return LeaderElector.Configuration(
            namespace: namespace, name: leaseName, identity: "\(configuration.instance)_\(random)")
    }
}
