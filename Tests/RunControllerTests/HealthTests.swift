import KubeClient
import KubeObjects
import KubeWire
import Logging
import RunController
import RunCore
import TestSupport
import Testing

/// What a controller says of itself over HTTP.
@Suite(.timeLimit(.minutes(5)))
struct HealthTests {
    /// Keeps what is logged.
    private struct LogJournal: LogHandler {
        let entries: Journal<Logger.Metadata>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { entries.add(event.metadata ?? [:]) }
    }

    /// A server that takes requests and never answers.
    private struct SilentTransport: Transport {
        let time: TimeSource

        func send(_ request: WireRequest) async throws -> WireResponse {
            while true { try await time.sleep(.seconds(3600)) }
        }
    }

    private func withController(
        over transport: any Transport, time: ManualTime, metrics: MetricsRegistry? = nil,
        _ body: (HealthEndpoint) async throws -> Void
    ) async throws {
        var configuration = RunControllerConfiguration()
        configuration.families = [JobTemplateFamily()]
        configuration.listen = ListenAddress(host: "127.0.0.1", port: 0)
        let entries = Journal<Logger.Metadata>()
        let service = RunControllerService(
            client: KubeClient(transport: transport), configuration: configuration,
            logger: Logger(label: "test") { _ in LogJournal(entries: entries) }, time: time.source, metrics: metrics)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            var address: String?
            while address == nil { address = try #require(await entries.next())["address"].map { "\($0)" } }
            try await body(try HealthEndpoint(address ?? ""))
            group.cancelAll()
        }
    }

    @Test func aControllerThatHasSeenEverythingIsReady() async throws {
        let world = try await RunCluster()
        let transport = world.transport()
        let registry = MetricsRegistry()
        try await withController(over: transport, time: world.time, metrics: registry) { endpoint in
            for _ in 1...4 { _ = await transport.watches.next() }
            let readiness = try await endpoint.get("/readyz")
            #expect(readiness == HealthEndpoint.Answer(code: 200, text: "ok\n"))
            #expect(try await endpoint.get("/healthz") == HealthEndpoint.Answer(code: 200, text: "ok\n"))
            #expect(try await endpoint.get("/livez") == HealthEndpoint.Answer(code: 200, text: "ok\n"))
            #expect(try await endpoint.get("/metrics").code == 200)
            #expect(try await endpoint.get("/nothing").code == 404)
        }
    }

    /// A definition that is missing is no reason to be restarted, nor not to be ready: it is waited for.
    @Test func aControllerWithoutDefinitionsIsReady() async throws {
        let world = try await RunCluster(definitions: [])
        let transport = world.transport()
        try await withController(over: transport, time: world.time) { endpoint in
            for _ in 1...2 { _ = await transport.watches.next() }
            await world.time.waitForSleepers(2, dueWithin: .seconds(5))
            let readiness = try await endpoint.get("/readyz")
            #expect(readiness == HealthEndpoint.Answer(code: 200, text: "ok\n"))
            #expect(try await endpoint.get("/healthz") == HealthEndpoint.Answer(code: 200, text: "ok\n"))
            #expect(try await endpoint.get("/metrics").code == 404)
        }
    }

    /// Silence is not ready from the start, and after a quarter of an hour a reason to be restarted.
    @Test func aControllerThatHearsNothingIsStalled() async throws {
        let time = ManualTime()
        try await withController(over: SilentTransport(time: time.source), time: time) { endpoint in
            #expect(
                try await endpoint.get("/readyz")
                    == HealthEndpoint.Answer(code: 503, text: "not everything has been seen yet\n"))
            #expect(try await endpoint.get("/healthz") == HealthEndpoint.Answer(code: 200, text: "ok\n"))
            time.advance(by: .seconds(901))
            let stalled = try await endpoint.get("/healthz")
            #expect(stalled.code == 503)
            for resource in ["jobruns.cellbytes.io", "jobtemplates.cellbytes.io", "jobs.batch", "pods"] {
                #expect(stalled.text.contains(resource), "\(stalled.text)")
            }
        }
    }
}
