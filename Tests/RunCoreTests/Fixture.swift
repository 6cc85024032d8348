import KubeObjects
import RunCore

/// Objects that the tests of this module start from.
enum Fixture {
    static let now = Timestamp(seconds: 1_790_000_000)

    /// The JobTemplate `greet` in `demo`, one container `main`.
    static func template(_ change: (inout KubeObject) -> Void = { _ in }) -> KubeObject {
        var template = KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobTemplate", namespace: "demo", name: "greet")
        template.metadata["uid"] = "template-uid"
        template.metadata["generation"] = 1
        template["spec"] = [
            "template": [
                "spec": [
                    "restartPolicy": "Never",
                    "containers": [["name": "main", "image": "busybox:1.36", "command": ["echo"], "args": ["hello"]]],
                ]
            ]
        ]
        change(&template)
        return template
    }

    /// The JobRun `greet-1` of that template, made at ``now``.
    static func run(_ spec: JSONObject = [:], status: JSONObject? = nil) -> KubeObject {
        var run = KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobRun", namespace: "demo", name: "greet-1")
        run.metadata["uid"] = "run-uid"
        run.metadata["generation"] = 1
        run.metadata["creationTimestamp"] = .string(now.rfc3339)
        var whole: JSONObject = ["templateRef": "greet"]
        for (key, value) in spec { whole[key] = value }
        run["spec"] = .object(whole)
        run["status"] = status.map(JSONValue.object)
        return run
    }

    /// The Job of that run as the server stores it, made at ``now``.
    static func job(status: JSONObject = [:], suspended: Bool? = nil) -> KubeObject {
        var job = KubeObject(
            apiVersion: "batch/v1", kind: "Job", namespace: "demo", name: JobName.name(run: "greet-1", uid: "run-uid"))
        job.metadata["uid"] = "job-uid"
        job.metadata["creationTimestamp"] = .string(now.rfc3339)
        job["spec"] = .object([:])
        if let suspended { job["spec"]?["suspend"] = .bool(suspended) }
        job["status"] = .object(status)
        return job
    }

    /// A pod of that Job.
    static func pod(_ name: String = "greet-1-x", status: JSONObject, index: Int? = nil) -> KubeObject {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", namespace: "demo", name: name)
        pod.metadata["creationTimestamp"] = .string(now.rfc3339)
        if let index {
            pod.metadata["annotations"] = ["batch.kubernetes.io/job-completion-index": .string(String(index))]
        }
        pod["spec"] = ["containers": [["name": "main"]]]
        pod["status"] = .object(status)
        return pod
    }

    /// A pod whose container `main` ended.
    static func endedPod(
        _ name: String = "greet-1-x", exitCode: Int64, reason: String = "Error", message: String? = nil,
        index: Int? = nil, at time: Timestamp? = nil
    ) -> KubeObject {
        var end: JSONObject = ["exitCode": .integer(exitCode), "reason": .string(reason)]
        end["message"] = message.map(JSONValue.string)
        end["finishedAt"] = time.map { .string($0.rfc3339) }
        return pod(
            name,
            status: [
                "phase": exitCode == 0 ? "Succeeded" : "Failed",
                "containerStatuses": [["name": "main", "state": ["terminated": .object(end)]]],
            ], index: index)
    }

    /// A condition of a Job that is true.
    static func condition(_ type: String, reason: String = "", message: String = "") -> JSONValue {
        [
            "type": .string(type), "status": "True", "reason": .string(reason), "message": .string(message),
            "lastTransitionTime": .string(now.rfc3339),
        ]
    }

    /// Template and run as the engine hands them over.
    static func inputs(
        template: KubeObject? = template(), jobs: [KubeObject] = [], pods: [KubeObject] = [], after: Duration = .zero
    ) -> PlanInputs {
        let reference = RunReference(
            resource: JobTemplateFamily.jobTemplates, key: ObjectKey(namespace: "demo", name: "greet"))
        return PlanInputs(
            references: template.map { [reference: $0] } ?? [:], observation: RunObservation(jobs: jobs, pods: pods),
            now: now + after)
    }
}
