import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// What is worth comparing of a run: what was asked for, what was made of it, how it ended.
struct RunDigest {
    let run: FamilyRun
    /// Its Job, if that is to be compared, too.
    let job: KubeObject?

    /// As YAML.
    var text: String {
        var content = run.object.json
        for field in ["apiVersion", "kind", "metadata", "status"] { content[field] = nil }
        var digest: JSONObject = ["run": .object(content)]
        for map in ["labels", "annotations"] {
            var entries = run.object.metadata[map]?.object ?? [:]
            for key in [AnnotationKey.lastApplied, AnnotationKey.idempotencyKey, AnnotationKey.rerunOf] {
                entries[key] = nil
            }
            if !entries.isEmpty { digest[map] = .object(entries) }
        }
        if let job { digest["job"] = ["spec": job.specToCompare] }
        digest["outcome"] = outcome
        return YAML.encode(.object(digest), sortedKeys: true)
    }

    private var outcome: JSONValue {
        let status = run.status
        var outcome: JSONObject = [:]
        outcome["phase"] = status.phase.map { .string($0.rawValue) }
        outcome["reason"] = status.reason.map { .string($0) }
        outcome["exitCode"] = status.exitCode.map { .integer($0) }
        outcome["templateDigest"] = status.template?["digest"]
        if !status.results.isEmpty {
            outcome["results"] = .object(JSONObject(status.results.map { ($0.name, .string($0.value)) }))
        }
        return .object(outcome)
    }
}

extension FamilyRun {
    /// Its Job, or the last one; nil if there is none, or none any more.
    func job(_ client: KubeClient) async throws -> KubeObject? {
        guard let job = status.job else { return nil }
        do {
            let found = try await client.get(.jobs, namespace: job.key.namespace, name: job.key.name)
            return found.uid == job.uid ? found : nil
        } catch let status as KubeStatus where status.isNotFound {
            return nil
        }
    }
}

extension KubeObject {
    /// The labels that the Job controller gives each Job's pods.
    private static let controllerLabels = [
        "controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name",
    ]

    /// A Job's spec without what the Job controller and ours mark each Job with.
    var specToCompare: JSONValue {
        var spec = self["spec"] ?? [:]
        spec.set(nil, at: ["selector"])
        for key in Self.controllerLabels + [LabelKey.jobRun, LabelKey.plainRun, LabelKey.kubernetesJob] {
            spec.set(nil, at: ["template", "metadata", "labels", key])
        }
        return spec
    }
}
