import KubeObjects

/// Makes the Job of one attempt.
struct CustomTaskPlanner {
    let task: CustomTask
    let template: CustomTaskTemplate
    /// Counts the attempts from 0.
    let attempt: Int
    /// How long the attempt may take; nil for ever.
    let timeLeft: Duration?

    /// The complete Job.
    /// - Throws: Why no Job can be made.
    func plan() throws(RunRejection) -> RunPlan {
        let workspaces = try task.workspaces()
        var spec = try expandedSpec(workspaces)
        guard var pods = spec["template"]?.object, var pod = pods["spec"]?.object,
            let container = ObservedPod.mainContainer(ofTemplate: .object(pods))
        else {
            throw RunRejection(
                reason: .invalidTemplate,
                message: "\(place)template.spec.containers: at least one container with a name is required")
        }
        pod["serviceAccountName"] = serviceAccount(pod)
        if pod["serviceAccount"] != nil, pod["serviceAccount"] != pod["serviceAccountName"] {
            pod["serviceAccount"] = nil
        }
        try task.applyPodTemplate(to: &pod)
        for workspace in workspaces { workspace.mount(in: &pod) }
        applyAffinity(to: &pod)
        pods["spec"] = .object(pod)
        pods["metadata"] = .object(metadata(pods["metadata"], allowed: Self.podAnnotations))
        spec["template"] = .object(pods)
        if spec["backoffLimit"].nonNull == nil { spec["backoffLimit"] = 0 }
        if let seconds = deadlineSeconds(spec) { spec["activeDeadlineSeconds"] = .integer(seconds) }
        let digest = Digest.canonical(.object(spec))
        return RunPlan(
            job: job(spec, digest: digest),
            dependents: template.dependents + workspaces.compactMap(\.claim).map { RunDependent($0, .apply) },
            attempt: attempt,
            container: container, template: template.snapshot, digest: digest, turn: template.turn)
    }

    /// Where the template's fields are, in messages.
    private var place: String {
        guard let snapshot = template.snapshot else { return "spec.\(task.kind.embeddedField).spec." }
        return "\(task.target?.resource.kind ?? "") \"\(snapshot.name)\": spec."
    }

    // MARK: Parameters

    /// The Job's spec with the values of parameters and workspaces in its pod template.
    private func expandedSpec(_ workspaces: [CustomTaskWorkspace]) throws(RunRejection) -> JSONObject {
        var spec = template.jobSpec
        guard var pods = spec["template"] else { return spec }
        let given = try task.parameters()
        let words = try words(given, of: pods)
        var values = try parameterValues(
            given.filter { parameter in !words.contains { $0.name == parameter.name } }, of: pods)
        values.workspaces = workspaces.references
        do {
            pods = try values.expanding(pods, path: "template")
        } catch {
            guard error.reason == .invalidTemplate else { throw error }
            throw RunRejection(reason: .invalidTemplate, message: place + error.message)
        }
        for (name, value) in words { setWords(name, value, in: &pods) }
        spec["template"] = pods
        return spec
    }

    /// `command` and `args`, which a template that declares no parameters takes if its text does not speak of them.
    private func words(
        _ given: [(name: String, value: JSONValue)], of pods: JSONValue
    ) throws(RunRejection) -> [(name: String, value: JSONValue)] {
        guard template.parameters.isEmpty else { return [] }
        let used = ParameterValues.references(in: pods)
        let words = given.filter { parameter in
            ["command", "args"].contains(parameter.name) && !used.contains { $0.refers(to: parameter.name) }
        }
        try checkAllowed(words.map(\.name))
        return words
    }

    /// The values of a template's parameters: those that it declares, or else those that its text speaks of.
    private func parameterValues(
        _ given: [(name: String, value: JSONValue)], of pods: JSONValue
    ) throws(RunRejection) -> ParameterValues {
        if !given.isEmpty { try checkAllowed(["parameters"]) }
        guard template.parameters.isEmpty else {
            return try ParameterValues(declared: template.parameters, given: given)
        }
        let used = ParameterValues.references(in: pods)
        let unknown = given.map(\.name).filter { name in !used.contains { $0.refers(to: name) } }
        guard unknown.isEmpty else {
            throw RunRejection(
                reason: .invalidParameter,
                message: "spec.params: nothing in the template speaks of \(unknown.quotedList); it takes "
                    + (Set(used.map(\.parameterName)).sorted() + ["command", "args"]).quotedList)
        }
        return ParameterValues(given)
    }

    private func checkAllowed(_ fields: [String]) throws(RunRejection) {
        let refused = fields.filter { !template.allows($0) }
        guard !refused.isEmpty else { return }
        throw RunRejection(
            reason: .overrideNotAllowed,
            message: "spec.params: \(refused.joined(separator: ", ")) may not be set: "
                + "\(task.target?.resource.kind ?? "") \"\(template.snapshot?.name ?? "")\" allows "
                + (template.overridable.isEmpty ? "no overrides" : template.overridable.joined(separator: ", ")))
    }

    /// Replaces the target container's command or arguments.
    private func setWords(_ field: String, _ value: JSONValue, in pods: inout JSONValue) {
        guard var containers = pods["spec"]?["containers"]?.array else { return }
        let annotated = pods["metadata"]?["annotations"]?[AnnotationKey.defaultContainer]
        guard let position = containers.firstIndex(where: { $0["name"] == annotated }) ?? containers.indices.first
        else { return }
        let words = value.array ?? [.string(value.parameterText)]
        containers[position][field] = .array(words.map { .string($0.parameterText) })
        pods.set(.array(containers), at: ["spec", "containers"])
    }

    // MARK: Pods

    /// The run's account wins, unless it is the one that Tekton's webhook fills in.
    private func serviceAccount(_ pod: JSONObject) -> JSONValue? {
        let own = pod["serviceAccountName"] ?? pod["serviceAccount"]
        guard let wanted = task.spec?["serviceAccountName"]?.string, !wanted.isEmpty else { return own }
        return wanted == "default" && own != nil ? own : .string(wanted)
    }

    /// Pods that share a volume with those of other tasks go where that is.
    private func applyAffinity(to pod: inout JSONObject) {
        guard let assistant = task.object.annotations[AnnotationKey.affinityAssistant] else { return }
        let term: JSONValue = [
            "labelSelector": [
                "matchLabels": [
                    "app.kubernetes.io/instance": .string(assistant),
                    "app.kubernetes.io/component": "affinity-assistant",
                ]
            ],
            "topologyKey": "kubernetes.io/hostname",
        ]
        var affinity = pod["affinity"] ?? [:]
        let path = ["podAffinity", "requiredDuringSchedulingIgnoredDuringExecution"]
        let terms = affinity[path[0]]?[path[1]]?.array ?? []
        affinity.set(.array(terms + [term]), at: path)
        pod["affinity"] = affinity
    }

    // MARK: The Job

    private func deadlineSeconds(_ spec: JSONObject) -> Int64? {
        let own = spec["activeDeadlineSeconds"]?.integer
        guard let timeLeft else { return own }
        let (seconds, rest) = timeLeft.components
        // The Job controller counts nanoseconds in 64 bits, and takes the longest timeouts for ones that have passed.
        let limit = min(max(1, seconds + (rest > 0 ? 1 : 0)), Int64(Int32.max))
        return own.map { min($0, limit) } ?? limit
    }

    private func job(_ spec: JSONObject, digest: String) -> KubeObject {
        let run = task.object
        let name = JobName.name(run: run.name ?? "", uid: run.uid ?? "", attempt: attempt)
        var job = KubeObject(apiVersion: "batch/v1", kind: "Job", namespace: run.namespace, name: name)
        var own = metadata(ExtendedJobTemplate.labelled(template.metadata), allowed: [])
        var annotations = own["annotations"]?.object ?? [:]
        annotations[AnnotationKey.template] = template.snapshot.map { .string($0.json.encodedString()) }
        annotations[AnnotationKey.planDigest] = .string(digest)
        own["annotations"] = .object(annotations)
        if let owner = OwnerReference(controllerOf: run) { own["ownerReferences"] = [owner.json] }
        var whole = job.metadata
        for (key, value) in own { whole[key] = value }
        job.metadata = whole
        job["spec"] = .object(spec)
        return job
    }

    /// Annotations of the run that mean something for its pods. No other one is copied: Tekton hands on all of the
    /// PipelineRun's, its applied manifest with whatever secrets that holds included.
    private static let podAnnotations = [
        "kubectl.kubernetes.io/default-container", "cluster-autoscaler.kubernetes.io/safe-to-evict",
        "sidecar.istio.io/inject", "linkerd.io/inject",
    ]

    /// Labels and annotations: the template's, over them those of the embedded metadata, over them the run's.
    private func metadata(_ base: JSONValue?, allowed: [String]) -> JSONObject {
        var metadata = base?.object ?? [:]
        let embedded = task.embedded?["metadata"]
        var labels = metadata["labels"].merged(with: embedded?["labels"].nonNull ?? [:]).object ?? [:]
        for (key, value) in task.object.labels.sorted(by: { $0.key < $1.key }) where !Self.isReserved(key) {
            labels[key] = .string(LabelValue.name(value))
        }
        let name = task.object.name ?? ""
        for (key, value) in task.ownLabels { labels[key] = value }
        metadata["labels"] = .object(labels)
        var annotations = metadata["annotations"].merged(with: embedded?["annotations"].nonNull ?? [:]).object ?? [:]
        annotations[AnnotationKey.lastApplied] = nil
        for key in allowed { if let value = task.object.annotations[key] { annotations[key] = .string(value) } }
        if LabelValue.name(name) != name { annotations[task.kind.label] = .string(name) }
        metadata["annotations"] = annotations.isEmpty ? nil : .object(annotations)
        return metadata
    }

    /// Labels that the Job controller gives; it refuses Jobs that bring others of these keys.
    private static func isReserved(_ key: String) -> Bool {
        key.hasPrefix("batch.kubernetes.io/") || key == "controller-uid" || key == "job-name"
    }
}

extension String {
    /// Whether what stands between `$(params.` and `)` is about a parameter.
    fileprivate func refers(to name: String) -> Bool {
        self == name || hasPrefix(name + "[") || hasPrefix(name + ".")
    }

    /// The name in what stands between `$(params.` and `)`.
    fileprivate var parameterName: String { String(prefix { $0 != "[" && $0 != "." }) }
}
