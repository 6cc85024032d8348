import FoundationEssentials
import KubeObjects
import KubeWire
import Logging
import TestSupport
import Testing

@testable import FakeCluster

/// What becomes of pods when their containers or their node begin again.
@Suite(.timeLimit(.minutes(5)))
struct PodRestartTests {
    private static let key = PodRunnerTests.key

    @Test func aCrashingContainerWaitsLongerEachTime() async throws {
        let clock = ManualTime()
        try await withFolder { folder in
            let cluster = MemoryCluster(time: clock.source)
            try await withNode(cluster, folder, clock.source) { runner in
                _ = try await cluster.create(.pods, PodRunnerTests.pod("p", "exit 1", policy: "Always"))
                // The first time at once.
                for (restarts, delay) in [(1, 10), (2, 20), (3, 40)] {
                    let pod = try await cluster.object(.pods, Self.key) {
                        let status = $0[path: "status", "containerStatuses"]?[0]
                        return status?["state"]?["waiting"]?["reason"] == "CrashLoopBackOff"
                            && status?["restartCount"]?.integer == Int64(restarts)
                    }
                    let waiting = pod[path: "status", "containerStatuses"]?[0]?["state"]?["waiting"]
                    #expect(waiting?["message"]?.string?.hasPrefix("back-off \(delay)s restarting") == true)
                    #expect(pod[path: "status", "phase"] == "Running")
                    await clock.waitForSleepers()
                    #expect(clock.nextDue == clock.now + .seconds(delay))
                    var options = LogOptions()
                    options.previous = true
                    let log = try await runner.log(of: pod, container: "main", options: options).collect()
                    #expect(log == [])
                    clock.advanceToNext()
                }
            }
        }
    }

    @Test func whatRanWhenTheNodeEndedIsFoundDeadAndItsLogIsStillThere() async throws {
        try await withFolder { folder in
            let cluster = MemoryCluster(time: .system)
            try await withNode(cluster, folder) { runner in
                _ = try await cluster.create(.pods, PodRunnerTests.pod("p", "echo before; sleep 100"))
                let pod = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"] == "Running" }
                var options = LogOptions()
                options.follow = true
                var log = try await runner.log(of: pod, container: "main", options: options).makeAsyncIterator()
                #expect(try await log.next() == Array("before\n".utf8))
            }
            try await withNode(cluster, folder) { runner in
                let pod = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"] == "Failed" }
                let ended = pod[path: "status", "containerStatuses"]?[0]?["state"]?["terminated"]
                #expect(ended?["exitCode"] == 255 && ended?["reason"] == "Unknown")
                let log = try await runner.log(of: pod, container: "main", options: LogOptions())
                #expect(String(decoding: try await log.collect(), as: UTF8.self) == "before\n")
            }
        }
    }

    @Test func theEndOfTheNodeIsTheEndOfItsProcesses() async throws {
        try await withFolder { folder in
            let cluster = MemoryCluster(time: .system)
            let identifier = try await withNode(cluster, folder) { runner -> String in
                _ = try await cluster.create(.pods, PodRunnerTests.pod("p", "echo up; exec sleep 100"))
                let pod = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"] == "Running" }
                var options = LogOptions()
                options.follow = true
                var log = try await runner.log(of: pod, container: "main", options: options).makeAsyncIterator()
                #expect(try await log.next() == Array("up\n".utf8))
                let ledger = PodDirectory(in: runner.context.podsDirectory, of: pod).processIdentifier("main")
                let text = String(decoding: FileManager.default.contents(atPath: ledger) ?? Data(), as: UTF8.self)
                return String(text.prefix { $0 != " " })
            }
            #expect(!identifier.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: "/proc/\(identifier)/cmdline"))
        }
    }

    @Test func anEphemeralContainerOfAFormerLifeIsOverAndItsPodGoesOn() async throws {
        try await withFolder { folder in
            let cluster = MemoryCluster(time: .system)
            try await withNode(cluster, folder) { _ in
                _ = try await cluster.create(.pods, PodRunnerTests.pod("p", "sleep 100", policy: "Always"))
                var pod = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"] == "Running" }
                pod.json["spec", default: [:]]["ephemeralContainers"] = [
                    ["name": "d", "image": "busybox", "command": ["sleep", "100"]]
                ]
                pod.metadata["resourceVersion"] = nil
                _ = try await cluster.update(.pods, pod)
                _ = try await cluster.object(.pods, Self.key) { pod in
                    pod[path: "status", "ephemeralContainerStatuses"]?[0]?["state"]?["running"] != nil
                }
            }
            try await withNode(cluster, folder) { _ in
                let pod = try await cluster.object(.pods, Self.key) { pod in
                    let main = pod[path: "status", "containerStatuses"]?[0]
                    return main?["restartCount"] == 1 && main?["state"]?["running"] != nil
                }
                let ended = pod[path: "status", "ephemeralContainerStatuses"]?[0]
                #expect(ended?["state"]?["terminated"]?["exitCode"] == 255)
                #expect(ended?["restartCount"] == 0)
                #expect(pod[path: "status", "phase"] == "Running")
            }
        }
    }

    @Test func aSidecarStartsFirstAndEndsLast() async throws {
        try await withFolder { folder in
            let cluster = MemoryCluster(time: .system)
            try await withNode(cluster, folder) { runner in
                var pod = PodRunnerTests.pod("p", "echo main")
                pod["spec"]?["initContainers"] = [
                    [
                        "name": "side", "image": "busybox", "restartPolicy": "Always",
                        "command": ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.01; done"],
                    ]
                ]
                _ = try await cluster.create(.pods, pod)
                let ended = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"] == "Succeeded" }
                let side = ended[path: "status", "initContainerStatuses"]?[0]?["state"]?["terminated"]
                #expect(side?["exitCode"] == 0)
                #expect(ended[path: "status", "containerStatuses"]?[0]?["state"]?["terminated"]?["exitCode"] == 0)
                _ = runner
            }
        }
    }

    @Test func aHookRunsBeforeTheContainerIsAskedToEnd() async throws {
        try await withFolder { folder in
            let cluster = MemoryCluster(time: .system)
            try await withNode(cluster, folder) { runner in
                var pod = PodRunnerTests.pod(
                    "p", "trap 'cat hook; exit 0' TERM; echo up; while :; do sleep 0.01; done")
                var main = pod[path: "spec", "containers"]?[0]
                main?["lifecycle"] = ["preStop": ["exec": ["command": ["sh", "-c", "echo hooked > hook"]]]]
                pod["spec"]?["containers"] = .array([main ?? .null])
                _ = try await cluster.create(.pods, pod)
                let running = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"] == "Running" }
                var options = LogOptions()
                options.follow = true
                var log = try await runner.log(of: running, container: "main", options: options).makeAsyncIterator()
                #expect(try await log.next() == Array("up\n".utf8))
                try await cluster.delete(.pods, Self.key, DeletionOptions())
                #expect(try await log.next() == Array("hooked\n".utf8))
                try await cluster.objects(.pods) { $0.isEmpty }
            }
        }
    }

    @Test func aProbeDecidesWhenAContainerIsReady() async throws {
        try await withFolder { folder in
            let cluster = MemoryCluster(time: .system)
            try await withNode(cluster, folder) { runner in
                var pod = PodRunnerTests.pod("p", "while [ ! -e stop ]; do sleep 0.01; done")
                var main = pod[path: "spec", "containers"]?[0]
                main?["readinessProbe"] = [
                    "exec": ["command": ["sh", "-c", "test -e $HOME/ready"]], "periodSeconds": 1,
                ]
                pod["spec"]?["containers"] = .array([main ?? .null])
                _ = try await cluster.create(.pods, pod)
                let running = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"] == "Running" }
                #expect(running[path: "status", "containerStatuses"]?[0]?["ready"] == false)
                let scratch = PodDirectory(in: runner.context.podsDirectory, of: running).scratch("main")
                try Data().write(to: URL(filePath: "\(scratch)/ready"))
                let ready = try await cluster.object(.pods, Self.key) {
                    $0[path: "status", "containerStatuses"]?[0]?["ready"] == true
                }
                #expect(JobPod(ready).isReady)
            }
        }
    }

    private func withNode<Result: Sendable>(
        _ cluster: MemoryCluster, _ folder: String, _ time: TimeSource = .system,
        _ body: @escaping @Sendable (PodRunner) async throws -> Result
    ) async throws -> Result {
        let logger = Logger(label: "test")
        let recorder = EventRecorder(access: cluster, time: time, logger: logger)
        let runner = PodRunner(
            access: cluster, configuration: .init(dataDirectory: folder), time: time, recorder: recorder, logger: logger
        )
        return try await withRunning([{ await runner.run() }]) { try await body(runner) }
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "restart-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }
}
