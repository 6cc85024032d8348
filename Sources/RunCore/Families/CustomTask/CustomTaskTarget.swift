import KubeObjects

/// A kind of object that a custom task can run.
struct CustomTaskTarget: Sendable {
    /// The kind, version included.
    let resource: CustomResource
    /// Whether an object of the kind can be referred to; if not, it can only be embedded.
    let isReferable: Bool
    /// Reads the Job that an object of the kind describes. An embedded spec comes as the spec of an object.
    let template: @Sendable (KubeObject) throws(RunRejection) -> CustomTaskTemplate

    /// All of them.
    static let all = [jobTemplate, extendedJob, job]

    private static let jobTemplate = CustomTaskTarget(
        resource: JobTemplateFamily.jobTemplates.unwatched, isReferable: true
    ) { (object) throws(RunRejection) in
        let template = JobTemplate(object)
        return CustomTaskTemplate(
            jobSpec: template.jobSpec ?? [:], parameters: template.parameters, overridable: template.overridable,
            snapshot: template.snapshot)
    }

    /// What would start it, and what becomes of its output, is no concern of a custom task.
    private static let extendedJob = CustomTaskTarget(
        resource: ExtendedJobFamily.extendedJobs.unwatched, isReferable: true
    ) { (object) throws(RunRejection) in
        let template = try ExtendedJobTemplate(object[path: "spec", "template"])
        return CustomTaskTemplate(
            jobSpec: template.jobSpec,
            snapshot: TemplateSnapshot(
                name: object.name ?? "", uid: object.uid ?? "", generation: object.generation,
                digest: Digest.canonical(object[path: "spec", "template"] ?? [:])))
    }

    private static let job = CustomTaskTarget(
        resource: CustomResource(group: "batch", version: "v1", kind: "Job", plural: "jobs", singular: "job"),
        isReferable: false
    ) { (object) throws(RunRejection) in
        CustomTaskTemplate(jobSpec: object["spec"]?.object ?? [:])
    }
}

/// What a custom task makes a Job of, wherever it is from.
struct CustomTaskTemplate {
    /// A Job's spec.
    var jobSpec: JSONObject
    /// The parameters that it declares.
    var parameters: [JobParameter] = []
    /// What a run may change: `command`, `args`, `parameters`, or `*` for all.
    var overridable = ["*"]
    /// Which object it was, and in which state; nil if it is embedded.
    var snapshot: TemplateSnapshot?

    /// Whether a run may set this.
    func allows(_ field: String) -> Bool { overridable.contains(field) || overridable.contains("*") }
}
