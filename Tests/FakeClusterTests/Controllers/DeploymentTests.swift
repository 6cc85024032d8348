import KubeObjects
import KubeWire
import Logging
import TestSupport
import Testing

@testable import FakeCluster

/// How Deployments get their pods and change them.
@Suite(.timeLimit(.minutes(5)))
struct DeploymentTests {
    private static let key = ObjectKey(namespace: "n", name: "web")

    struct StepCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var replicas = 4
        var surge: JSONValue = "25%"
        var unavailable: JSONValue = "25%"
        /// Wanted and available of the new one, of the old one.
        var new: (Int, Int)
        var old: (Int, Int)
        /// What they are to want.
        var wanted: (Int, Int)
    }

    static let steps = [
        StepCase(testDescription: "the first", new: (0, 0), old: (0, 0), wanted: (4, 0)),
        StepCase(testDescription: "begin", new: (0, 0), old: (4, 4), wanted: (1, 3)),
        StepCase(testDescription: "one is there", new: (1, 1), old: (3, 3), wanted: (2, 2)),
        StepCase(testDescription: "nothing available", new: (2, 0), old: (3, 3), wanted: (2, 3)),
        StepCase(testDescription: "the last", new: (4, 4), old: (1, 1), wanted: (4, 0)),
        StepCase(testDescription: "old ones that fail go, too, in turn", new: (1, 0), old: (4, 0), wanted: (1, 3)),
        StepCase(
            testDescription: "one at a time", replicas: 1, surge: 0, unavailable: 0, new: (0, 0), old: (1, 1),
            wanted: (0, 0)),
    ]

    @Test(arguments: steps)
    func anUpdateKeepsItsLimits(_ test: StepCase) {
        var deployment = KubeObject(apiVersion: "apps/v1", kind: "Deployment", name: "web")
        deployment["spec"] = [
            "replicas": .integer(Int64(test.replicas)),
            "strategy": ["rollingUpdate": ["maxSurge": test.surge, "maxUnavailable": test.unavailable]],
        ]
        let rollout = Rollout(deployment)
        var new = Rollout.Replicas(wanted: test.new.0, present: test.new.0, available: test.new.1)
        let old = Rollout.Replicas(wanted: test.old.0, present: test.old.0, available: test.old.1)
        new.wanted = rollout.newReplicas(new, old: [old])
        #expect(new.wanted == test.wanted.0)
        #expect(rollout.oldReplicas(new, old: [old]) == [test.wanted.1])
    }

    @Test func aDeploymentIsRolledOutAndUpdated() async throws {
        let clock = ManualTime()
        let cluster = MemoryCluster(time: clock.source)
        let logger = Logger(label: "test")
        let recorder = EventRecorder(access: cluster, time: clock.source, logger: logger)
        let sets = ReplicaSetController(access: cluster, time: clock.source, recorder: recorder, logger: logger)
        let deployments = DeploymentController(access: cluster, time: clock.source, recorder: recorder, logger: logger)
        try await withRunning([
            { await sets.run() }, { await deployments.run() }, { await Self.makeReady(cluster) },
        ]) {
            var deployment = KubeObject(apiVersion: "apps/v1", kind: "Deployment", namespace: "n", name: "web")
            deployment["spec"] = [
                "replicas": 2, "selector": ["matchLabels": ["app": "web"]],
                "template": [
                    "metadata": ["labels": ["app": "web"]], "spec": ["containers": [["name": "m", "image": "a"]]],
                ],
            ]
            _ = try await cluster.create(.deployments, deployment)
            var done = try await cluster.object(.deployments, Self.key, Self.isComplete)
            #expect(done.annotations["deployment.kubernetes.io/revision"] == "1")
            done["spec"]?["template"]?["spec"] = ["containers": [["name": "m", "image": "b"]]]
            done.metadata["generation"] = 2
            _ = try await cluster.update(.deployments, done)
            let updated = try await cluster.object(.deployments, Self.key) {
                Self.isComplete($0) && $0.annotations["deployment.kubernetes.io/revision"] == "2"
            }
            #expect(updated[path: "status", "observedGeneration"] == 2)
            let pods = try await cluster.objects(.pods) { $0.count == 2 }
            #expect(pods.allSatisfy { $0[path: "spec", "containers"]?[0]?["image"] == "b" })
            #expect(try await cluster.list(.replicaSets, namespace: nil).count == 2)
        }
    }

    private static let isComplete: @Sendable (KubeObject) -> Bool = { deployment in
        let status = deployment["status"]
        return status?["availableReplicas"] == 2 && status?["updatedReplicas"] == 2 && status?["replicas"] == 2
            && status?["conditions"]?[1]?["reason"] == "NewReplicaSetAvailable"
            && status?["observedGeneration"] == .integer(deployment.generation)
    }

    /// Calls every new pod ready, as its kubelet would.
    private static func makeReady(_ cluster: MemoryCluster) async {
        for await change in cluster.changes(of: [.pods]) where change.kind == .added {
            var pod = change.object
            pod["status"] = ["phase": "Running", "conditions": [["type": "Ready", "status": "True"]]]
            _ = try? await cluster.updateStatus(.pods, pod)
        }
    }
}
