import KubeObjects

/// Makes the Job of an ExtendedJob.
struct ExtendedJobPlanner {
    /// What a Job is started for.
    enum Cause: Hashable {
        /// It is a one-off.
        case once
        /// The user asked for it, in this generation.
        case now(generation: Int64)
        /// A pod changed.
        case pod(PodTrigger)
    }

    let job: ExtendedJob
    let template: ExtendedJobTemplate
    let cause: Cause
    /// How many Jobs were started before.
    let attempt: Int64
    /// The digest of what the pods refer to; nil if it does not matter.
    let configHash: String?

    /// The complete Job.
    func plan() throws(RunRejection) -> RunPlan {
        var spec = template.jobSpec
        let keepsOutput = try !job.output().isEmpty
        // Its time to live begins when its output is stored, and is set then.
        let lifetime = keepsOutput ? spec.removeValue(forKey: "ttlSecondsAfterFinished") : nil
        markPods(&spec)
        let digest = Digest.canonical(.object(spec))
        var planned = KubeObject(apiVersion: "batch/v1", kind: "Job", namespace: job.object.namespace, name: name)
        var metadata = planned.metadata
        var annotations = template.metadata?["annotations"]?.object ?? [:]
        for (key, value) in nameAnnotations { annotations[key] = value }
        annotations[AnnotationKey.triggeredBy] = .string(words)
        if case .pod(let trigger) = cause { annotations[AnnotationKey.triggerKey] = .string(trigger.entry.text) }
        annotations[AnnotationKey.configHash] = configHash.map(JSONValue.string)
        annotations[AnnotationKey.lifetime] = lifetime?.integer.map { .string("\($0)") }
        annotations[AnnotationKey.planDigest] = .string(digest)
        metadata["labels"] = template.metadata?["labels"].merged(with: .object(labels)) ?? .object(labels)
        metadata["annotations"] = .object(annotations)
        if let owner = OwnerReference(controllerOf: job.object) { metadata["ownerReferences"] = [owner.json] }
        planned.metadata = metadata
        planned["spec"] = .object(spec)
        return RunPlan(
            job: planned, attempt: Int(clamping: attempt), container: template.container, digest: digest)
    }

    private var name: String {
        let identity =
            switch cause {
            case .once: "once/\(attempt)"
            case .now(let generation): "now/\(generation)"
            case .pod(let trigger): "pod/\(trigger.key)"
            }
        return JobName.name(run: job.object.name ?? "", uid: "\(job.object.uid ?? "")/\(identity)")
    }

    private var words: String {
        switch cause {
        case .once: attempt == 0 ? "once" : "config change"
        case .now: "now"
        case .pod(let trigger): "\(trigger.pod) \(trigger.state.rawValue)"
        }
    }

    private var labels: JSONObject {
        var labels: JSONObject = [
            LabelKey.managedBy: .string(LabelKey.managedByValue),
            LabelKey.extendedJob: "true",
            LabelKey.extendedJobName: .string(LabelValue.name(job.object.name ?? "")),
        ]
        if case .pod(let trigger) = cause {
            labels[LabelKey.affectedPod] = .string(LabelValue.name(trigger.pod))
            labels[LabelKey.triggeringPod] = .string(LabelValue.name(trigger.uid))
        }
        return labels
    }

    /// The whole names, where labels hold only their beginnings.
    private var nameAnnotations: JSONObject {
        var annotations = JSONObject()
        let name = job.object.name ?? ""
        if LabelValue.name(name) != name { annotations[AnnotationKey.extendedJobName] = .string(name) }
        if case .pod(let trigger) = cause, LabelValue.name(trigger.pod) != trigger.pod {
            annotations[AnnotationKey.affectedPod] = .string(trigger.pod)
        }
        return annotations
    }

    private func markPods(_ spec: inout JSONObject) {
        var pods = spec["template"]?.object ?? [:]
        var metadata = ExtendedJobTemplate.labelled(pods["metadata"]).object ?? [:]
        metadata["labels"] = metadata["labels"].merged(with: .object(labels))
        if !nameAnnotations.isEmpty {
            metadata["annotations"] = metadata["annotations"].merged(with: .object(nameAnnotations))
        }
        pods["metadata"] = nil
        spec["template"] = .object(JSONObject([("metadata", .object(metadata))]).appending(pods))
    }
}
