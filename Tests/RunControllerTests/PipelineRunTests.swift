import KubeClient
import KubeObjects
import KubeWire
import RunCore
import TestSupport
import Testing

/// A CustomRun as a real Tekton makes it, and what a PipelineRun does to it.
@Suite(.timeLimit(.minutes(5)))
struct PipelineRunTests {
    private static let customRuns = APIResource(
        group: "tekton.dev", version: "v1beta1", plural: "customruns", kind: "CustomRun")
    private static let pipelineRuns = APIResource(
        group: "tekton.dev", version: "v1", plural: "pipelineruns", kind: "PipelineRun")

    private static let definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: pipelineruns.tekton.dev}
        spec:
          group: tekton.dev
          scope: Namespaced
          names: {plural: pipelineruns, singular: pipelinerun, kind: PipelineRun}
          versions:
          - name: v1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        """

    private static let labels: [String: String] = [
        "team": "a", "tekton.dev/memberOf": "tasks", "tekton.dev/pipeline": "bridge", "tekton.dev/pipelineRun": "ok",
        "tekton.dev/pipelineTask": "job",
    ]

    /// A world with a PipelineRun, its template and its CustomRun in it, and a controller.
    private func play(
        _ body: (RunCluster, _ makeTask: () async throws -> KubeObject) async throws -> Void
    ) async throws {
        let world = try await RunCluster()
        let document = try #require(try YAML.parse(Self.definition).first?.value)
        try await world.install([try #require(KubeObject(document))])
        try await world.makeTemplate("first") {
            $0.set(
                [["name": "main", "image": "busybox", "command": ["echo"], "env": [Self.variable]]],
                at: ["template", "spec", "containers"])
        }
        let pipelineRun = try await world.client.create(
            Self.pipelineRuns,
            KubeObject(apiVersion: "tekton.dev/v1", kind: "PipelineRun", namespace: "default", name: "ok"))
        try await world.withController {
            try await body(world) {
                try await world.client.create(Self.customRuns, Self.task(of: pipelineRun))
            }
        }
    }

    private static let variable: JSONValue = ["name": "PLAIN", "value": "$(params.plain)"]

    /// What Tekton writes: labels and annotations of its own and of the PipelineRun, and an owner.
    private static func task(of pipelineRun: KubeObject) -> KubeObject {
        var run = KubeObject(apiVersion: "tekton.dev/v1beta1", kind: "CustomRun", namespace: "default", name: "ok-job")
        var labels = labels
        labels["tekton.dev/pipelineRunUID"] = pipelineRun.uid
        run.metadata["labels"] = .object(
            JSONObject(labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        run.metadata["annotations"] = ["note": "b", "kubectl.kubernetes.io/last-applied-configuration": "{secret}"]
        run.metadata["ownerReferences"] = OwnerReference(controllerOf: pipelineRun).map { [$0.json] }
        run["spec"] = [
            "customRef": ["apiVersion": "cellbytes.io/v1", "kind": "JobTemplate", "name": "first"],
            "params": [["name": "args", "value": ["hello", "Tekton"]], ["name": "plain", "value": "ok"]],
            "retries": 2, "serviceAccountName": "default",
        ]
        return run
    }

    private func succeeded(_ run: KubeObject) -> JSONValue? { run[path: "status", "conditions"]?[0] }

    private func wait(
        _ world: RunCluster, _ status: String, _ reason: String, attempt: Int64? = nil
    ) async throws -> KubeObject {
        try await world.wait(Self.customRuns) { run in
            succeeded(run)?["status"]?.string == status && succeeded(run)?["reason"]?.string == reason
                && (attempt == nil || run[path: "status", "extraFields", "attempt"]?.integer == attempt)
        }
    }

    @Test func theJobHasTheLabelsAndTheRunTheResults() async throws {
        try await play { world, makeTask in
            let task = try await makeTask()
            let job = try await world.waitForJob()
            #expect(job.controllerReference?.uid == task.uid)
            let pod = try #require(job[path: "spec", "template"])
            for (key, value) in Self.labels {
                #expect(job.labels[key] == value)
                #expect(pod["metadata"]?["labels"]?[key]?.string == value)
            }
            #expect(job.labels["tekton.dev/customRun"] == "ok-job")
            #expect(!job.value.encodedString().contains("{secret}"))
            let container = pod["spec"]?["containers"]?[0]
            #expect(container?["args"] == ["hello", "Tekton"])
            #expect(container?["env"]?[0]?["value"] == "ok")
            try await world.finish(job, message: #"{"answer": "42"}"#)
            let run = try await wait(world, "True", "Succeeded")
            #expect(run[path: "status", "results"] == [["name": "answer", "value": "42"]])
        }
    }

    /// The PipelineRun does not repeat it: `False` once would be the end of the pipeline.
    @Test func retriesAreTheTasks() async throws {
        try await play { world, makeTask in
            _ = try await makeTask()
            for attempt in 0..<Int64(3) {
                let job = try await world.wait(.jobs) {
                    ($0.annotations[AnnotationKey.attempt] ?? "0") == "\(attempt)" && $0["status"]?["failed"] == nil
                }
                try await world.finish(job, exitCode: 3)
                guard attempt < 2 else { break }
                let run = try await world.wait(Self.customRuns) {
                    $0[path: "status", "retriesStatus"]?.array?.count == Int(attempt) + 1
                }
                #expect(succeeded(run)?["status"] == "Unknown")
            }
            let run = try await wait(world, "False", "Failed", attempt: 2)
            #expect(run[path: "status", "retriesStatus"]?.array?.count == 2)
            #expect(try await world.jobs().count == 3)
        }
    }

    /// The JSON patches of a PipelineRun that is cancelled, or has run out of time.
    @Test(arguments: [
        "CustomRun cancelled as the PipelineRun it belongs to has been cancelled.",
        "CustomRun cancelled as the PipelineRun it belongs to has timed out.",
    ])
    func aCancelledPipelineRunEndsIt(_ message: String) async throws {
        try await play { world, makeTask in
            _ = try await makeTask()
            let job = try await world.waitForJob()
            try await world.start(job)
            let patch: JSONValue = [
                ["op": "add", "path": "/spec/status", "value": "RunCancelled"],
                ["op": "add", "path": "/spec/statusMessage", "value": .string(message)],
            ]
            _ = try await world.client.patch(
                Self.customRuns, namespace: "default", name: "ok-job", type: .json, patch)
            let run = try await wait(world, "False", "CustomRunCancelled")
            #expect(succeeded(run)?["message"]?.string == message)
            #expect(run[path: "status", "completionTime"] != nil)
            #expect(try await world.jobs().allSatisfy(\.isBeingDeleted))
        }
    }

    /// Deleted behind the PipelineRun's back, and made again under the same name.
    @Test func oneThatIsMadeAgainIsAnotherOne() async throws {
        try await play { world, makeTask in
            let first = try await makeTask()
            let old = try await world.waitForJob()
            try await world.client.delete(Self.customRuns, namespace: "default", name: "ok-job")
            let second = try await makeTask()
            #expect(first.uid != second.uid)
            let new = try await world.wait(.jobs) { $0.controllerReference?.uid == second.uid }
            #expect(new.name != old.name)
            try await world.finish(new)
            _ = try await wait(world, "True", "Succeeded")
        }
    }
}
