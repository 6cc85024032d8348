import FakeCluster
import KubeClient
import KubeObjects
import KubeWire
import RunCore
import TestSupport
import Testing

/// ExtendedJobs, and pods that change.
extension RunCluster {
    static let extendedJobs = APIResource(
        group: "fissile.cloudfoundry.org", version: "v1alpha1", plural: "extendedjobs", kind: "ExtendedJob")

    /// Makes an ExtendedJob with a pod's template.
    @discardableResult
    func makeExtendedJob(_ spec: JSONObject, named name: String = "ejob") async throws -> KubeObject {
        var object = KubeObject(
            apiVersion: "fissile.cloudfoundry.org/v1alpha1", kind: "ExtendedJob", namespace: "default", name: name)
        var spec = spec
        if spec["template"] == nil {
            spec["template"] = [
                "spec": [
                    "restartPolicy": "Never",
                    "containers": [["name": "main", "image": "busybox", "command": ["true"]]],
                ]
            ]
        }
        object["spec"] = .object(spec)
        return try await client.create(Self.extendedJobs, object)
    }

    func extendedJob(_ name: String = "ejob") async throws -> KubeObject {
        try await client.get(Self.extendedJobs, namespace: "default", name: name)
    }

    func patchExtendedJob(_ patch: JSONValue, named name: String = "ejob") async throws {
        _ = try await client.patch(Self.extendedJobs, namespace: "default", name: name, type: .merge, patch)
    }

    /// Lets time pass until something is so.
    func eventually<Value>(
        _ comment: Comment, step: Duration = .milliseconds(50), _ look: () async throws -> Value?
    ) async throws -> Value {
        for _ in 0..<4000 {
            if let value = try await look() { return value }
            time.advance(by: step)
            await Task.yield()
        }
        Issue.record(comment)
        throw CancellationError()
    }

    /// Lets time pass for a while, so that what must not happen has its chance.
    func pass(_ duration: Duration) async throws {
        let end = time.now + duration
        while time.now < end {
            _ = try await jobs()
            time.advance(by: .milliseconds(100))
            await Task.yield()
        }
    }

    /// Waits until an ExtendedJob's status is as it should be.
    func waitForExtendedJob(
        _ comment: Comment, named name: String = "ejob", until condition: (KubeObject) -> Bool
    ) async throws -> KubeObject {
        try await eventually(comment) {
            let object = try await extendedJob(name)
            return condition(object) ? object : nil
        }
    }

    /// Waits for that many Jobs.
    func waitForJobs(_ count: Int) async throws -> [KubeObject] {
        try await eventually("there are not \(count) Jobs") {
            let jobs = try await jobs()
            return jobs.count >= count ? jobs : nil
        }
    }

    /// The Job that is not over, begun and ended.
    func finishJob(exitCode: Int64 = 0) async throws {
        let job = try await eventually("there is no Job to be ended") {
            try await jobs().first { ObservedJob($0).result == nil }
        }
        try await start(job)
        try await finish(try await client.get(.jobs, namespace: "default", name: job.name ?? ""), exitCode: exitCode)
    }

    /// Makes a pod that nobody runs.
    @discardableResult
    func makePod(_ name: String, labels: [String: String] = ["app": "web"]) async throws -> KubeObject {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", namespace: "default", name: name)
        pod.metadata["labels"] = .object(JSONObject(labels.map { ($0.key, .string($0.value)) }))
        pod["spec"] = ["containers": [["name": "c", "image": "busybox"]]]
        return try await client.create(.pods, pod)
    }

    /// What the kubelet says of a pod's readiness.
    func setReady(_ name: String, _ isReady: Bool) async throws {
        _ = try await client.patch(
            .pods, namespace: "default", name: name, type: .strategicMerge,
            [
                "status": [
                    "phase": "Running",
                    "conditions": [
                        [
                            "type": "Ready", "status": isReady ? "True" : "False",
                            "lastTransitionTime": .string(time.now.rfc3339),
                        ]
                    ],
                ]
            ], subresource: "status")
    }

    func deletePod(_ name: String) async throws {
        try await client.delete(
            .pods, namespace: "default", name: name, options: DeleteOptions(gracePeriodSeconds: 0))
    }
}
