import KubeObjects

extension JobTemplate {
    /// The CustomResourceDefinition: `spec` is a Job's spec in every detail, so that a typo is refused when the template
    /// is applied and not when it is run.
    static let definition: KubeObject = JobTemplateFamily.jobTemplates.definition(
        schema: schema,
        columns: [
            ResourceColumn(
                name: "Image", type: .string, jsonPath: ".spec.template.spec.containers[0].image",
                description: "Image of the first container"),
            ResourceColumn(
                name: "Age", type: .date, jsonPath: ".metadata.creationTimestamp",
                description: "Time since the template was created"),
        ], hasStatus: false, categories: ["all"])

    private static var schema: JSONValue {
        OpenAPISchema.object(
            [
                "spec": jobSpec,
                "parameters": OpenAPISchema.array(
                    of: parameterSchema,
                    "What runs give values for: $(params.NAME) in any text of the pod template stands for the value.",
                    mapKey: "name"),
                "overridable": OpenAPISchema.array(
                    of: OpenAPISchema.string(
                        enumeration: JobOverride.allCases.map(\.rawValue) + ["parameters", "*"]),
                    "Fields of a run's spec that a run may set; command, args and parameters if absent, * for all.",
                    isSet: true),
                "concurrency": concurrencySchema, "retention": retentionSchema,
            ], "A Job's spec kept once, to be run with other arguments by JobRuns.", required: ["spec"])
    }

    /// A Job's spec as the server's own types describe it, and what the server checks beyond them of every pod.
    private static var jobSpec: JSONValue {
        var schema = OpenAPISchema.builtIn(
            "api.batch.v1.JobSpec", "The spec of the Job that a run starts: every field of a batch/v1 Job's spec.")
        schema.set(
            1, at: ["template", "spec", "containers"].flatMap { ["properties", $0] } + ["minItems"])
        return schema
    }

    private static var parameterSchema: JSONValue {
        OpenAPISchema.object(
            [
                "name": OpenAPISchema.string(
                    "The name.", maxLength: 63, pattern: "^[A-Za-z_][A-Za-z0-9_-]*$"),
                "type": OpenAPISchema.string(
                    "The type of its values; string if absent.",
                    enumeration: JobParameter.ValueType.allCases.map(\.rawValue)),
                "description": OpenAPISchema.string("What it is for."),
                "default": OpenAPISchema.any("The value that holds if a run gives none."),
                "enum": OpenAPISchema.array(of: OpenAPISchema.any(), "The only values allowed."),
                "pattern": OpenAPISchema.string("A regular expression that must match somewhere in the text."),
                "minimum": OpenAPISchema.number("The smallest number allowed."),
                "maximum": OpenAPISchema.number("The largest number allowed."),
                "required": OpenAPISchema.boolean(
                    "Whether a run must give a value; true if absent and there is no default."),
            ], required: ["name"])
    }
}
