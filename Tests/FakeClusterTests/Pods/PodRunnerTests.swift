import FoundationEssentials
import KubeObjects
import KubeWire
import Logging
import Testing

@testable import FakeCluster

/// What becomes of pods: processes, statuses, logs.
@Suite(.timeLimit(.minutes(5)))
struct PodRunnerTests {
    struct EndCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var command: String
        var policy = "Never"
        var phase: String
        var exitCode: Int64
        var reason: String
        var message: String?
        var log = ""
    }

    static let ends = [
        EndCase(
            testDescription: "success", command: "echo one; echo two", phase: "Succeeded", exitCode: 0,
            reason: "Completed", log: "one\ntwo\n"),
        EndCase(
            testDescription: "failure", command: "echo no; exit 3", phase: "Failed", exitCode: 3, reason: "Error",
            log: "no\n"),
        EndCase(
            testDescription: "a signal counts 128 more", command: "{ sh -c 'kill -9 $$$$'; } 2>/dev/null; exit $?",
            phase: "Failed",
            exitCode: 137,
            reason: "Error"),
        EndCase(
            testDescription: "termination message", command: "echo last > /dev/termination-log", phase: "Succeeded",
            exitCode: 0, reason: "Completed", message: "last\n"),
        EndCase(
            testDescription: "no line feed at the end", command: "printf end", phase: "Succeeded", exitCode: 0,
            reason: "Completed", log: "end"),
    ]

    @Test(arguments: ends)
    func aPodEndsAsItsContainerDoes(_ test: EndCase) async throws {
        try await withNode { cluster, runner in
            _ = try await cluster.create(.pods, Self.pod("p", test.command, policy: test.policy))
            let pod = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"]?.string == test.phase }
            let state = pod[path: "status", "containerStatuses"]?[0]?["state"]?["terminated"]
            #expect(state?["exitCode"]?.integer == test.exitCode)
            #expect(state?["reason"]?.string == test.reason)
            #expect(state?["message"]?.string == test.message)
            let log = try await runner.log(of: pod, container: "main", options: LogOptions())
            #expect(String(decoding: try await log.collect(), as: UTF8.self) == test.log)
        }
    }

    /// The last 4096 bytes of a file; of these the first, where containers share the 12 KiB of a pod.
    @Test(arguments: [(others: 0, size: 4096), (others: 2, size: 4096), (others: 3, size: 3072)])
    func lastWordsAreCut(_ test: (others: Int, size: Int)) async throws {
        try await withNode { cluster, _ in
            // 4101 bytes, each word of which says where it stands.
            let script = "i=1000; while [ $i -lt 1820 ]; do printf '%s ' $i; i=$((i+1)); done >/dev/termination-log"
            var pod = Self.pod("p", script + "; printf . >>/dev/termination-log")
            let other = (0..<test.others).map { number -> JSONValue in
                ["name": .string("other-\(number)"), "image": "busybox", "command": ["true"]]
            }
            let main = pod[path: "spec", "containers"]?.array ?? []
            pod["spec"]?["containers"] = .array(main + other.dropFirst())
            pod["spec"]?["initContainers"] = .array(Array(other.prefix(1)))
            _ = try await cluster.create(.pods, pod)
            let ended = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"]?.string == "Succeeded" }
            let status = ended[path: "status", "containerStatuses"]?.array?.first { $0["name"] == "main" }
            let words = (1000..<1820).map { "\($0) " }.joined() + "."
            let kept = words.utf8.dropFirst(5).prefix(test.size)
            #expect(status?["state"]?["terminated"]?["message"]?.string == String(Substring(kept)))
        }
    }

    @Test func aCommandThatDoesNotExistIsAStartError() async throws {
        try await withNode { cluster, _ in
            var pod = Self.pod("p", "")
            pod["spec"]?["containers"] = [["name": "main", "image": "busybox", "command": ["/no/such/program"]]]
            _ = try await cluster.create(.pods, pod)
            let ended = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"]?.string == "Failed" }
            let state = ended[path: "status", "containerStatuses"]?[0]?["state"]?["terminated"]
            #expect(state?["exitCode"]?.integer == 128)
            #expect(state?["reason"]?.string == "StartError")
            #expect(state?["message"]?.string?.hasSuffix("stat /no/such/program: no such file or directory") == true)
        }
    }

    @Test func aFollowerGetsLinesAsTheyAreWrittenAndEndsWithTheContainer() async throws {
        try await withNode { cluster, runner in
            let script = "cd; echo up; while [ ! -e go ]; do sleep 0.01; done; echo down"
            _ = try await cluster.create(.pods, Self.pod("p", script))
            let pod = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"]?.string == "Running" }
            var options = LogOptions()
            options.follow = true
            var log = try await runner.log(of: pod, container: "main", options: options).makeAsyncIterator()
            #expect(try await log.next() == Array("up\n".utf8))
            let scratch = PodDirectory(in: runner.context.podsDirectory, of: pod).scratch("main")
            try Data().write(to: URL(filePath: "\(scratch)/go"))
            #expect(try await log.next() == Array("down\n".utf8))
            #expect(try await log.next() == nil)
        }
    }

    @Test func aDeletedPodIsAskedToEndAndGoes() async throws {
        try await withNode { cluster, runner in
            _ = try await cluster.create(
                .pods, Self.pod("p", "trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.01; done"))
            let pod = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"]?.string == "Running" }
            var options = LogOptions()
            options.follow = true
            var log = try await runner.log(of: pod, container: "main", options: options).makeAsyncIterator()
            #expect(try await log.next() == Array("up\n".utf8))
            try await cluster.delete(.pods, Self.key, DeletionOptions())
            #expect(try await log.next() == Array("bye\n".utf8))
            #expect(try await log.next() == nil)
            try await cluster.objects(.pods) { $0.isEmpty }
        }
    }

    @Test func initContainersRunFirstInOrder() async throws {
        try await withNode { cluster, runner in
            var pod = Self.pod("p", "cat /d/log")
            let mounts: JSONValue = [["name": "d", "mountPath": "/d"]]
            pod["spec"]?["volumes"] = [["name": "d", "emptyDir": [:]]]
            pod["spec"]?["initContainers"] = .array(
                ["first", "second"].map { name in
                    [
                        "name": .string(name), "image": "busybox",
                        "command": ["sh", "-c", .string("echo \(name) >> /d/log")], "volumeMounts": mounts,
                    ]
                })
            var main = pod[path: "spec", "containers"]?[0]
            main?["volumeMounts"] = mounts
            pod["spec"]?["containers"] = .array([main ?? .null])
            _ = try await cluster.create(.pods, pod)
            let ended = try await cluster.object(.pods, Self.key) {
                $0[path: "status", "phase"]?.string == "Succeeded"
            }
            #expect(ended[path: "status", "initContainerStatuses"]?[1]?["ready"]?.bool == true)
            let log = try await runner.log(of: ended, container: "main", options: LogOptions())
            #expect(String(decoding: try await log.collect(), as: UTF8.self) == "first\nsecond\n")
        }
    }

    @Test func aMissingSecretIsWaitedFor() async throws {
        try await withNode { cluster, runner in
            var pod = Self.pod("p", "echo $X")
            var main = pod[path: "spec", "containers"]?[0]
            main?["env"] = [["name": "X", "valueFrom": ["secretKeyRef": ["name": "absent", "key": "k"]]]]
            pod["spec"]?["containers"] = .array([main ?? .null])
            _ = try await cluster.create(.pods, pod)
            let waiting = try await cluster.object(.pods, Self.key) {
                $0[path: "status", "containerStatuses"]?[0]?["state"]?["waiting"]?["reason"]?.string
                    == "CreateContainerConfigError"
            }
            #expect(
                waiting[path: "status", "containerStatuses"]?[0]?["state"]?["waiting"]?["message"]
                    == "secret \"absent\" not found")
            await #expect(throws: KubeStatus.self) {
                try await runner.log(of: waiting, container: "main", options: LogOptions())
            }
            var secret = KubeObject(apiVersion: "v1", kind: "Secret", namespace: "n", name: "absent")
            secret["data"] = ["k": "dg=="]
            _ = try await cluster.create(.secrets, secret)
            let ended = try await cluster.object(.pods, Self.key) {
                $0[path: "status", "phase"]?.string == "Succeeded"
            }
            let log = try await runner.log(of: ended, container: "main", options: LogOptions())
            #expect(String(decoding: try await log.collect(), as: UTF8.self) == "v\n")
        }
    }

    static let key = ObjectKey(namespace: "n", name: "p")

    @Test func volumesFollowTheirObjects() async throws {
        try await withNode { cluster, runner in
            var map = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "n", name: "words")
            map["data"] = ["word": "first"]
            map = try await cluster.create(.configMaps, map)
            var pod = Self.pod(
                "p",
                "until grep -q second /words/word && grep -q high /me/labels; do sleep 0.05; done; "
                    + "cat /words/word /me/labels")
            pod.metadata["labels"] = ["tide": "low"]
            pod["spec"]?["volumes"] = [
                ["name": "words", "configMap": ["name": "words"]],
                [
                    "name": "me",
                    "downwardAPI": ["items": [["path": "labels", "fieldRef": ["fieldPath": "metadata.labels"]]]],
                ],
            ]
            var container = pod["spec"]?["containers"]?[0] ?? [:]
            container["volumeMounts"] = [
                ["name": "words", "mountPath": "/words"], ["name": "me", "mountPath": "/me"],
            ]
            pod["spec"]?["containers"] = [container]
            _ = try await cluster.create(.pods, pod)
            _ = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"] == "Running" }
            var isChanged = false
            while !isChanged {
                var running = try #require(try await cluster.get(.pods, Self.key))
                running.metadata["labels"] = ["tide": "high"]
                // The kubelet may have written meanwhile.
                isChanged = (try? await cluster.update(.pods, running)) != nil
            }
            map["data"] = ["word": "second "]
            _ = try await cluster.update(.configMaps, map)
            let ended = try await cluster.object(.pods, Self.key) { $0[path: "status", "phase"] == "Succeeded" }
            let log = try await runner.log(of: ended, container: "main", options: LogOptions())
            #expect(String(decoding: try await log.collect(), as: UTF8.self) == "second tide=\"high\"")
        }
    }

    static func pod(_ name: String, _ command: String, policy: String = "Never") -> KubeObject {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", namespace: "n", name: name)
        pod["spec"] = [
            "restartPolicy": .string(policy), "terminationGracePeriodSeconds": 2,
            "containers": [
                ["name": "main", "image": "busybox", "command": ["sh", "-c", .string(command)]]
            ],
        ]
        return pod
    }

    private func withNode(
        _ body: @escaping @Sendable (MemoryCluster, PodRunner) async throws -> Void
    ) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "pods-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let cluster = MemoryCluster(time: .system)
        let logger = Logger(label: "test")
        let recorder = EventRecorder(access: cluster, time: .system, logger: logger)
        let runner = PodRunner(
            access: cluster, configuration: .init(dataDirectory: path), time: .system, recorder: recorder,
            logger: logger)
        try await withRunning([{ await recorder.run() }, { await runner.run() }]) {
            try await body(cluster, runner)
        }
    }
}
