package import FakeCluster
import Foundation
package import KubeObjects
package import KubeWire
import Logging

/// A cluster for as long as something is done with it: data directory, API server, HTTPS front, kubeconfig, companions.
package struct ClusterSession: Sendable {
    /// How a session is set up.
    package struct Options: Sendable {
        /// Where everything is kept; nil keeps it in a temporary folder that goes with the session.
        package var dataDirectory: String?
        /// Where the server listens.
        package var listen = ListenAddress(host: "127.0.0.1", port: 0)
        /// Whether others than this machine may reach the server.
        package var allowsRemote = false
        /// Where the kubeconfig is written; nil writes it into the data directory.
        package var kubeconfig: String?
        /// Objects to apply before anything else runs, such as a controller's definitions.
        package var prelude: [KubeObject] = []
        /// Manifest files to apply once the companions run; `-` is standard input.
        package var manifests: [String] = []

        /// A file with a plan of faults to make on purpose.
        package var faults: String?

        /// A file with a script that plays pods' containers; nil runs them as processes.
        package var script: String?

        /// Whether podman runs pods' containers, with their images.
        package var runsImages = false

        /// How long changes are kept for watches to resume from, at least; nil for the cluster's default.
        package var historyAge: Duration?

        /// How many changes of each resource are kept for that; nil for the cluster's default.
        package var historyLimit: Int?

        /// How many requests that read, and that write, are worked on at once; nil for the cluster's defaults.
        package var requestLimits: (reading: Int?, writing: Int?) = (nil, nil)

        /// How long clients may keep their connections waiting.
        package var connectionLimits = ConnectionLimits()

        /// The defaults.
        package init() {}

        /// Why nobody should start a cluster with these; nil if all is well.
        package var refusal: String? {
            guard !listen.isLoopback, !allowsRemote else { return nil }
            return "\(listen) is not a loopback address; the admin token would guard this machine alone. "
                + "Listen on 127.0.0.1, or say --allow-remote if that is meant"
        }
    }

    /// Something that runs beside the cluster until the session ends, such as a controller. Cancelled at the end.
    package typealias Companion = @Sendable (any Transport) async throws -> Void

    /// A cluster that is up.
    package struct Running: Sendable {
        /// The server's URL.
        package let url: String
        /// The kubeconfig's path.
        package let kubeconfig: String
        /// The cluster, for requests in process.
        package let cluster: FakeCluster
    }

    private enum Event<Value: Sendable>: Sendable {
        case finished(Value)
        case companionEnded
    }

    private let options: Options
    private let companions: [Companion]
    private let logger: Logger

    /// A session; nothing starts before ``run(_:)``.
    /// - Parameter isVerbose: whether the cluster logs what it does; without, only what went wrong, to standard error.
    package init(options: Options, companions: [Companion] = [], isVerbose: Bool = false) {
        self.options = options
        self.companions = companions
        // Who makes faults on purpose wants to know which.
        let level: Logger.Level = isVerbose ? .debug : options.faults == nil ? .error : .notice
        logger = Logger(label: "fake-cluster") { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
    }

    /// Starts everything, does the work, stops everything.
    /// - Throws: ``SessionError`` for what the user can mend; whatever the work throws.
    package func run<Value: Sendable>(_ work: @escaping @Sendable (Running) async throws -> Value) async throws -> Value
    {
        if let refusal = options.refusal { throw SessionError(refusal) }
        let inputs = try await readInputs()
        if options.runsImages { try await FakeCluster.checkImageRunner() }
        let directory = try DataDirectory(options.dataDirectory)
        defer { directory.close() }
        let certificates = try ServingCertificates(directory: directory.path, host: options.listen.host)
        let configuration = configuration(certificates, inputs)
        let cluster = try FakeCluster(configuration: configuration, directory: directory, logger: logger)
        let applier = ManifestApplier(transport: cluster.transport(meetsFaults: false))
        try await applier.apply(options.prelude.map { Manifest(object: $0) })

        let server = ClusterServer(
            cluster: cluster, address: options.listen, certificates: certificates, limits: options.connectionLimits,
            logger: logger)
        let (addresses, ready) = AsyncStream<ListenAddress>.makeStream()
        return try await withThrowingTaskGroup(of: Event<Value>.self) { group in
            group.addTask {
                try await cluster.run()
                return .companionEnded
            }
            group.addTask {
                try await server.run { ready.yield($0) }
                return .companionEnded
            }
            group.addTask {
                await noteShortcoming(of: cluster)
                return .companionEnded
            }
            for companion in companions {
                group.addTask {
                    try await companion(cluster.transport())
                    return .companionEnded
                }
            }
            group.addTask {
                guard let address = await addresses.first(where: { _ in true }) else { throw CancellationError() }
                cluster.announce(address)
                let running = try write(address, certificates, cluster, directory)
                try await applier.apply(inputs.manifests)
                return .finished(try await work(running))
            }
            defer { group.cancelAll() }
            while let event = try await group.next() {
                if case .finished(let value) = event { return value }
            }
            throw CancellationError()
        }
    }

    /// What the files say that a session is given.
    private struct Inputs {
        var manifests: [Manifest] = []
        var faults: FaultPlan?
        var script: PodScript?
    }

    private func readInputs() async throws -> Inputs {
        var inputs = Inputs()
        for file in options.manifests { inputs.manifests += try await Manifest.read(file: file) }
        if let file = options.faults { inputs.faults = try await Manifest.faultPlan(file: file) }
        if let file = options.script { inputs.script = try await Manifest.podScript(file: file) }
        return inputs
    }

    /// Says what is not isolated. To find out takes as long as the rest of the start, and only pods wait for it.
    private func noteShortcoming(of cluster: FakeCluster) async {
        guard let shortcoming = await cluster.isolationShortcoming else { return }
        FileHandle.standardError.write(Data("fake-cluster: note: \(shortcoming)\n".utf8))
    }

    private func configuration(_ certificates: ServingCertificates, _ inputs: Inputs) -> FakeCluster.Configuration {
        var configuration = FakeCluster.Configuration()
        configuration.certificateAuthority = certificates.authorityPEM
        configuration.serverAddress = options.listen.description
        configuration.faults = inputs.faults
        configuration.script = inputs.script
        configuration.runsImages = options.runsImages
        configuration.announcesAddress = true
        configuration.historyAge = options.historyAge ?? configuration.historyAge
        configuration.historyLimit = options.historyLimit ?? configuration.historyLimit
        configuration.readingLimit = options.requestLimits.reading ?? configuration.readingLimit
        configuration.writingLimit = options.requestLimits.writing ?? configuration.writingLimit
        return configuration
    }

    private func write(
        _ address: ListenAddress, _ certificates: ServingCertificates, _ cluster: FakeCluster,
        _ directory: DataDirectory
    ) throws -> Running {
        let file = KubeconfigFile(
            server: "https://\(address)", authorityPEM: certificates.authorityPEM, token: cluster.adminToken)
        let path =
            options.kubeconfig.map { URL(fileURLWithPath: $0).standardizedFileURL.path } ?? directory.path
            + "/kubeconfig"
        try file.write(to: path)
        return Running(url: file.server, kubeconfig: path, cluster: cluster)
    }
}
