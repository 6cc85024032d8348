import HTTPTypes
import KubeObjects
import KubeWire
import Logging
import TestSupport
import Testing

@testable import FakeCluster

/// What disruption budgets let evictions do.
@Suite(.timeLimit(.minutes(5)))
struct EvictionTests {
    private static let pods = "/api/v1/namespaces/default/pods"
    private static let budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"

    struct BudgetCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var spec: JSONObject
        /// How many of the two pods may go.
        var allowed: Int64
        var cause = ""
    }

    static let cases = [
        BudgetCase(testDescription: "one has to stay", spec: ["minAvailable": 1], allowed: 1),
        BudgetCase(
            testDescription: "both have to stay", spec: ["minAvailable": 2], allowed: 0,
            cause: "The disruption budget b needs 2 healthy pods and has 2 currently"),
        BudgetCase(
            testDescription: "nobody says how many pods there should be", spec: ["maxUnavailable": 1], allowed: 0,
            cause: "The disruption budget b needs 0 healthy pods and has 2 currently"),
    ]

    @Test(arguments: cases)
    func budgets(_ test: BudgetCase) async throws {
        try await withCluster { send in
            for name in ["p", "q"] { try await Self.makeReadyPod(name, send) }
            var spec = test.spec
            spec["selector"] = ["matchLabels": ["app": "x"]]
            _ = try await send(.post, Self.budgets, ["metadata": ["name": "b"], "spec": .object(spec)])
            let status = try await Self.budget(send) { $0["observedGeneration"] == 1 }
            #expect(status["disruptionsAllowed"]?.integer == test.allowed)
            let eviction: JSONValue = [
                "apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": "p", "namespace": "default"],
            ]
            let wrong = try await send(.post, Self.pods + "/q/eviction", eviction)
            #expect(wrong["message"] == "name in URL does not match name in Eviction object")
            let answer = try await send(.post, Self.pods + "/p/eviction", eviction)
            if test.allowed > 0 {
                #expect(answer["status"] == "Success")
                // What was allowed is used up, and stays so: one pod is left.
                let after = try await Self.budget(send) { $0["currentHealthy"] == 1 }
                #expect(after["disruptionsAllowed"] == 0)
            } else {
                #expect(answer["code"] == 429 && answer["reason"] == "TooManyRequests")
                #expect(answer["message"] == "Cannot evict pod as it would violate the pod's disruption budget.")
                #expect(answer[path: "details", "causes"]?[0]?["message"] == .string(test.cause))
            }
        }
    }

    struct OptionCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var query = ""
        /// Of the pod as it is when it is to be evicted.
        var options: @Sendable (KubeObject) -> JSONValue
        var code: Int64 = 201
        var message = ""
        /// How long the pod is given; nil if it stays.
        var period: Int64?
    }

    static let optionCases = [
        OptionCase(testDescription: "none", options: { _ in .null }, period: 30),
        OptionCase(testDescription: "a grace period", options: { _ in ["gracePeriodSeconds": 7] }, period: 7),
        OptionCase(testDescription: "a dry run by the query", query: "?dryRun=All", options: { _ in .null }),
        OptionCase(testDescription: "a dry run by its own options", options: { _ in ["dryRun": ["All"]] }),
        OptionCase(testDescription: "a dry run by both", query: "?dryRun=All", options: { _ in ["dryRun": ["All"]] }),
        OptionCase(
            testDescription: "two kinds of dry run", query: "?dryRun=All", options: { _ in ["dryRun": ["Some"]] },
            code: 500, message: "Non-matching dry-run options in request and content: [All] and [Some]"),
        OptionCase(
            testDescription: "the pod's uid and version",
            options: { pod in
                let version = pod.resourceVersion ?? ""
                return ["preconditions": ["uid": .string(pod.uid ?? ""), "resourceVersion": .string(version)]]
            }, period: 30),
        OptionCase(
            testDescription: "another uid", options: { _ in ["preconditions": ["uid": "other"]] }, code: 409,
            message: "the UID in the precondition (other) does not match the UID in record"),
        OptionCase(
            testDescription: "an old version", options: { _ in ["preconditions": ["resourceVersion": "1"]] }, code: 409,
            message: "the ResourceVersion in the precondition (1) does not match the ResourceVersion in record"),
        OptionCase(
            testDescription: "a dry run of another uid",
            options: { _ in ["dryRun": ["All"], "preconditions": ["uid": "other"]] }, code: 409,
            message: "the UID in the precondition (other) does not match the UID in record"),
    ]

    @Test("an eviction deletes as its options say", arguments: optionCases)
    func options(_ test: OptionCase) async throws {
        try await withCluster { send in
            try await Self.makeReadyPod("p", node: "n", send)
            let before = try #require(KubeObject(try await send(.get, Self.pods + "/p", nil)))
            let answer = try await send(
                .post, Self.pods + "/p/eviction" + test.query,
                [
                    "apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": "p", "namespace": "default"],
                    "deleteOptions": test.options(before),
                ])
            #expect(answer["code"]?.integer == test.code)
            #expect(answer["message"]?.string?.contains(test.message) ?? test.message.isEmpty)
            let after = try #require(KubeObject(try await send(.get, Self.pods + "/p", nil)))
            let reasons = (after[path: "status", "conditions"]?.array ?? [])
                .filter { $0["type"] == "DisruptionTarget" }.map { $0["reason"] ?? .null }
            #expect(after.metadata["deletionGracePeriodSeconds"]?.integer == test.period)
            #expect(reasons == (test.period == nil ? [] : ["EvictionByEvictionAPI"]))
            if test.period == nil { #expect(after.resourceVersion == before.resourceVersion) }
        }
    }

    @Test("what the server notes on the way is not the client's to be refused")
    func policies() async throws {
        let cluster = try await PolicyServer()
        let pods = "/api/v1/namespaces/demo/pods"
        let budgets = "/apis/policy/v1/namespaces/demo/poddisruptionbudgets"
        let selector = "{matchLabels: {app: x}}"
        try await cluster.make(
            pods, "{metadata: {name: p, labels: {app: x}}, spec: {nodeName: node, containers: [{name: c, image: i}]}}")
        let running = "{status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}}"
        #expect(try await cluster.patch("\(pods)/p/status", running).status == 200)
        try await cluster.make(budgets, "{metadata: {name: b}, spec: {minAvailable: 0, selector: \(selector)}}")
        let allowing =
            "observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 1, desiredHealthy: 0, expectedPods: 1"
        #expect(try await cluster.patch("\(budgets)/b/status", "{status: {\(allowing)}}").status == 200)
        try await cluster.enforce(
            """
            matchConstraints:
              resourceRules:
              - {apiGroups: [""], apiVersions: [v1], operations: [UPDATE], resources: [pods/status]}
              - {apiGroups: [policy], apiVersions: [v1], operations: [UPDATE], resources: [poddisruptionbudgets/status]}
            validations:
            - expression: "false"
            """)
        for path in ["\(pods)/p", "\(budgets)/b"] {
            #expect(try await cluster.patch("\(path)/status", "{status: {conditions: []}}").status == 422)
        }
        let eviction: JSONValue = ["apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": "p"]]
        let answer = try await cluster.server.send(.post, "\(pods)/p/eviction", eviction)
        #expect(answer.status == 201, "\(answer.text)")
        #expect(try await cluster.server.send(.get, "\(budgets)/b").json["status"]?["disruptionsAllowed"] == 0)
    }

    private typealias Send = @Sendable (HTTPRequest.Method, String, JSONValue?) async throws -> JSONValue

    private func withCluster(_ body: @escaping @Sendable (Send) async throws -> Void) async throws {
        let cluster = try FakeCluster(
            configuration: .init(runsPods: false),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let send: Send = { method, path, value in
            let headers: HTTPFields = method == .patch ? [.contentType: PatchType.merge.rawValue] : [:]
            let request = WireRequest(method: method, path: path, headers: headers, body: value?.encoded() ?? [])
            let answer = await cluster.handle(request, identity: .admin)
            return try JSONValue(parsing: try await answer.body.collect())
        }
        try await withRunning([{ try? await cluster.run() }]) { try await body(send) }
    }

    private static func makeReadyPod(_ name: String, node: String? = nil, _ send: Send) async throws {
        var spec: JSONObject = ["containers": [["name": "c", "image": "busybox"]]]
        spec["nodeName"] = node.map { .string($0) }
        _ = try await send(
            .post, pods,
            [
                "metadata": ["name": .string(name), "labels": ["app": "x"]],
                "spec": .object(spec),
            ])
        _ = try await send(
            .patch, "\(pods)/\(name)/status",
            ["status": ["phase": "Running", "conditions": [["type": "Ready", "status": "True"]]]])
    }

    /// The budget's status, once it is as wished.
    private static func budget(_ send: Send, _ isWanted: (JSONValue) -> Bool) async throws -> JSONValue {
        var status: JSONValue = [:]
        repeat {
            await Task.yield()
            status = try await send(.get, budgets + "/b", nil)["status"] ?? [:]
        } while !isWanted(status)
        return status
    }
}
