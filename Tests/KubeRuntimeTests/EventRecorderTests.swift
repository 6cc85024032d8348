import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import Logging
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct EventRecorderTests {
    private let time = ManualTime()
    private let note = EventNote(.warning, reason: "Reason", message: "message")

    private var object: KubeObject {
        KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobRun", namespace: "demo", name: "run")
    }

    private func run(_ server: ScriptedServer, _ body: (EventRecorder) async throws -> Void) async throws {
        let recorder = EventRecorder(
            client: KubeClient(transport: server), component: "test", instance: "pod", time: time.source,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await recorder.run() }
            try await body(recorder)
            group.cancelAll()
        }
    }

    @Test func aRepeatIsAPatchAndALostEventIsMadeAnew() async throws {
        let server = ScriptedServer([
            .json(["metadata": [:]]), .status(KubeStatus(code: 404, reason: .notFound, message: "gone")),
            .json(["metadata": [:]]),
        ])
        try await run(server) { recorder in
            recorder.record(note, about: object)
            recorder.record(note, about: object)
            await server.waitForRequests(3)
        }
        #expect(
            server.requests.map { String($0.prefix { $0 != "?" && $0 != "." }) } == [
                "POST /api/v1/namespaces/demo/events", "PATCH /api/v1/namespaces/demo/events/run",
                "POST /api/v1/namespaces/demo/events",
            ])
    }

    @Test func aServerThatDoesNotAnswerIsTriedAgainAndARefusalIsNot() async throws {
        let server = ScriptedServer([
            .failure(TransportError(.unreachable, "no")), .json(["metadata": [:]]),
            .status(KubeStatus(code: 403, reason: .forbidden, message: "no")), .json(["metadata": [:]]),
        ])
        try await run(server) { recorder in
            recorder.record(note, about: object)
            await time.waitForSleepers()
            time.advanceToNext()
            recorder.record(EventNote(.normal, reason: "Refused", message: ""), about: object)
            recorder.record(EventNote(.normal, reason: "After", message: ""), about: object)
            await server.waitForRequests(4)
        }
        #expect(server.requests.count == 4)
    }
}
