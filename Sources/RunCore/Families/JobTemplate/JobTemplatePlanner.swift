import KubeObjects

/// Makes the Job of a JobRun from its template.
struct JobTemplatePlanner {
    let run: JobRun
    let template: JobTemplate

    /// The complete Job.
    /// - Throws: Why no Job can be made.
    func plan() throws(RunRejection) -> RunPlan {
        let position = try targetContainer()
        var spec = try expandedSpec()
        try JobOverride.apply(run, of: template, to: &spec, container: position)
        if let suspend = run.suspend { spec["suspend"] = .bool(suspend) }
        let container = template.containerNames[position]
        markPods(&spec, container: container)
        let digest = Digest.canonical(spec)
        let snapshot = template.snapshot
        return RunPlan(
            job: job(spec: spec, snapshot: snapshot, digest: digest), container: container, template: snapshot,
            digest: digest,
            turn: template.turn(group: JobTemplateFamily.reference(to: templateName, from: run.object)))
    }

    private var templateName: String { template.object.name ?? "" }

    private func targetContainer() throws(RunRejection) -> Int {
        guard template.jobSpec != nil else {
            throw invalid("spec: a Job's spec is required")
        }
        let names = template.containerNames
        guard let standard = template.defaultContainer else {
            throw invalid("spec.template.spec.containers: at least one container with a name is required")
        }
        let wanted = run.container ?? standard
        guard let position = names.firstIndex(of: wanted) else {
            throw RunRejection(
                reason: .containerNotFound,
                message: "spec.container: JobTemplate \"\(templateName)\" has no container \"\(wanted)\"; it has "
                    + names.quotedList)
        }
        return position
    }

    /// The template's spec with the values of the parameters in its pod template.
    private func expandedSpec() throws(RunRejection) -> JSONValue {
        var spec = JSONValue.object(template.jobSpec ?? [:])
        do {
            let values = try ParameterValues(declared: template.parameters, given: run.parameters)
            guard let podTemplate = spec["template"] else { return spec }
            spec["template"] = try values.expanding(podTemplate, path: "spec.template")
            return spec
        } catch {
            throw error.reason == .invalidTemplate ? invalid(error.message) : error
        }
    }

    private func invalid(_ fault: String) -> RunRejection {
        RunRejection(reason: .invalidTemplate, message: "JobTemplate \"\(templateName)\": \(fault)")
    }

    /// Puts labels and annotations on the pod template; ours win over the run's, and the run's over the template's.
    private func markPods(_ spec: inout JSONValue, container: String) {
        var pods = spec["template"]?.object ?? [:]
        var metadata = pods["metadata"]?.object ?? [:]
        metadata["labels"] = metadata["labels"].merged(with: .object(labels))
        var annotations = nameAnnotations
        if let own = run.override("annotations")?.object {
            for (key, value) in own where annotations[key] == nil { annotations[key] = value }
        }
        if run.container != nil, container != template.defaultContainer || template.containerNames.first != container {
            annotations[AnnotationKey.defaultContainer] = .string(container)
        }
        if !annotations.isEmpty { metadata["annotations"] = metadata["annotations"].merged(with: .object(annotations)) }
        pods["metadata"] = nil
        spec["template"] = .object(JSONObject([("metadata", .object(metadata))]).appending(pods))
    }

    private func job(spec: JSONValue, snapshot: TemplateSnapshot, digest: String) -> KubeObject {
        let name = JobName.name(run: run.object.name ?? "", uid: run.object.uid ?? "")
        var job = KubeObject(apiVersion: "batch/v1", kind: "Job", namespace: run.object.namespace, name: name)
        var metadata = job.metadata
        metadata["labels"] = .object(labels)
        metadata["annotations"] = .object(jobAnnotations(snapshot: snapshot, digest: digest))
        if let owner = OwnerReference(controllerOf: run.object) { metadata["ownerReferences"] = [owner.json] }
        job.metadata = metadata
        job["spec"] = spec
        return job
    }

    private var labels: JSONObject {
        var labels = run.override("labels")?.object ?? [:]
        labels[LabelKey.managedBy] = .string(LabelKey.managedByValue)
        labels[LabelKey.jobTemplate] = .string(LabelValue.name(templateName))
        labels[LabelKey.jobRun] = .string(LabelValue.name(run.object.name ?? ""))
        return labels
    }

    /// The whole names, where labels hold only their beginnings.
    private var nameAnnotations: JSONObject {
        var annotations = JSONObject()
        let names = [(AnnotationKey.jobRun, run.object.name ?? ""), (AnnotationKey.jobTemplate, templateName)]
        for (key, name) in names where LabelValue.name(name) != name { annotations[key] = .string(name) }
        return annotations
    }

    private func jobAnnotations(snapshot: TemplateSnapshot, digest: String) -> JSONObject {
        var annotations = run.override("annotations")?.object ?? [:]
        for (key, value) in nameAnnotations { annotations[key] = value }
        if let url = run.callbackURL { annotations[AnnotationKey.callbackURL] = .string(url) }
        annotations[AnnotationKey.template] = .string(snapshot.json.encodedString())
        annotations[AnnotationKey.planDigest] = .string(digest)
        return annotations
    }
}
