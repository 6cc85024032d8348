import FakeCluster
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import RunController
import RunCore
import TestSupport
import Testing

/// What ExtendedJobs keep of their Jobs' output.
@Suite(.timeLimit(.minutes(5)))
struct OutputLifeTests {
    private static let both: JSONValue = [
        "stdout": ["secretRef": "out"], "stderr": ["configRef": "default/err", "writeOnFailure": true],
    ]

    private func find(_ cluster: RunCluster, _ resource: APIResource, _ name: String) async throws -> KubeObject? {
        try await cluster.client.list(resource, namespace: "default").items.first { $0.name == name }
    }

    private func run(
        _ cluster: RunCluster, _ spec: JSONObject, over transport: any Transport, exitCode: Int64 = 0
    ) async throws -> KubeObject {
        try await cluster.withController(over: transport) {
            try await cluster.makeExtendedJob(spec)
            try await cluster.finishJob(exitCode: exitCode)
            return try await cluster.waitForExtendedJob("it is not over") {
                $0[path: "status", "phase"] == (exitCode == 0 ? "Succeeded" : "Failed")
            }
        }
    }

    private func persisted(_ ejob: KubeObject) -> JSONValue? {
        ejob[path: "status", "conditions"]?.array?.first { $0["type"] == "OutputPersisted" }
    }

    struct StreamCase: Sendable, CustomTestStringConvertible {
        var streams: ContainerLogs.Streams
        var out: String
        var err: String
        var isMerged: Bool
        var testDescription: String { "\(streams)" }
    }

    static let streams = [
        StreamCase(streams: .split, out: "token=42\n", err: "oops\n", isMerged: false),
        StreamCase(streams: .ignored, out: "token=42\noops\n", err: "token=42\noops\n", isMerged: true),
        StreamCase(streams: .refused, out: "token=42\noops\n", err: "token=42\noops\n", isMerged: true),
    ]

    @Test(arguments: streams)
    func bothStreamsAreKept(_ row: StreamCase) async throws {
        let cluster = try await RunCluster()
        let logs = ContainerLogs(cluster.cluster.transport(), out: "token=42\n", err: "oops\n", streams: row.streams)
        let ejob = try await run(cluster, ["run": "once", "output": Self.both], over: logs)
        let secret = try #require(try await find(cluster, .secrets, "out"))
        let config = try #require(try await find(cluster, .configMaps, "err"))
        #expect(secret["data"] == ["main.stdout": .string(Base64.encode(Array(row.out.utf8)))])
        #expect(config["data"] == ["main.stderr": .string(row.err)])
        #expect((secret.annotations["fissile.cloudfoundry.org/streams"] == "merged") == row.isMerged)
        #expect(config.labels["fissile.cloudfoundry.org/ejob-name"] == "ejob")
        #expect(config.labels["fissile.cloudfoundry.org/container-name"] == "main")
        #expect(persisted(ejob)?["status"] == "True")
        #expect(ejob[path: "status", "output", "written"] == ["Secret/out", "ConfigMap/err"])
    }

    @Test func ofAFailureOnlyWhatIsAskedForIsKept() async throws {
        let cluster = try await RunCluster()
        let logs = ContainerLogs(cluster.cluster.transport(), out: "out\n", err: "oops\n")
        let ejob = try await run(cluster, ["run": "once", "output": Self.both], over: logs, exitCode: 4)
        #expect(try await find(cluster, .secrets, "out") == nil)
        #expect(try await find(cluster, .configMaps, "err")?["data"] == ["main.stderr": "oops\n"])
        #expect(ejob[path: "status", "exitCode"] == 4)
        #expect(persisted(ejob)?["status"] == "True")
    }

    /// A pod that has used up its restarts, or its time, is stopped, and the Job is over when the pod is gone.
    @Test func whatAPodWroteThatGoesWithTheFailureIsKept() async throws {
        let cluster = try await RunCluster()
        let logs = ContainerLogs(cluster.cluster.transport(), out: "out\n", err: "oops\n")
        let ejob = try await cluster.withController(over: logs) {
            try await cluster.makeExtendedJob(["run": "once", "output": Self.both])
            let job = try #require(try await cluster.waitForJobs(1).first)
            try await cluster.start(job)
            let pod = try await cluster.runPod(of: job)
            _ = try await cluster.waitForExtendedJob("it does not run") { $0[path: "status", "phase"] == "Running" }
            try await cluster.fail(job, isOver: false)
            let kept = try await cluster.waitForExtendedJob("the output is not kept") {
                $0[path: "status", "output", "state"] == "Done"
            }
            #expect(kept[path: "status", "phase"] == "Running")
            try await cluster.deletePod(pod)
            try await cluster.fail(job, isOver: true)
            return try await cluster.waitForExtendedJob("it is not over") { $0[path: "status", "phase"] == "TimedOut" }
        }
        #expect(try await find(cluster, .configMaps, "err")?["data"] == ["main.stderr": "oops\n"])
        #expect(try await find(cluster, .secrets, "out") == nil)
        #expect(persisted(ejob)?["reason"] == "OutputStored")
        // To the pod's end, and not up to the moment in which it is told to end.
        #expect(!logs.queries.isEmpty && logs.queries.allSatisfy { $0.contains("follow=true") }, "\(logs.queries)")
    }

    @Test func whatExistsIsLeftIfItIsNotToBeOverwritten() async throws {
        let cluster = try await RunCluster()
        var keep = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "keep-me")
        keep["data"] = ["x": "old"]
        _ = try await cluster.client.create(.configMaps, keep)
        let logs = ContainerLogs(cluster.cluster.transport(), err: "oops\n")
        let output: JSONValue = ["stderr": ["configRef": "keep-me", "overwrite": false, "writeOnFailure": true]]
        let ejob = try await run(cluster, ["run": "once", "output": output], over: logs, exitCode: 4)
        #expect(try await find(cluster, .configMaps, "keep-me")?["data"] == ["x": "old"])
        #expect(persisted(ejob)?["reason"] == "OutputExists")
        #expect(persisted(ejob)?["status"] == "False")
    }

    @Test func eachRunReplacesWhatTheOneBeforeWrote() async throws {
        let cluster = try await RunCluster()
        let logs = ContainerLogs(cluster.cluster.transport(), out: "one")
        try await cluster.withController(over: logs) {
            try await cluster.makeExtendedJob([
                "run": "now",
                "output": [
                    "stdout": ["configRef": "out"], "stderr": ["configRef": "first", "overwrite": false],
                ],
            ])
            for (round, text) in ["one", "two"].enumerated() {
                logs.set(out: text, err: text)
                try await cluster.finishJob()
                _ = try await cluster.waitForExtendedJob("it is not set back") {
                    $0[path: "spec", "run"] == "manually" && $0[path: "status", "runs"]?.integer == Int64(round + 1)
                }
                #expect(try await find(cluster, .configMaps, "out")?["data"] == ["main.stdout": .string(text)])
                #expect(try await find(cluster, .configMaps, "first")?["data"] == ["main.stderr": "one"])
                if round == 0 {
                    try await cluster.patchExtendedJob(["spec": ["run": "now"]])
                    _ = try await cluster.waitForJobs(2)
                }
            }
        }
    }

    /// Deletes each Job just before it is changed.
    private struct Remover: Transport {
        let base: any Transport
        let client: KubeClient

        func send(_ request: WireRequest) async throws -> WireResponse {
            let parts = request.path.prefix { $0 != "?" }.split(separator: "/")
            if request.method == .patch, parts.dropLast().last == "jobs", let name = parts.last {
                try await client.delete(
                    .jobs, namespace: "default", name: String(name),
                    options: DeleteOptions(propagationPolicy: .background))
            }
            return try await base.send(request)
        }
    }

    /// That its output is stored is noted on the Job; without the Job the errand goes on all the same, and the next one's
    /// output is stored too.
    @Test func aJobThatGoesBeforeItIsNotedOnItHoldsNothingUp() async throws {
        let cluster = try await RunCluster()
        let logs = ContainerLogs(cluster.cluster.transport(), out: "one")
        try await cluster.withController(over: Remover(base: logs, client: cluster.client)) {
            try await cluster.makeExtendedJob(["run": "now", "output": ["stdout": ["configRef": "out"]]])
            for (round, text) in ["one", "two"].enumerated() {
                logs.set(out: text, err: "")
                try await cluster.finishJob()
                _ = try await cluster.waitForExtendedJob("it is not set back") {
                    $0[path: "spec", "run"] == "manually" && $0[path: "status", "runs"]?.integer == Int64(round + 1)
                }
                #expect(try await find(cluster, .configMaps, "out")?["data"] == ["main.stdout": .string(text)])
                #expect(try await cluster.jobs().isEmpty)
                if round == 0 {
                    try await cluster.patchExtendedJob(["spec": ["run": "now"]])
                    _ = try await cluster.waitForJob()
                }
            }
        }
    }

    @Test func flatJSONBecomesKeys() async throws {
        let cluster = try await RunCluster()
        let logs = ContainerLogs(cluster.cluster.transport(), out: #"{"user": "me", "port": 5432}"#)
        let output: JSONValue = ["stdout": ["configRef": "out"], "outputType": "json"]
        let ejob = try await run(cluster, ["run": "once", "output": output], over: logs)
        #expect(try await find(cluster, .configMaps, "out")?["data"] == ["user": "me", "port": "5432"])
        #expect(persisted(ejob)?["status"] == "True")
    }

    /// The members of both streams are kept together, and those of the run before go.
    @Test(arguments: ["configRef", "secretRef"])
    func flatJSONOfBothStreamsGoesToOneObject(reference: String) async throws {
        let cluster = try await RunCluster()
        let resource: APIResource = reference == "configRef" ? .configMaps : .secrets
        func text(_ text: String) -> JSONValue {
            .string(reference == "configRef" ? text : Base64.encode(Array(text.utf8)))
        }
        let target: JSONValue = [reference: "out"]
        let logs = ContainerLogs(cluster.cluster.transport())
        try await cluster.withController(over: logs) {
            try await cluster.makeExtendedJob([
                "run": "now", "output": ["stdout": target, "stderr": target, "outputType": "json"],
            ])
            let rounds: [(out: String, err: String, data: JSONValue)] = [
                (#"{"a": 1, "b": 2}"#, #"{"b": 3, "c": 4}"#, ["a": text("1"), "b": text("3"), "c": text("4")]),
                (#"{"d": 5}"#, "", ["d": text("5")]), ("", #"{"e": 6}"#, ["e": text("6")]),
            ]
            for (number, round) in rounds.enumerated() {
                logs.set(out: round.out, err: round.err)
                try await cluster.finishJob()
                _ = try await cluster.waitForExtendedJob("it is not set back") {
                    $0[path: "spec", "run"] == "manually" && $0[path: "status", "runs"]?.integer == Int64(number + 1)
                }
                #expect(try await find(cluster, resource, "out")?["data"] == round.data)
                guard number + 1 < rounds.count else { return }
                try await cluster.patchExtendedJob(["spec": ["run": "now"]])
                _ = try await cluster.waitForJobs(number + 2)
            }
        }
    }

    /// Nobody can tell which members are those of the stream that is to be left alone.
    @Test func membersOfAStreamThatIsLeftAloneStay() async throws {
        let cluster = try await RunCluster()
        var first = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "out")
        first["data"] = ["kept": "1", "a": "old"]
        _ = try await cluster.client.create(.configMaps, first)
        let logs = ContainerLogs(cluster.cluster.transport(), out: #"{"a": 2}"#, err: #"{"kept": 3}"#)
        let output: JSONValue = [
            "stdout": ["configRef": "out"], "stderr": ["configRef": "out", "overwrite": false], "outputType": "json",
        ]
        let ejob = try await run(cluster, ["run": "once", "output": output], over: logs)
        #expect(try await find(cluster, .configMaps, "out")?["data"] == ["kept": "1", "a": "2"])
        #expect(persisted(ejob)?["reason"] == "OutputExists")
    }

    @Test func whatIsNoJSONIsRefusedAndTheRunIsOver() async throws {
        let cluster = try await RunCluster()
        let logs = ContainerLogs(cluster.cluster.transport(), out: "hello")
        let output: JSONValue = ["stdout": ["configRef": "out"], "outputType": "json"]
        let ejob = try await run(cluster, ["run": "once", "output": output], over: logs)
        #expect(try await find(cluster, .configMaps, "out") == nil)
        #expect(persisted(ejob)?["reason"] == "InvalidOutput")
    }

    @Test func muchOutputIsCutToItsEnd() async throws {
        let cluster = try await RunCluster()
        let logs = ContainerLogs(cluster.cluster.transport(), out: String(repeating: "ä", count: 600_000) + "end")
        _ = try await run(cluster, ["run": "once", "output": ["stdout": ["configRef": "out"]]], over: logs)
        let config = try #require(try await find(cluster, .configMaps, "out"))
        let text = try #require(config[path: "data", "main.stdout"]?.string)
        #expect(text.hasSuffix("äend") && text.utf8.count <= 512 << 10)
        #expect(config.annotations["fissile.cloudfoundry.org/truncated"] == "main.stdout")
    }

    @Test func aTimeToLiveBeginsWhenTheOutputIsKept() async throws {
        let cluster = try await RunCluster()
        let logs = ContainerLogs(cluster.cluster.transport(), out: "x")
        let template: JSONValue = [
            "spec": [
                "ttlSecondsAfterFinished": 60,
                "template": [
                    "spec": ["restartPolicy": "Never", "containers": [["name": "main", "image": "busybox"]]]
                ],
            ]
        ]
        try await cluster.withController(over: logs) {
            try await cluster.makeExtendedJob([
                "run": "once", "output": ["stdout": ["configRef": "out"]], "template": template,
            ])
            let job = try #require(try await cluster.waitForJobs(1).first)
            #expect(job[path: "spec", "ttlSecondsAfterFinished"] == nil)
            try await cluster.finishJob()
            _ = try await cluster.eventually("the Job does not get its time to live") {
                try await cluster.jobs().first { $0[path: "spec", "ttlSecondsAfterFinished"] == 60 }
            }
        }
    }
}
