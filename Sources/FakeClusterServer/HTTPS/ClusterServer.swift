package import FakeCluster
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import KubeWire
package import Logging
import NIOCore
import NIOSSL

/// HTTPS in front of a cluster: decrypts, hands requests to the cluster's handler, streams the answers.
package struct ClusterServer: Sendable {
    private let cluster: FakeCluster
    private let address: ListenAddress
    private let certificates: ServingCertificates
    private let limits: ConnectionLimits
    private var logger: Logger

    /// A server for a cluster; it listens once ``run(onReady:)`` is called.
    package init(
        cluster: FakeCluster, address: ListenAddress, certificates: ServingCertificates,
        limits: ConnectionLimits = ConnectionLimits(), logger: Logger
    ) {
        self.cluster = cluster
        self.address = address
        self.certificates = certificates
        self.limits = limits
        // A client that hangs up is an error to the HTTP server and nothing to us.
        self.logger = logger
        if self.logger.logLevel > .info { self.logger.logLevel = .critical }
    }

    /// Serves until the task is cancelled, which also cuts open watches and log streams.
    /// - Parameter onReady: called once with the address that is listened on.
    /// - Throws: ``SessionError`` if the address cannot be listened on.
    package func run(onReady: @escaping @Sendable (ListenAddress) async -> Void) async throws {
        let requests = RequestHandler(cluster: cluster)
        let connections = OpenConnections()
        let unserved = UnservedConnections()
        let (channel, tls) = (channelConfiguration(connections), try tlsConfiguration())
        let application = Application(
            responder: CallbackResponder<ConnectionContext> { request, context in
                await requests.respond(to: request, on: context.channel)
            },
            server: HTTPServerBuilder { responder in
                let http = HTTP1Channel(responder: responder, configuration: channel)
                return HeldChannel(base: try TLSChannel(http, tlsConfiguration: tls), unserved: unserved)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: nil, backlog: 1024),
            onServerRunning: { [address] channel in
                await onReady(ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port))
            },
            logger: logger)
        do {
            try await withTaskCancellationHandler {
                try await application.run()
            } onCancel: {
                connections.closeSoon()
            }
        } catch let error as IOError {
            throw SessionError("cannot listen on \(address): \(error)")
        } catch {
            await unserved.endAll()
            throw error
        }
        await unserved.endAll()
    }

    /// As many bytes of headers as Go's server takes; a request with more is refused and its connection closed.
    private func channelConfiguration(_ connections: OpenConnections) -> HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                ConnectionLimiterInstaller(limits), HangUpHandler(connections: connections),
            ],
            httpDecoderConfiguration: .init(maxHeaderFieldSize: 1 << 20, maxHeaderListSize: 1 << 20))
    }

    private func tlsConfiguration() throws -> TLSConfiguration {
        let certificate = try NIOSSLCertificate(bytes: Array(certificates.certificatePEM.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: Array(certificates.privateKeyPEM.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }
}

/// A request's context with the channel that it came in on.
private struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}
