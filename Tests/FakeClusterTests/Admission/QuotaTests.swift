import HTTPTypes
import KubeObjects
import KubeWire
import TestSupport
import Testing

@testable import FakeCluster

/// A quota's specification, two pods' containers, and why the second is refused.
struct QuotaCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var quota: String
    var first = "{}"
    var second = "{}"
    var more = ""
    var refusal: String?
}

struct QuotaTests {
    private static let quotas = "/api/v1/namespaces/demo/resourcequotas"
    private static let pods = "/api/v1/namespaces/demo/pods"

    /// Runs a test with a cluster whose controllers run and which has a quota that has been counted.
    private static func withQuota(_ spec: String, _ body: (PolicyServer) async throws -> Void) async throws {
        let cluster = try await PolicyServer()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.server.cluster.run() }
            try await cluster.make(quotas, "{metadata: {name: q}, spec: \(spec)}")
            try await waitFor(cluster) { !($0["status"]?.map("hard").isEmpty ?? true) }
            try await body(cluster)
            group.cancelAll()
        }
    }

    /// Waits until the quota is as it should be.
    private static func waitFor(_ cluster: PolicyServer, _ holds: (JSONValue) -> Bool) async throws {
        try await cluster.wait(for: quotas, named: "q", holds)
    }

    /// Says that something is used, whatever there is.
    private static func setUsed(_ used: String, _ cluster: PolicyServer) async throws {
        let answer = try await cluster.patch(
            "\(quotas)/q/status", "{status: {hard: {secrets: '5'}, used: {secrets: '\(used)'}}}")
        try #require(answer.status == 200, "\(answer.text)")
    }

    private static func waitUntilNothingIsUsed(_ cluster: PolicyServer) async throws {
        try await waitFor(cluster) { $0["status"]?["used"]?["secrets"] == "0" }
    }

    private static func pod(_ name: String, _ resources: String, _ more: String = "") throws -> JSONValue {
        try PolicyServer.yaml(
            "{metadata: {name: \(name)}, spec: {containers: [{name: a, image: i, resources: \(resources)}]\(more)}}")
    }

    @Test(arguments: [
        QuotaCase(testDescription: "enough places", quota: "{hard: {pods: '2'}}"),
        QuotaCase(
            testDescription: "no place", quota: "{hard: {pods: '1', count/pods: '5'}}",
            refusal: "exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1"),
        QuotaCase(
            testDescription: "too much of several", quota: "{hard: {requests.cpu: '1', limits.memory: 1Gi, pods: '9'}}",
            first: "{requests: {cpu: 600m}, limits: {memory: 1Gi}}",
            second: "{requests: {cpu: 500m}, limits: {memory: 1Mi}}",
            refusal: "exceeded quota: q, requested: limits.memory=1Mi,requests.cpu=500m, used: "
                + "limits.memory=1Gi,requests.cpu=600m, limited: limits.memory=1Gi,requests.cpu=1"),
        QuotaCase(
            testDescription: "nothing said", quota: "{hard: {requests.cpu: '1', limits.memory: 1Gi}}",
            first: "{requests: {cpu: 100m}, limits: {memory: 1Mi}}", second: "{requests: {cpu: 100m}}",
            refusal: "failed quota: q: must specify limits.memory for: a"),
        QuotaCase(
            testDescription: "another scope", quota: "{hard: {pods: '1'}, scopes: [Terminating]}", more: ""),
        QuotaCase(
            testDescription: "its scope", quota: "{hard: {pods: '0'}, scopes: [Terminating]}",
            more: ", activeDeadlineSeconds: 5",
            refusal: "exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0"),
    ])
    func `pods are counted`(_ quota: QuotaCase) async throws {
        try await Self.withQuota(quota.quota) { cluster in
            let first = try await cluster.server.send(.post, Self.pods, Self.pod("one", quota.first))
            #expect(first.status == 201)
            let second = try await cluster.server.send(.post, Self.pods, Self.pod("two", quota.second, quota.more))
            #expect(second.message == quota.refusal.map { "pods \"two\" is forbidden: \($0)" } ?? "")
            #expect(second.status == (quota.refusal == nil ? 201 : 403))
        }
    }

    @Test func `objects are counted by their names, and a place is free again when one goes`() async throws {
        try await Self.withQuota("{hard: {count/secrets: '1', count/jobs.batch: '0'}}") { cluster in
            let secrets = "/api/v1/namespaces/demo/secrets"
            let (a, b) = (try PolicyServer.yaml("metadata: {name: a}"), try PolicyServer.yaml("metadata: {name: b}"))
            #expect(try await cluster.server.send(.post, "\(secrets)?dryRun=All", a).status == 201)
            #expect(try await cluster.server.send(.post, secrets, a).status == 201)
            let refused = try await cluster.server.send(.post, secrets, b)
            #expect(
                refused.message == "secrets \"b\" is forbidden: exceeded quota: q, requested: count/secrets=1, used: "
                    + "count/secrets=1, limited: count/secrets=1")
            #expect(try await cluster.server.send(.delete, "\(secrets)/a").status == 200)
            try await Self.waitFor(cluster) { $0["status"]?["used"]?["count/secrets"] == "0" }
            #expect(try await cluster.server.send(.post, secrets, b).status == 201)
        }
    }

    @Test func `a Job whose pods find no place says so`() async throws {
        try await Self.withQuota("{hard: {pods: '0'}}") { cluster in
            try await cluster.make(
                "/apis/batch/v1/namespaces/demo/jobs",
                "{metadata: {name: j}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}}}"
            )
            let event = try await cluster.wait(for: "/api/v1/namespaces/demo/events") { $0["reason"] == "FailedCreate" }
            let message = event["message"]?.string ?? ""
            #expect(
                message.hasSuffix(" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0"))
        }
    }

    @Test func `what was counted before the start is counted again`() async throws {
        let folder = try TemporaryFolder()
        let configuration = FakeCluster.Configuration(dataDirectory: folder.path, runsPods: false)
        let first = PolicyServer(server: try TestServer(standard: configuration))
        try await first.server.makeNamespace("demo")
        try await first.make(Self.quotas, "{metadata: {name: q}, spec: {hard: {secrets: '5'}}}")
        try await Self.setUsed("1", first)
        try first.server.cluster.close()
        let second = PolicyServer(server: try TestServer(standard: configuration))
        try await withRunning([{ try? await second.server.cluster.run() }]) {
            try await Self.waitUntilNothingIsUsed(second)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `what has become less is counted again soon`() async throws {
        let clock = ManualTime()
        let cluster = PolicyServer(
            server: try TestServer(standard: .init(time: clock.source, runsPods: false)))
        try await cluster.server.makeNamespace("demo")
        try await cluster.make(Self.quotas, "{metadata: {name: q}, spec: {hard: {secrets: '5'}}}")
        try await withRunning([{ await cluster.server.cluster.quotas.run() }]) {
            try await Self.waitUntilNothingIsUsed(cluster)
            try await Self.setUsed("3", cluster)
            try await cluster.server.makeConfigMap("one", in: "demo")
            _ = try await cluster.server.send(.delete, "/api/v1/namespaces/demo/configmaps/one")
            try await Self.waitUntilNothingIsUsed(cluster)
            // A status that is wrong, as it is when the object of a place that was taken comes after the count.
            try await Self.setUsed("2", cluster)
            await clock.waitForSleepers(dueWithin: .seconds(1))
            clock.advance(by: .seconds(1))
            try await Self.waitUntilNothingIsUsed(cluster)
        }
    }

    @Test func `a count has the places of objects that are on their way to the store`() async throws {
        try await Self.withQuota("{hard: {secrets: '5'}}") { cluster in
            let quotas = cluster.server.cluster.quotas
            let secrets = try #require(
                ResourceRegistry.standard().snapshot.definition(
                    of: GroupVersionKind(group: "", version: "v1", kind: "Secret")))
            var secret = KubeObject(apiVersion: "v1", kind: "Secret", namespace: "demo", name: "s")
            secret.metadata["uid"] = "u"
            let request = AdmissionRequest(
                operation: .create, definition: secrets, namespace: "demo", name: "s", object: secret)
            var claim: UInt64?
            try await QuotaAdmission(store: quotas.store, ledger: quotas.ledger, time: .system).validate(
                request, isDryRun: false, claim: &claim)
            // The place is taken and the object not stored. A new limit makes the controller count.
            try await Self.expect("1", at: "6", cluster)
            // Stored, and the place not yet forgotten: it counts once.
            _ = await quotas.store.commit(
                StoreWrite(
                    resource: secrets.storageResource, key: secret.key, expectation: .absent, change: .put(secret)))
            try await Self.expect("1", at: "7", cluster)
            quotas.ledger.close(try #require(claim))
            try await Self.expect("1", at: "8", cluster)
            _ = try await cluster.server.send(.delete, "/api/v1/namespaces/demo/secrets/s")
            try await Self.waitUntilNothingIsUsed(cluster)
        }
    }

    /// Says that the quota allows so many secrets, and looks at how many are counted then.
    private static func expect(_ used: String, at hard: String, _ cluster: PolicyServer) async throws {
        try await cluster.patch("\(quotas)/q", "{spec: {hard: {secrets: '\(hard)'}}}")
        let quota = try await cluster.wait(for: quotas, named: "q") {
            $0[path: "status", "hard", "secrets"]?.string == hard
        }
        #expect(quota["status"]?["used"]?["secrets"]?.string == used, "with \(hard) allowed")
    }

    @Test func `a pod that grows needs a place for what is more, and leaves it when it shrinks`() async throws {
        try await Self.withQuota("{hard: {requests.cpu: '1', pods: '1'}}") { cluster in
            let made = try await cluster.server.send(.post, Self.pods, Self.pod("one", "{requests: {cpu: 600m}}"))
            try #require(made.status == 201, "\(made.text)")
            func resize(_ cpu: String) async throws -> TestServer.Answer {
                try await cluster.patch(
                    "\(Self.pods)/one/resize",
                    "{spec: {containers: [{name: a, image: i, resources: {requests: {cpu: \(cpu)}}}]}}")
            }
            let refused = try await resize("1500m")
            #expect(refused.status == 403)
            #expect(
                refused.message == "pods \"one\" is forbidden: exceeded quota: q, requested: requests.cpu=900m, used: "
                    + "requests.cpu=600m, limited: requests.cpu=1")
            for cpu in ["900m", "200m"] {
                #expect(try await resize(cpu).status == 200)
                try await Self.waitFor(cluster) {
                    $0["status"]?["used"] == ["pods": "1", "requests.cpu": .string(cpu)]
                }
            }
        }
    }

    @Test func `of many that come at once only as many get in as there are places`() async throws {
        try await Self.withQuota("{hard: {secrets: '5'}}") { cluster in
            let codes = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let secret = KubeObject(apiVersion: "v1", kind: "Secret", name: "s\(number)")
                        return try await cluster.server.send(
                            .post, "/api/v1/namespaces/demo/secrets", secret.value
                        ).status
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(codes == [201: 5, 403: 15])
        }
    }
}
