import KubeObjects

extension JobRun {
    /// The CustomResourceDefinition: what a run may say, and that it may not say something else later.
    static let definition: KubeObject = JobTemplateFamily.jobRuns.definition(
        schema: OpenAPISchema.object(
            ["spec": specSchema, "status": RunStatus.schema],
            "One run of a JobTemplate: a Job made from it once, with other arguments.", required: ["spec"]),
        columns: columns, hasStatus: true, categories: ["all"])

    private static var columns: [ResourceColumn] {
        [
            ResourceColumn(
                name: "Template", type: .string, jsonPath: ".spec.templateRef", description: "The JobTemplate"),
            ResourceColumn(
                name: "Phase", type: .string, jsonPath: ".status.phase", description: "Where the run is in its life"),
            ResourceColumn(
                name: "Exit", type: .integer, jsonPath: ".status.exitCode",
                description: "Exit code of the container that decided"),
            ResourceColumn(
                name: "Start", type: .string, jsonPath: ".status.startTime", description: "When the Job was started"),
            ResourceColumn(
                name: "Duration", type: .string, jsonPath: ".status.duration", description: "How long the run took"),
            ResourceColumn(
                name: "Age", type: .date, jsonPath: ".metadata.creationTimestamp",
                description: "Time since the run was created"),
            ResourceColumn(
                name: "Reason", type: .string, jsonPath: ".status.reason", description: "Why the run is there",
                priority: 1),
            ResourceColumn(
                name: "Job", type: .string, jsonPath: ".status.jobRef.name", description: "The Job", priority: 1),
        ]
    }

    private static var specSchema: JSONValue {
        let fields = ownFields.appending(containerFields).appending(podFields)
        let rules = fields.keys.filter { !["suspend", "cancel"].contains($0) }.map(immutable)
        return OpenAPISchema.object(
            fields, "Which template to run, and what is different this time.", required: ["templateRef"],
            rules: rules + [
                OpenAPISchema.rule(
                    "!has(oldSelf.cancel) || !oldSelf.cancel || (has(self.cancel) && self.cancel)",
                    message: "a run that was cancelled stays so"),
                OpenAPISchema.rule(
                    "!(has(self.callbackToken) && has(self.callbackTokenSecretRef))",
                    message: "callbackToken and callbackTokenSecretRef exclude each other"),
            ])
    }

    /// A run that was started with one spec must not show another one.
    private static func immutable(_ field: String) -> JSONValue {
        OpenAPISchema.rule(
            "has(self.\(field)) == has(oldSelf.\(field)) && (!has(self.\(field)) || self.\(field) == oldSelf.\(field))",
            message: "\(field) cannot be changed once the run exists; create another run")
    }

    private static var ownFields: JSONObject {
        [
            "templateRef": OpenAPISchema.string(
                "The JobTemplate, in the run's own namespace.", minLength: 1, maxLength: 253),
            "parameters": OpenAPISchema.array(
                of: OpenAPISchema.object(
                    [
                        "name": OpenAPISchema.string("The parameter's name."),
                        "value": OpenAPISchema.any("A value of the type that the template declares."),
                    ], required: ["name"]), "Values for the template's parameters.", mapKey: "name"),
            "suspend": OpenAPISchema.boolean(
                "Holds the Job (true) or lets it run (false); if absent, template and Job decide."),
            "cancel": OpenAPISchema.boolean("Ends the run: its Job and pods are deleted."),
            "callbackUrl": OpenAPISchema.string(
                "Where the end of the run is to be announced; copied to the Job's annotation cellbytes.io/callback-url.",
                maxLength: 2048),
            "callbackOn": OpenAPISchema.string(
                "Which ends are announced: Failure is every end but success. Always if absent.",
                enumeration: CallbackOccasion.allCases.map(\.rawValue)),
            "callbackToken": OpenAPISchema.string(
                "A bearer token for the callback, in clear text; callbackTokenSecretRef is better."),
            "callbackTokenSecretRef": OpenAPISchema.object(
                [
                    "name": OpenAPISchema.string("The Secret, in the run's own namespace.", minLength: 1),
                    "key": OpenAPISchema.string("The key in the Secret.", minLength: 1),
                ],
                "The Secret that holds the bearer token for the callback.", required: ["name", "key"]),
        ]
    }

    private static var containerFields: JSONObject {
        let words = OpenAPISchema.string()
        return [
            "container": OpenAPISchema.string(
                """
                The container that command, args, image, env, envFrom and resources are for; if absent, the one that \
                the annotation kubectl.kubernetes.io/default-container names, else the first.
                """, maxLength: 63),
            "command": OpenAPISchema.array(of: words, "Replaces the container's command, if not empty."),
            "args": OpenAPISchema.array(of: words, "Replaces the container's arguments, if not empty."),
            "image": OpenAPISchema.string("Replaces the container's image."),
            "env": OpenAPISchema.array(
                of: OpenAPISchema.builtIn("api.core.v1.EnvVar", "A variable."),
                "Variables that replace the container's of the same name, or come after them.", mapKey: "name"),
            "envFrom": OpenAPISchema.array(
                of: OpenAPISchema.builtIn("api.core.v1.EnvFromSource", "A source of variables."),
                "Sources of variables after the container's own."),
            "resources": OpenAPISchema.builtIn(
                "api.core.v1.ResourceRequirements", "Replaces the container's requests and limits, one by one."),
        ]
    }

    private static var podFields: JSONObject {
        func count(_ field: String) -> JSONValue {
            OpenAPISchema.integer("Replaces the Job's \(field).", format: "int32", minimum: 0)
        }
        return [
            "serviceAccountName": OpenAPISchema.string("The service account of the pods."),
            "nodeSelector": OpenAPISchema.stringMap("Labels that a node must have, beside the template's."),
            "tolerations": OpenAPISchema.array(
                of: OpenAPISchema.builtIn("api.core.v1.Toleration", "A toleration."),
                "Tolerations beside the template's."),
            "parallelism": count("parallelism"), "completions": count("completions"),
            "backoffLimit": count("backoffLimit"),
            "activeDeadlineSeconds": OpenAPISchema.integer(
                "Replaces the Job's activeDeadlineSeconds.", format: "int64", minimum: 1),
            "ttlSecondsAfterFinished": count("ttlSecondsAfterFinished"),
            "labels": OpenAPISchema.stringMap("Labels for Job and pods, beside the template's."),
            "annotations": OpenAPISchema.stringMap("Annotations for Job and pods, beside the template's."),
        ]
    }
}
