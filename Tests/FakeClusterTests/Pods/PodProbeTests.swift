import FoundationEssentials
import KubeObjects
import KubeWire
import Logging
import Testing

@testable import FakeCluster

/// What hooks, probes and rules make of a container.
@Suite(.timeLimit(.minutes(5)))
struct PodProbeTests {
    private static let untilAsked = "trap 'exit 7' TERM; while :; do sleep 0.01; done"

    struct EndCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var member: String
        var value: JSONValue
        var events: [String]
    }

    static let ends = [
        EndCase(
            testDescription: "liveness", member: "livenessProbe",
            value: [
                "exec": ["command": ["sh", "-c", "echo ill; false"]], "periodSeconds": 1, "timeoutSeconds": 60,
                "failureThreshold": 1,
            ],
            events: ["Unhealthy: Liveness probe failed: ill\n", "Killing: Container main failed liveness probe"]),
        EndCase(
            testDescription: "startup", member: "startupProbe",
            value: [
                "tcpSocket": ["host": "127.0.0.1", "port": 1], "periodSeconds": 1, "timeoutSeconds": 60,
                "failureThreshold": 1,
            ],
            events: [
                "Unhealthy: Startup probe failed: dial tcp 127.0.0.1:1: connect: connection refused",
                "Killing: Container main failed startup probe",
            ]),
        EndCase(
            testDescription: "postStart", member: "lifecycle", value: ["postStart": ["exec": ["command": ["false"]]]],
            events: ["FailedPostStartHook: PostStartHook failed", "Killing: FailedPostStartHook"]),
    ]

    @Test(arguments: ends)
    func aContainerThatFailsItsCheckIsAskedToEnd(_ test: EndCase) async throws {
        try await withNode { cluster in
            let pod = Self.pod(Self.untilAsked) { $0[test.member] = test.value }
            _ = try await cluster.create(.pods, pod)
            let ended = try await cluster.object(.pods, PodRunnerTests.key) { $0[path: "status", "phase"] == "Failed" }
            let state = ended[path: "status", "containerStatuses"]?[0]?["state"]?["terminated"]
            #expect(state?["reason"] == "Error")
            try await cluster.objects(.events) { events in
                let texts = events.map { "\($0["reason"]?.string ?? ""): \($0["message"]?.string ?? "")" }
                return test.events.allSatisfy(texts.contains) && !texts.contains("Killing: Stopping container main")
            }
        }
    }

    @Test func aContainerIsStartedOnceItsStartupProbeSucceeds() async throws {
        try await withNode { cluster in
            let pod = Self.pod(Self.untilAsked) {
                $0["startupProbe"] = [
                    "exec": ["command": ["sh", "-c", "test -e $HOME/up"]], "periodSeconds": 1, "timeoutSeconds": 60,
                ]
                $0["lifecycle"] = ["postStart": ["exec": ["command": ["sh", "-c", "echo > $HOME/up"]]]]
                $0["livenessProbe"] = ["grpc": ["port": 1], "initialDelaySeconds": 3600]
            }
            _ = try await cluster.create(.pods, pod)
            try await cluster.object(.pods, PodRunnerTests.key) {
                let status = $0[path: "status", "containerStatuses"]?[0]
                return status?["started"] == true && status?["ready"] == true
            }
        }
    }

    @Test(arguments: [("In", 1), ("NotIn", 0)])
    func aRuleOfTheContainerDecidesWhetherItRunsAgain(_ condition: String, _ restarts: Int64) async throws {
        try await withNode { cluster in
            let pod = Self.pod("test -e $HOME/x && exit 0; echo > $HOME/x; exit 42") {
                $0["restartPolicy"] = "Never"
                $0["restartPolicyRules"] = [
                    ["action": "Restart", "exitCodes": ["operator": .string(condition), "values": [42]]]
                ]
            }
            _ = try await cluster.create(.pods, pod)
            let ended = try await cluster.object(.pods, PodRunnerTests.key) {
                ["Succeeded", "Failed"].contains($0[path: "status", "phase"]?.string ?? "")
            }
            #expect(ended[path: "status", "containerStatuses"]?[0]?["restartCount"]?.integer == restarts)
        }
    }

    /// Nobody takes a pod for failed in the moment before its container runs again.
    @Test(arguments: [("In", PodPhase.running), ("NotIn", .failed)])
    func aContainerThatIsAboutToRunAgainHasNotFailedItsPod(_ condition: String, _ phase: PodPhase) throws {
        let pod = Self.pod("exit 42") {
            $0["restartPolicy"] = "Never"
            $0["restartPolicyRules"] = [
                ["action": "Restart", "exitCodes": ["operator": .string(condition), "values": [42]]]
            ]
        }
        let now = Timestamp(seconds: 1_790_000_000)
        let ended = ContainerRecord.Termination(exitCode: 42, reason: "Error", startedAt: now, finishedAt: now)
        var record = ContainerRecord(
            try #require(pod[path: "spec", "containers"]?[0]), role: .main, waiting: "ContainerCreating")
        record.containerID = "one"
        record.state = .terminated(ended)
        var status = PodStatus(records: [record], startTime: now)
        #expect(status.phase(of: pod) == phase)
        status.records[0].beginNextRun()
        #expect(status.phase(of: pod) == .running)
        status.isEnding = true
        #expect(status.phase(of: pod) == .failed)
    }

    @Test func actionsAreReadWithTheirDefaults() {
        let container: JSONValue = ["ports": [["name": "web", "containerPort": 8080]]]
        func action(_ handler: JSONValue) -> ProbeAction? { ProbeAction(handler, of: container, host: "h") }
        #expect(
            action(["httpGet": ["port": "web", "path": "x", "httpHeaders": [["name": "A", "value": "b"]]]])
                == .http(.init(host: "h", port: 8080, path: "/x", headers: ["A: b"])))
        #expect(action(["httpGet": ["port": 8443, "scheme": "HTTPS"]]) == .connect(host: "h", port: 8443))
        #expect(action(["tcpSocket": ["port": "none"]]) == nil)
        #expect(action(["sleep": ["seconds": 3]]) == .sleep(.seconds(3)))
    }

    private static func pod(_ script: String, _ change: (inout JSONValue) -> Void) -> KubeObject {
        var pod = PodRunnerTests.pod("p", script)
        var main = pod[path: "spec", "containers"]?[0] ?? .null
        change(&main)
        pod["spec"]?["containers"] = .array([main])
        return pod
    }

    private func withNode(_ body: @escaping @Sendable (MemoryCluster) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "probes-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let cluster = MemoryCluster(time: .system)
        let logger = Logger(label: "test")
        let recorder = EventRecorder(access: cluster, time: .system, logger: logger)
        let runner = PodRunner(
            access: cluster, configuration: .init(dataDirectory: path), time: .system, recorder: recorder,
            logger: logger)
        try await withRunning([{ await recorder.run() }, { await runner.run() }]) { try await body(cluster) }
    }
}
