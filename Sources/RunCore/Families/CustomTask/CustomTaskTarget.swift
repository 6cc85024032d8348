import KubeObjects

/// A kind of object that a custom task can run.
struct CustomTaskTarget: Sendable {
    /// Reads the Job that an object describes for a run, which the object may be embedded in.
    typealias Reader =
        @Sendable (KubeObject, _ task: CustomTask, RunSettings) throws(RunRejection) -> CustomTaskTemplate

    /// The kind, version included.
    let resource: CustomResource
    /// Whether an object of the kind can be referred to; if not, it can only be embedded.
    var isReferable = true
    /// Whether what an object says stands at its root, beside `metadata`, and not below `spec`.
    var isFlat = false
    /// Reads the Job.
    let template: Reader

    /// All of them.
    static let all = [jobTemplate, plainRun, extendedJob, kubernetesJob, job]

    /// The object that a run embeds.
    func embedded(in task: CustomTask) -> KubeObject {
        let spec = task.embedded?["spec"].nonNull ?? [:]
        var object = KubeObject(isFlat ? spec.object ?? [:] : ["spec": spec])
        object["apiVersion"] = .string(resource.apiVersion)
        object["kind"] = .string(resource.kind)
        object["metadata"] = ["name": .string(task.object.name ?? "")]
        return object
    }

    private static let jobTemplate = CustomTaskTarget(resource: JobTemplateFamily.jobTemplates.unwatched) {
        (object, task, _) throws(RunRejection) in
        let template = JobTemplate(object)
        return CustomTaskTemplate(
            jobSpec: template.jobSpec ?? [:], parameters: template.parameters, overridable: template.overridable,
            snapshot: template.snapshot, turn: task.jobTemplate.flatMap(template.turn))
    }

    /// It is not started itself.
    private static let plainRun = CustomTaskTarget(resource: PlainRunFamily.runs.unwatched, isFlat: true) {
        (object, _, _) throws(RunRejection) in
        let run = PlainRun(object)
        var spec: JSONObject = ["template": ["spec": .object(try run.podSpec())]]
        // What the run does not say is said by whoever runs it.
        spec["backoffLimit"] = object["retries"].nonNull
        return CustomTaskTemplate(jobSpec: spec, snapshot: TemplateSnapshot(of: object))
    }

    /// What would start it, and what becomes of its output, is no concern of a custom task. Embedded, the template may
    /// stand there without the rest.
    private static let extendedJob = CustomTaskTarget(resource: ExtendedJobFamily.extendedJobs.unwatched) {
        (object, _, _) throws(RunRejection) in
        let content = object[path: "spec", "template"] ?? object["spec"]
        let template = try ExtendedJobTemplate(content)
        return CustomTaskTemplate(
            jobSpec: template.jobSpec, metadata: template.metadata,
            snapshot: TemplateSnapshot(of: object, content: content ?? [:]))
    }

    private static let kubernetesJob = CustomTaskTarget(resource: KubernetesJobFamily.kubernetesJobs.unwatched) {
        (object, task, settings) throws(RunRejection) in
        let job = KubernetesJob(object, borrowedBy: task.object)
        let namespace = task.object.namespace ?? ""
        try job.checkBorrowing(settings)
        var spec = try job.jobSpec(labels: [:])
        if object[path: "spec", "backoffLimit"].nonNull == nil { spec["backoffLimit"] = nil }
        // It says that the object itself is not to run now, which it does not anyway. How long a Job is kept once it is
        // over is part of what the object describes, and stays.
        spec["suspend"] = nil
        return CustomTaskTemplate(
            jobSpec: spec, dependents: job.dependents(in: namespace, labels: task.ownLabels),
            snapshot: TemplateSnapshot(of: object))
    }

    private static let job = CustomTaskTarget(
        resource: CustomResource(group: "batch", version: "v1", kind: "Job", plural: "jobs", singular: "job"),
        isReferable: false
    ) { (object, _, _) throws(RunRejection) in
        CustomTaskTemplate(jobSpec: object["spec"]?.object ?? [:])
    }
}

/// What a custom task makes a Job of, wherever it is from.
struct CustomTaskTemplate {
    /// A Job's spec.
    var jobSpec: JSONObject
    /// Labels and annotations for the Job alone.
    var metadata: JSONValue?
    /// What must be there before the Job.
    var dependents: [RunDependent] = []
    /// The parameters that it declares.
    var parameters: [JobParameter] = []
    /// What a run may change: `command`, `args`, `parameters`, or `*` for all.
    var overridable = ["*"]
    /// Which object it was, and in which state; nil if it is embedded.
    var snapshot: TemplateSnapshot?
    /// The turn that its runs have to take; nil if they may start whenever they like.
    var turn: RunTurn?

    /// Whether a run may set this.
    func allows(_ field: String) -> Bool { overridable.contains(field) || overridable.contains("*") }
}
