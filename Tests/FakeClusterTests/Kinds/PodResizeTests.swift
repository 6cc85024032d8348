import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

/// What the subresource `resize` lets through.
struct PodResizeTests {
    struct ResizeCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var patch: JSONValue
        /// What the first container asks for then; nil if the pod stays.
        var requests: JSONValue?
        var faults: [String] = []
        var type = PatchType.strategicMerge
    }

    private static func container(_ name: String, _ resources: JSONValue) -> JSONValue {
        ["name": .string(name), "resources": resources]
    }

    private static func containers(_ elements: JSONValue...) -> JSONValue {
        ["spec": ["containers": .array(elements)]]
    }

    static let cases = [
        ResizeCase(
            testDescription: "more and less",
            patch: containers(container("a", ["requests": ["cpu": "200m", "memory": "8Mi"]])),
            requests: ["cpu": "200m", "memory": "8Mi"]),
        ResizeCase(
            testDescription: "something that was not asked for",
            patch: containers(container("b", ["requests": ["cpu": "10m"]])),
            requests: ["cpu": "100m", "memory": "16Mi"]),
        ResizeCase(
            testDescription: "another image as well, which is left out",
            patch: containers(["name": "a", "image": "other", "resources": ["requests": ["cpu": "300m"]]]),
            requests: ["cpu": "300m", "memory": "16Mi"]),
        ResizeCase(
            testDescription: "a sidecar",
            patch: ["spec": ["initContainers": [container("side", ["requests": ["cpu": "20m"]])]]],
            requests: ["cpu": "100m", "memory": "16Mi"]),
        ResizeCase(
            testDescription: "beyond the limit", patch: containers(container("a", ["requests": ["cpu": "2"]])),
            faults: [
                "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of "
                    + "500m"
            ]),
        ResizeCase(
            testDescription: "a request taken away",
            patch: containers(container("a", ["requests": ["memory": .null]])),
            faults: ["spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed"]),
        ResizeCase(
            testDescription: "a limit taken away", patch: containers(container("a", ["limits": ["cpu": .null]])),
            faults: ["spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed"]),
        ResizeCase(
            testDescription: "other resources",
            patch: containers(container("a", ["requests": ["ephemeral-storage": "1Gi"]])),
            faults: ["spec: Forbidden: only cpu and memory resources are mutable"]),
        ResizeCase(
            testDescription: "another class of service",
            patch: containers(
                container("a", ["requests": ["cpu": "500m"], "limits": ["memory": "16Mi"]]),
                container("b", ["requests": ["cpu": "1", "memory": "1Gi"], "limits": ["cpu": "1", "memory": "1Gi"]])
            ),
            requests: ["cpu": "500m", "memory": "16Mi"]),
        ResizeCase(
            testDescription: "an init container",
            patch: ["spec": ["initContainers": [container("first", ["requests": ["cpu": "20m"]])]]],
            faults: [
                "spec.initContainers[0].resources: Forbidden: resources for non-sidecar init containers are immutable"
            ]),
        ResizeCase(
            testDescription: "containers in another order",
            patch: containers(
                ["name": "b", "image": "busybox"],
                ["name": "a", "image": "busybox", "resources": ["requests": ["cpu": "100m", "memory": "16Mi"]]]),
            faults: [
                "spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize",
                "spec.containers[1].name: Forbidden: containers may not be renamed or reordered on resize",
            ], type: .merge),
        ResizeCase(
            testDescription: "fewer containers",
            patch: containers([
                "name": "a", "image": "busybox",
                "resources": ["requests": ["cpu": "100m", "memory": "16Mi"], "limits": ["cpu": "500m"]],
            ]),
            faults: ["spec.containers: Forbidden: containers may not be added or removed on resize"], type: .merge),
    ]

    @Test("a resize changes CPU and memory, and nothing else", arguments: cases)
    func resize(_ test: ResizeCase) async throws {
        let server = try TestServer(standard: .init(runsPods: false))
        let pods = "/api/v1/namespaces/default/pods"
        let created = try await server.send(
            .post, pods,
            [
                "metadata": ["name": "p"],
                "spec": [
                    "initContainers": [
                        ["name": "first", "image": "busybox"],
                        ["name": "side", "image": "busybox", "restartPolicy": "Always"],
                    ],
                    "containers": [
                        [
                            "name": "a", "image": "busybox",
                            "resources": ["requests": ["cpu": "100m", "memory": "16Mi"], "limits": ["cpu": "500m"]],
                        ], ["name": "b", "image": "busybox"],
                    ],
                ],
            ])
        try #require(created.status == 201, "\(created.text)")
        let answer = try await server.send(
            .patch, pods + "/p/resize", test.patch, headers: [.contentType: test.type.rawValue])
        let pod = try await server.send(.get, pods + "/p/resize").json
        let faults = (answer.json[path: "details", "causes"]?.array ?? []).map { cause in
            "\(cause["field"]?.string ?? ""): \(cause["message"]?.string ?? "")"
        }
        #expect(faults == test.faults)
        let container = pod["spec"]?.list("containers").first
        #expect(container?["image"] == "busybox")
        let before: JSONValue = ["cpu": "100m", "memory": "16Mi"]
        #expect(container?["resources"]?["requests"] == test.requests ?? before)
        #expect(pod[path: "metadata", "generation"] == (test.requests == nil ? 1 : 2))
        #expect(answer.status == (test.requests == nil ? 422 : 200))
    }

    @Test("a pod of the class Guaranteed stays one")
    func quality() async throws {
        let server = try TestServer(standard: .init(runsPods: false))
        let pods = "/api/v1/namespaces/default/pods"
        let limits: JSONValue = ["limits": ["cpu": "1", "memory": "1Gi"]]
        let spec: JSONValue = ["containers": [["name": "a", "image": "busybox", "resources": limits]]]
        try #require(try await server.send(.post, pods, ["metadata": ["name": "p"], "spec": spec]).status == 201)
        let answer = try await server.send(
            .patch, pods + "/p/resize", Self.containers(Self.container("a", ["requests": ["cpu": "500m"]])),
            headers: [.contentType: PatchType.strategicMerge.rawValue])
        #expect(
            answer.json["message"]
                == "Pod \"p\" is invalid: spec: Invalid value: \"Guaranteed\": Pod QOS Class may not change as a result of resizing"
        )
        let plain = try await server.send(
            .patch, pods + "/p", Self.containers(Self.container("a", ["limits": ["cpu": "2"]])),
            headers: [.contentType: PatchType.strategicMerge.rawValue])
        #expect(plain.status == 422, "only the subresource resizes")
    }
}
