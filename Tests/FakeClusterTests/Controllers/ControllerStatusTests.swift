import FakeCluster
import HTTPTypes
import KubeObjects
import KubeWire
import Logging
import TestSupport
import Testing

/// What the cluster's controllers write into statuses, held to the rules of the server beside them.
@Suite(.timeLimit(.minutes(5)))
struct ControllerStatusTests {
    private static let jobs = "/apis/batch/v1/namespaces/default/jobs"
    private static let sets = "/apis/apps/v1/namespaces/default/replicasets"

    private let time = ManualTime()

    private func withCluster(_ body: @escaping @Sendable (FakeCluster) async throws -> Void) async throws {
        let cluster = try FakeCluster(
            configuration: .init(time: time.source, runsPods: false),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withRunning([{ try? await cluster.run() }]) { try await body(cluster) }
    }

    private static func send(
        _ cluster: FakeCluster, _ method: HTTPRequest.Method, _ path: String, _ value: JSONValue? = nil
    ) async throws -> JSONValue {
        let headers: HTTPFields = method == .patch ? [.contentType: PatchType.merge.rawValue] : [:]
        let request = WireRequest(method: method, path: path, headers: headers, body: value?.encoded() ?? [])
        let answer = await cluster.handle(request, identity: .admin)
        return try JSONValue(parsing: try await answer.body.collect())
    }

    private static func makeJob(_ cluster: FakeCluster, account: String = "default") async throws {
        let pod: JSONValue = [
            "restartPolicy": "Never", "serviceAccountName": .string(account),
            "containers": [["name": "c", "image": "busybox"]],
        ]
        _ = try await send(cluster, .post, jobs, ["metadata": ["name": "j"], "spec": ["template": ["spec": pod]]])
    }

    /// What a path answers, once it is as wished.
    private static func wait(
        _ cluster: FakeCluster, for path: String, of collection: String? = nil, _ isWanted: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        let collection = collection ?? path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        let watch = await cluster.handle(
            WireRequest(method: .get, path: collection + "?watch=true"), identity: .admin)
        for try await _ in watch.body {
            let answer = try await send(cluster, .get, path)
            if isWanted(answer) { return answer }
        }
        throw CancellationError()
    }

    private static func isSuspended(_ job: JSONValue) -> JSONValue? {
        job[path: "status", "conditions"]?.array?.first { $0["type"] == "Suspended" }?["status"]
    }

    @Test("a Job that had begun is suspended, and begins anew when it is resumed")
    func resumed() async throws {
        try await withCluster { cluster in
            try await Self.makeJob(cluster)
            _ = try await Self.wait(cluster, for: Self.jobs + "/j") { $0[path: "status", "active"] == 1 }
            for _ in 1...2 {
                let begun = try await Self.wait(cluster, for: Self.jobs + "/j") { $0[path: "status", "active"] == 1 }
                _ = try await Self.send(cluster, .patch, Self.jobs + "/j", ["spec": ["suspend": true]])
                let held = try await Self.wait(cluster, for: Self.jobs + "/j") {
                    Self.isSuspended($0) == "True" && $0[path: "status", "active"] == nil
                }
                #expect(held[path: "status", "startTime"] == nil)
                time.advance(by: .seconds(5))
                _ = try await Self.send(cluster, .patch, Self.jobs + "/j", ["spec": ["suspend": false]])
                let resumed = try await Self.wait(cluster, for: Self.jobs + "/j") {
                    Self.isSuspended($0) == "False" && $0[path: "status", "active"] == 1
                }
                #expect(resumed[path: "status", "startTime"] != begun[path: "status", "startTime"])
                #expect(resumed[path: "status", "startTime"] != nil)
            }
        }
    }

    @Test("a Job whose pods are refused has begun all the same, and says why in an Event")
    func refused() async throws {
        try await withCluster { cluster in
            try await Self.makeJob(cluster, account: "absent")
            let begun = try await Self.wait(cluster, for: Self.jobs + "/j") { $0[path: "status", "startTime"] != nil }
            #expect(begun[path: "status", "ready"] == 0 && begun[path: "status", "active"] == nil)
            let events = "/api/v1/namespaces/default/events"
            let told = try await Self.wait(cluster, for: events, of: events) {
                $0["items"]?.array?.contains { $0["reason"] == "FailedCreate" } == true
            }
            let refusal = told["items"]?.array?.first { $0["reason"] == "FailedCreate" }
            #expect(refusal?["message"]?.string?.contains(#"serviceaccount "absent" not found"#) == true)
        }
    }

    @Test("a ReplicaSet says that pods are refused, and counts those that are not")
    func refusedReplicas() async throws {
        try await withCluster { cluster in
            _ = try await Self.send(
                cluster, .post, "/api/v1/namespaces/default/resourcequotas",
                ["metadata": ["name": "few"], "spec": ["hard": ["pods": "1"]]])
            _ = try await Self.wait(cluster, for: "/api/v1/namespaces/default/resourcequotas/few") {
                $0[path: "status", "hard"] != nil
            }
            let template: JSONValue = [
                "metadata": ["labels": ["app": "x"]], "spec": ["containers": [["name": "c", "image": "busybox"]]],
            ]
            _ = try await Self.send(
                cluster, .post, Self.sets,
                [
                    "metadata": ["name": "s"],
                    "spec": ["replicas": 2, "selector": ["matchLabels": ["app": "x"]], "template": template],
                ])
            let set = try await Self.wait(cluster, for: Self.sets + "/s") {
                $0[path: "status", "replicas"] == 1 && $0[path: "status", "conditions"] != nil
            }
            let condition = set[path: "status", "conditions"]?[0]
            #expect(condition?["type"] == "ReplicaFailure" && condition?["reason"] == "FailedCreate")
            #expect(condition?["message"]?.string?.contains("exceeded quota: few") == true)
            _ = try await Self.send(cluster, .patch, Self.sets + "/s", ["spec": ["replicas": 1]])
            _ = try await Self.wait(cluster, for: Self.sets + "/s") {
                $0[path: "status", "observedGeneration"] == 2 && $0[path: "status", "conditions"] == nil
            }
        }
    }
}
