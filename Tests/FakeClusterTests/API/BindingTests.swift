import HTTPTypes
import KubeObjects
import KubeWire
import Logging
import Testing

@testable import FakeCluster

/// How pods are put on nodes by whoever schedules them.
struct BindingTests {
    private static let pods = "/api/v1/namespaces/default/pods"
    private static let conflict = "Operation cannot be fulfilled on pods/binding \"p\": "

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var spec: JSONObject = [:]
        var metadata: JSONValue = ["name": "p"]
        var target: JSONValue = ["kind": "Node", "name": "n"]
        var code: Int64
        var message: String
    }

    static let cases = [
        Case(
            testDescription: "another pod is meant", metadata: ["name": "q"], code: 400,
            message: "name in URL does not match name in Binding object"),
        Case(
            testDescription: "no pod is meant", metadata: [:], code: 400,
            message: "name in URL does not match name in Binding object"),
        Case(
            testDescription: "no node is named", target: ["kind": "Node"], code: 500,
            message: "target.name: Required value"),
        Case(
            testDescription: "a pod is bound to no node", target: ["kind": "Rack"], code: 500,
            message:
                #"[target.kind: Unsupported value: "Rack": supported values: "Node", "<empty>", target.name: Required value]"#
        ),
        Case(
            testDescription: "the pod has a node", spec: ["nodeName": "m"], code: 409,
            message: conflict + "pod p is already assigned to node \"m\""),
        Case(
            testDescription: "the pod waits", spec: ["schedulingGates": [["name": "gate"]]], code: 409,
            message: conflict + "pod p has non-empty .spec.schedulingGates"),
    ]

    @Test(arguments: cases)
    func `a binding that cannot be is refused`(_ test: Case) async throws {
        let cluster = try Self.cluster()
        try await Self.makePod(test.spec, cluster)
        let answer = try await Self.send(
            .post, Self.pods + "/p/binding",
            ["apiVersion": "v1", "kind": "Binding", "metadata": test.metadata, "target": test.target], cluster)
        #expect(answer["code"] == .integer(test.code))
        #expect(answer["message"] == .string(test.message))
    }

    @Test func `a binding may mean one pod of its name, and adds to it`() async throws {
        let cluster = try Self.cluster()
        try await Self.makePod([:], cluster)
        let pod = try await Self.send(.get, Self.pods + "/p", nil, cluster)
        let uid = try #require(pod[path: "metadata", "uid"]?.string)
        func bind(uid: String) async throws -> JSONValue {
            try await Self.send(
                .post, Self.pods + "/p/binding",
                [
                    "apiVersion": "v1", "kind": "Binding", "target": ["name": "n"],
                    "metadata": ["name": "p", "uid": .string(uid), "labels": ["a": "b"]],
                ], cluster)
        }
        let wrong = try await bind(uid: "x")
        #expect(wrong["code"] == 409)
        #expect(
            wrong["message"]
                == .string(
                    "Operation cannot be fulfilled on pods \"p\": StorageError: invalid object, Code: 4, Key: "
                        + "/registry/pods/default/p, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID "
                        + "in precondition: x, UID in object meta: \(uid)"))
        #expect(try await bind(uid: uid)["status"] == "Success")
        let bound = try await Self.send(.get, Self.pods + "/p", nil, cluster)
        #expect(bound[path: "spec", "nodeName"] == "n")
        #expect(bound[path: "metadata", "labels"] == ["a": "b"])
    }

    private static func cluster() throws -> FakeCluster {
        try FakeCluster(
            configuration: .init(runsPods: false),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private static func makePod(_ spec: JSONObject, _ cluster: FakeCluster) async throws {
        var spec = spec
        spec["containers"] = [["name": "c", "image": "busybox"]]
        let made = try await send(
            .post, pods, ["metadata": ["name": "p"], "spec": .object(spec)], cluster)
        #expect(made["kind"] == "Pod")
    }

    private static func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue?, _ cluster: FakeCluster
    ) async throws -> JSONValue {
        let request = WireRequest(method: method, path: path, headers: [:], body: body?.encoded() ?? [])
        let answer = await cluster.handle(request, identity: .admin)
        return try JSONValue(parsing: try await answer.body.collect())
    }
}
