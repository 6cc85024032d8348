import Hummingbird
import KubeWire
import Logging
import NIOCore
import ServiceLifecycle

/// Serves `/healthz`, `/livez` (the process works: nothing that it watches has fallen silent), `/readyz` (what it watches has been seen) and `/metrics`.
struct HealthServer: Service {
    let address: ListenAddress
    let metrics: MetricsRegistry?
    let logger: Logger
    let isReady: @Sendable () -> Bool
    /// What has fallen silent.
    let stalled: @Sendable () -> [String]
    /// Brings those figures up to date that nothing else does.
    let updateMetrics: @Sendable () -> Void

    func run() async throws {
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port)),
            onServerRunning: { [address, logger] channel in
                // Port 0 is any that is free.
                let port = channel.localAddress?.port ?? address.port
                logger.info("health and metrics are served", metadata: ["address": "\(address.host):\(port)"])
            }, logger: logger)
        try await application.run()
    }

    private var router: Router<BasicRequestContext> {
        let router = Router()
        for path in ["/healthz", "/livez"] as [RouterPath] {
            router.get(path) { [stalled] _, _ in
                let silent = stalled()
                return silent.isEmpty
                    ? Self.text("ok\n")
                    : Self.text("nothing is heard of \(silent.joined(separator: ", "))\n", .serviceUnavailable)
            }
        }
        router.get("/readyz") { [isReady] _, _ in
            isReady() ? Self.text("ok\n") : Self.text("not everything has been seen yet\n", .serviceUnavailable)
        }
        if let metrics {
            router.get("/metrics") { [updateMetrics] _, _ in
                updateMetrics()
                return Self.text(metrics.text, type: "text/plain; version=0.0.4")
            }
        }
        return router
    }

    private static func text(
        _ body: String, _ status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}
