public import KubeObjects

/// `KubernetesJob` of Project Planton: a job with its namespace, its secrets and its mounts in one file.
public struct KubernetesJobFamily: EditableRunFamily {
    /// KubernetesJobs. They name their namespace themselves and may have it made, so they belong to none.
    public static let kubernetesJobs = CustomResource(
        group: "kubernetes.project-planton.org", version: "v1", kind: "KubernetesJob", plural: "kubernetesjobs",
        singular: "kubernetesjob", shortNames: ["kjob"], isNamespaced: false)

    /// How long to wait before looking again for a namespace that does not exist.
    private static let namespaceRecheck = Duration.seconds(10)

    /// The family.
    public init() {}

    /// `kubernetes-job`.
    public var name: String { "kubernetes-job" }
    /// KubernetesJobs.
    public var runResource: CustomResource { Self.kubernetesJobs }
    /// None: a run says everything itself.
    public var templateResource: CustomResource? { nil }
    /// Namespaces.
    public var referencedResources: [CustomResource] { [.namespaces] }
    /// `kubernetes.project-planton.org/job`.
    public var runLabel: String { LabelKey.kubernetesJob }
    /// The definition of KubernetesJob.
    public var definitions: [KubeObject] { [KubernetesJob.definition] }

    /// The namespace, the Secret and the ConfigMaps that runs bring along.
    public var accessRules: [AccessRule] {
        [AccessRule("", "namespaces", ["create"]), AccessRule("batch", "jobs", ["patch"])]
            + ["configmaps", "secrets"].map { AccessRule("", $0, ["create", "get", "patch"]) }
    }

    /// `spec.namespace.value`.
    public var namespaceField: ResourceField? {
        ResourceField(Self.kubernetesJobs, ["spec", "namespace", "value"])
    }

    var inPlaceFields: [String] {
        ["parallelism", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished", "suspend"]
    }

    func givenFields(of run: KubeObject) -> [String] {
        let given = KubernetesJob(run).schedule
        return inPlaceFields.filter { given[$0] != nil }.sorted()
    }

    /// The namespace, unless the run brings it along.
    public func references(of run: KubeObject) -> [RunReference] {
        let run = KubernetesJob(run)
        guard !run.createsNamespace, let name = run.namespace else { return [] }
        return [Self.reference(toNamespace: name)]
    }

    private static func reference(toNamespace name: String) -> RunReference {
        RunReference(resource: .namespaces, key: ObjectKey(namespace: "", name: name))
    }

    func desiredPlan(of run: KubeObject, settings: RunSettings) throws(RunRejection) -> RunPlan {
        let run = KubernetesJob(run)
        guard let namespace = run.namespace else {
            throw RunRejection(
                reason: run.spec?["namespace"]?["valueFrom"] == nil ? .invalidRun : .unsupported,
                message: "spec.namespace.value: the name of a namespace is required")
        }
        try run.check(settings)
        let labels = run.labels
        let spec = try run.jobSpec(labels: labels)
        let name = run.jobName
        let digest = digest(
            of: spec, with: ["job": .string("\(namespace)/\(name)"), "contents": .object(run.contentDigests)])
        return RunPlan(
            job: job(name, in: namespace, of: run.object, labels: labels, spec: spec, digest: digest),
            dependents: run.dependents(in: namespace, labels: labels), container: KubernetesJob.containerName,
            digest: digest)
    }

    func obstacle(for run: KubeObject, inputs: PlanInputs) -> RunWait? {
        let run = KubernetesJob(run)
        guard !run.createsNamespace, let name = run.namespace,
            inputs.references[Self.reference(toNamespace: name)] == nil
        else { return nil }
        return RunWait(
            reason: .namespaceNotFound,
            message: "spec.namespace.value: there is no namespace \"\(name)\"; create it, or set spec.createNamespace",
            until: inputs.now + Self.namespaceRecheck)
    }

    /// The spec without what is changed in place, and without the values of secrets: there are digests of these.
    func words(of run: KubeObject) -> JSONValue {
        let job = KubernetesJob(run)
        var spec = run["spec"]?.object ?? [:]
        for field in inPlaceFields { spec[field] = nil }
        var words = JSONValue.object(["spec": .object(spec), "contents": .object(job.contentDigests)])
        for secret in job.literalSecrets {
            words.set(nil, at: ["spec", "env", "secrets", secret.name, "value"])
        }
        return words
    }

    func complete(_ status: inout JSONObject, of run: KubeObject, observation: RunObservation, job: JobReference?) {
        let failure = status["conditions"]?.array?.first { $0["type"]?.string == ConditionType.failed }
        if status["error"] != nil, var invalid = failure?.object {
            let types: [JSONValue] = ["Conflict", "Invalid"]
            invalid["type"] = status["reason"]?.string == RunReason.nameConflict.rawValue ? types[0] : types[1]
            status["conditions"] = .array(
                (status["conditions"]?.array ?? []).filter { !types.contains($0["type"] ?? .null) } + [.object(invalid)]
            )
        }
        guard let job else { return }
        status["jobRef"] = [
            "namespace": .string(job.key.namespace), "name": .string(job.key.name), "uid": .string(job.uid),
        ]
        status["outputs"] = ["namespace": .string(job.key.namespace), "jobName": .string(job.key.name)]
        let isKept = run[path: "status", "jobRef", "uid"]?.string == job.uid
        status["completedIndexes"] =
            observation.job.map { $0.completedIndexes.map { .string($0) } }
            ?? (isKept ? run[path: "status", "completedIndexes"] : nil)
    }

    func warnings(about run: KubeObject) -> [EventNote] {
        let names = KubernetesJob(run).literalSecrets.map(\.name)
        guard !names.isEmpty else { return [] }
        return [
            EventNote(
                .warning, reason: RunReason.clearTextSecret.rawValue,
                message: "spec.env.secrets: the values of \(names.quotedList) can be read by all who can read the run; "
                    + "secretRef names a Secret that holds them")
        ]
    }
}
