import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

/// The limits of a LimitRange, a container's or claim's resources, and why they are refused.
struct LimitCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var limit: String
    var resources: String
    var refusal: String?
}

struct LimitRangeTests {
    private static let pods = "/api/v1/namespaces/demo/pods"

    private static func cluster(_ limits: String) async throws -> PolicyServer {
        let cluster = try await PolicyServer()
        try await cluster.make(
            "/api/v1/namespaces/demo/limitranges", "{metadata: {name: l}, spec: {limits: [\(limits)]}}")
        return cluster
    }

    private static func pod(_ resources: String, more: String = "") -> String {
        "{metadata: {name: p}, spec: {containers: [{name: a, image: i, resources: \(resources)}]\(more)}}"
    }

    @Test func `containers that say nothing get the defaults, and the pod says so`() async throws {
        let cluster = try await Self.cluster(
            "{type: Container, default: {cpu: 500m, memory: 1Gi}, defaultRequest: {cpu: 100m}}")
        let pod = try await cluster.make(
            Self.pods, Self.pod("{limits: {cpu: 200m}}", more: ", initContainers: [{name: b, image: i}]"))
        let containers = pod["spec"]?.list("containers") ?? []
        #expect(
            containers.first?["resources"] == [
                "limits": ["cpu": "200m", "memory": "1Gi"], "requests": ["cpu": "200m", "memory": "1Gi"],
            ])
        #expect(
            pod["spec"]?.list("initContainers").first?["resources"] == [
                "limits": ["cpu": "500m", "memory": "1Gi"], "requests": ["cpu": "100m", "memory": "1Gi"],
            ])
        #expect(
            pod["metadata"]?["annotations"]?["kubernetes.io/limit-ranger"]?.string
                == "LimitRanger plugin set: memory request for container a; memory limit for container a; "
                + "cpu, memory request for init container b; cpu, memory limit for init container b")
    }

    @Test(arguments: [
        LimitCase(
            testDescription: "within", limit: "{type: Container, min: {cpu: 100m}, max: {cpu: '1'}}",
            resources: "{requests: {cpu: 100m}, limits: {cpu: '1'}}"),
        LimitCase(
            testDescription: "below the minimum", limit: "{type: Container, min: {cpu: 100m}}",
            resources: "{requests: {cpu: 50m}}", refusal: "minimum cpu usage per Container is 100m, but request is 50m"),
        LimitCase(
            testDescription: "above the maximum", limit: "{type: Container, max: {cpu: '1'}}",
            resources: "{requests: {cpu: '1'}, limits: {cpu: '2'}}",
            refusal: "maximum cpu usage per Container is 1, but limit is 2"),
        LimitCase(
            testDescription: "beyond the ratio", limit: "{type: Container, maxLimitRequestRatio: {memory: '2'}}",
            resources: "{requests: {memory: 1Gi}, limits: {memory: 3Gi}}",
            refusal: "memory max limit to request ratio per Container is 2, but provided ratio is 3.000000"),
        LimitCase(
            testDescription: "without a request", limit: "{type: Container, maxLimitRequestRatio: {memory: '2'}}",
            resources: "{}",
            refusal: "memory max limit to request ratio per Container is 2, but no request is specified or request is 0"
        ),
        LimitCase(
            testDescription: "several faults", limit: "{type: Pod, min: {memory: 1Gi}, max: {cpu: '1'}}",
            resources: "{requests: {memory: 500Mi}, limits: {cpu: '2'}}",
            refusal: "[minimum memory usage per Pod is 1Gi, but request is 500Mi, maximum cpu usage per Pod is 1, but "
                + "limit is 2]"),
        LimitCase(
            testDescription: "a pod without a limit", limit: "{type: Pod, max: {cpu: '1'}}", resources: "{}",
            refusal: "maximum cpu usage per Pod is 1.  No limit is specified"),
    ])
    func `pods are held to the limits`(_ limit: LimitCase) async throws {
        let cluster = try await Self.cluster(limit.limit)
        let answer = try await cluster.server.send(.post, Self.pods, PolicyServer.yaml(Self.pod(limit.resources)))
        #expect(answer.message == limit.refusal.map { "pods \"p\" is forbidden: \($0)" } ?? "")
        #expect(answer.status == (limit.refusal == nil ? 201 : 403))
    }

    @Test func `a pod grows within the limits only`() async throws {
        let cluster = try await Self.cluster("{type: Container, max: {cpu: '1'}}")
        try await cluster.make(Self.pods, Self.pod("{requests: {cpu: 100m}, limits: {cpu: 500m}}"))
        for (limit, refusal) in [("1", ""), ("2", "maximum cpu usage per Container is 1, but limit is 2")] {
            let answer = try await cluster.patch(
                "\(Self.pods)/p/resize",
                "{spec: {containers: [{name: a, image: i, resources: {requests: {cpu: 100m}, limits: {cpu: '\(limit)'}}}]}}"
            )
            #expect(answer.message == (refusal.isEmpty ? "" : "pods \"p\" is forbidden: \(refusal)"))
            #expect(answer.status == (refusal.isEmpty ? 200 : 403))
        }
    }

    @Test(arguments: [
        LimitCase(
            testDescription: "within", limit: "{type: PersistentVolumeClaim, min: {storage: 1Gi}, max: {storage: 5Gi}}",
            resources: "5Gi"),
        LimitCase(
            testDescription: "too small", limit: "{type: PersistentVolumeClaim, min: {storage: 1Gi}}", resources: "1Mi",
            refusal: "minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1Mi"),
        LimitCase(
            testDescription: "too large", limit: "{type: PersistentVolumeClaim, max: {storage: 5Gi}}", resources: "6Gi",
            refusal: "maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi"),
    ])
    func `claims are held to the limits`(_ limit: LimitCase) async throws {
        let cluster = try await Self.cluster(limit.limit)
        let claim = """
            metadata: {name: c}
            spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: \(limit.resources)}}}
            """
        let answer = try await cluster.server.send(
            .post, "/api/v1/namespaces/demo/persistentvolumeclaims", PolicyServer.yaml(claim))
        #expect(answer.message == limit.refusal.map { "persistentvolumeclaims \"c\" is forbidden: \($0)" } ?? "")
    }
}

struct PodResourcesTests {
    @Test(arguments: [
        ("{containers: [{resources: {requests: {cpu: '1'}}}, {resources: {requests: {cpu: '2'}}}]}", "cpu=3"),
        (
            "{containers: [{resources: {requests: {cpu: '1'}}}], initContainers: [{resources: {requests: {cpu: '2'}}}]}",
            "cpu=2"
        ),
        (
            """
            containers: [{resources: {requests: {cpu: '1'}}}]
            initContainers:
            - {restartPolicy: Always, resources: {requests: {cpu: '2'}}}
            - {resources: {requests: {cpu: '3'}}}
            """, "cpu=5"
        ),
        ("{containers: [{resources: {requests: {memory: 1Gi}}}], overhead: {memory: 1Mi}}", "memory=1025Mi"),
    ])
    func `a pod needs what runs at once`(_ spec: String, _ total: String) throws {
        let spec = try PolicyServer.yaml(spec)
        #expect(PodResources.total("requests", of: spec).text == total)
    }
}
