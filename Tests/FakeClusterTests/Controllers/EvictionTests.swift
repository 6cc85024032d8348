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

    private static func makeReadyPod(_ name: String, _ send: Send) async throws {
        _ = try await send(
            .post, pods,
            [
                "metadata": ["name": .string(name), "labels": ["app": "x"]],
                "spec": ["containers": [["name": "c", "image": "busybox"]]],
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
