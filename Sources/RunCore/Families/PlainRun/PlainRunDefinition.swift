import KubeObjects

extension PlainRun {
    /// The CustomResourceDefinition: fields at the root, and a word for whoever puts them below `spec`.
    static let definition: KubeObject = PlainRunFamily.runs.definition(
        schema: OpenAPISchema.object(
            fields.appending([
                "status": RunStatus.editableSchema(with: ["jobName": OpenAPISchema.string("The Job's name.")]),
                "spec": wrapper,
            ]),
            "A job in a few fields.",
            rules: [
                OpenAPISchema.rule(
                    "!has(self.spec)",
                    message: "a Run of acme.com/v1 has no spec: image, command, env, envSecrets, readiness and retries "
                        + "stand at the root of the object, beside metadata")
            ]), columns: columns, hasStatus: true, categories: [])

    private static var wrapper: JSONValue {
        [
            "description": "Not used: the fields stand at the root.", "type": "object",
            "x-kubernetes-preserve-unknown-fields": true,
        ]
    }

    private static var fields: JSONObject {
        let words = OpenAPISchema.string()
        return [
            "image": OpenAPISchema.string("The container's image; busybox if absent."),
            "command": OpenAPISchema.array(of: words, "What to run instead of the image's entry point."),
            "env": OpenAPISchema.stringMap("Variables by name. Numbers and truth values must be quoted."),
            "envSecrets": [
                "description": "Variables by name that are taken from Secrets in the run's own namespace.",
                "type": "object",
                "additionalProperties": OpenAPISchema.object(
                    [
                        "name": OpenAPISchema.string("The Secret.", minLength: 1),
                        "key": OpenAPISchema.string("The key in the Secret.", minLength: 1),
                    ], required: ["name", "key"]),
            ],
            "readiness": OpenAPISchema.array(
                of: words,
                """
                A command, word by word, that tells by its exit code whether the container is ready. It has no \
                influence on whether the run succeeds.
                """),
            "retries": OpenAPISchema.integer(
                "How often a failed pod is replaced by another; 10 if absent.", format: "int32", minimum: 0),
        ]
    }

    private static var columns: [ResourceColumn] {
        [
            ResourceColumn(
                name: "Ready", type: .string, jsonPath: ".status.conditions[0].status",
                description: "Whether the Job is there and can work"),
            ResourceColumn(
                name: "Status", type: .string, jsonPath: ".status.conditions[0].message",
                description: "How it stands, in words"),
        ] + RunStatus.editableColumns
    }
}
