import KubeObjects

extension ExtendedJob {
    /// The CustomResourceDefinition.
    static let definition: KubeObject = ExtendedJobFamily.extendedJobs.definition(
        schema: OpenAPISchema.object(
            ["spec": specSchema, "status": statusSchema],
            "A Job that is run once, on demand, or whenever a pod changes, and whose output is kept.",
            required: ["spec"]),
        columns: columns, hasStatus: true, categories: ["all"])

    private static var columns: [ResourceColumn] {
        [
            ResourceColumn(name: "Run", type: .string, jsonPath: ".spec.run", description: "How it is started"),
            ResourceColumn(
                name: "When", type: .string, jsonPath: ".spec.triggers.when",
                description: "The state of a pod that starts it"),
            ResourceColumn(
                name: "Phase", type: .string, jsonPath: ".status.phase", description: "Where the last run is"),
            ResourceColumn(
                name: "Exit", type: .integer, jsonPath: ".status.exitCode", description: "Exit code of the last run"),
            ResourceColumn(
                name: "Runs", type: .integer, jsonPath: ".status.runs", description: "How many Jobs were started"),
            ResourceColumn(
                name: "Duration", type: .string, jsonPath: ".status.duration",
                description: "How long the last run took"),
            ResourceColumn(
                name: "Age", type: .date, jsonPath: ".metadata.creationTimestamp",
                description: "Time since the ExtendedJob was created"),
            ResourceColumn(
                name: "Reason", type: .string, jsonPath: ".status.reason", description: "Why it is there", priority: 1),
            ResourceColumn(
                name: "Job", type: .string, jsonPath: ".status.jobRef.name", description: "The last Job", priority: 1),
            ResourceColumn(
                name: "Strategy", type: .string, jsonPath: ".spec.trigger.strategy",
                description: "How it is started, in the words of later versions", priority: 1),
        ]
    }

    // MARK: Spec

    private static var specSchema: JSONValue {
        OpenAPISchema.object(
            [
                "run": OpenAPISchema.string(
                    """
                    once: one run in its life. manually: an errand, not run before it is asked to. now: run the errand \
                    now; it is set back to manually when the run is over.
                    """, enumeration: ExtendedJob.runs),
                "triggers": triggersSchema("Starts a Job each time that a pod reaches a state."),
                "trigger": triggerSchema,
                "output": OpenAPISchema.object(
                    [
                        "stdout": targetSchema("standard output"), "stderr": targetSchema("standard error"),
                        "outputType": OpenAPISchema.string(
                            "json: the output is a flat JSON object of texts, whose members become the keys.",
                            enumeration: ["json"]),
                    ], "Where the output of the containers is kept."),
                "updateOnConfigChange": OpenAPISchema.boolean(
                    "Whether a one-off is run again when a ConfigMap or Secret that its pods refer to changes."),
                "template": templateSchema,
            ], "When to run what.", required: ["template"],
            rules: [
                OpenAPISchema.rule(
                    """
                    (has(self.run) ? 1 : 0) + (has(self.triggers) ? 1 : 0) + (has(self.trigger) ? 1 : 0) == 1
                    """, message: "exactly one of run and triggers is required, or trigger in place of them")
            ])
    }

    private static var triggerSchema: JSONValue {
        OpenAPISchema.object(
            [
                "strategy": OpenAPISchema.string(
                    """
                    manual, now and once are run: manually, now and once. done: a one-off that had its run. podstate: as \
                    podstate says.
                    """, enumeration: ExtendedJob.strategies),
                "podstate": triggersSchema("What triggers is; with the strategy podstate only."),
            ], "Another word for run and triggers: that of later versions.", required: ["strategy"],
            rules: [
                OpenAPISchema.rule(
                    "(self.strategy == 'podstate') == has(self.podstate)",
                    message: "podstate is required with the strategy podstate, and belongs to no other")
            ])
    }

    private static func triggersSchema(_ description: String) -> JSONValue {
        OpenAPISchema.object(
            [
                "when": OpenAPISchema.string(
                    "The state of a pod that starts a Job.", enumeration: PodTrigger.State.allCases.map(\.rawValue)),
                "selector": OpenAPISchema.object(
                    [
                        "matchLabels": OpenAPISchema.stringMap("Labels that the pod has."),
                        "matchExpressions": OpenAPISchema.array(of: expressionSchema, "Conditions on its labels."),
                    ], "Which pods of the namespace; all of them if absent. Labels and expressions must all match."),
            ], description, required: ["when"])
    }

    private static var expressionSchema: JSONValue {
        let letters = PodTriggerRule.operators.map { name in
            name.map { "[\($0.uppercased())\($0.lowercased())]" }.joined()
        }
        return OpenAPISchema.object(
            [
                "key": OpenAPISchema.string("The label's key.", minLength: 1),
                "operator": OpenAPISchema.string(
                    "In, NotIn, Exists or DoesNotExist, in any letter case.",
                    pattern: "^(\(letters.joined(separator: "|")))$"),
                "values": OpenAPISchema.array(of: OpenAPISchema.string(), "The values for In and NotIn."),
            ], required: ["key", "operator"])
    }

    private static func targetSchema(_ stream: String) -> JSONValue {
        let name = "NAME or NAMESPACE/NAME, in the namespace of the ExtendedJob"
        return OpenAPISchema.object(
            [
                "configRef": OpenAPISchema.string("A ConfigMap: \(name).", minLength: 1),
                "configMapRef": OpenAPISchema.string("Another word for configRef.", minLength: 1),
                "secretRef": OpenAPISchema.string("A Secret: \(name).", minLength: 1),
                "overwrite": OpenAPISchema.boolean(
                    "Whether each run replaces what the one before wrote; true if absent. False: what exists is left."),
                "writeOnFailure": OpenAPISchema.boolean("Whether it is also written when the Job failed."),
            ], "Where \(stream) is kept, under the key CONTAINER.\(stream == "standard output" ? "stdout" : "stderr").",
            rules: [
                OpenAPISchema.rule(
                    """
                    (has(self.configRef) ? 1 : 0) + (has(self.configMapRef) ? 1 : 0) + (has(self.secretRef) ? 1 : 0) == 1
                    """, message: "exactly one of configRef and secretRef is required")
            ])
    }

    private static var templateSchema: JSONValue {
        var schema = OpenAPISchema.object(
            [
                "metadata": OpenAPISchema.any(
                    "Labels and annotations for the Job, or for the pod of a pod's template."),
                "spec": OpenAPISchema.any("A Job's spec, or a pod's."),
            ], "The template of a Job (spec.template is there) or of a pod (spec.containers is there).")
        schema["x-kubernetes-preserve-unknown-fields"] = true
        return schema
    }

    // MARK: Status

    private static var statusSchema: JSONValue {
        var schema = RunStatus.schema
        let properties = (schema["properties"]?.object ?? [:]).appending(ownFields)
        schema["properties"] = .object(properties)
        return schema
    }

    private static var ownFields: JSONObject {
        [
            "runs": OpenAPISchema.integer("How many Jobs were started.", format: "int64"),
            "lastRun": OpenAPISchema.object(
                [
                    "jobName": OpenAPISchema.string(), "uid": OpenAPISchema.string(),
                    "triggeredBy": OpenAPISchema.string("once, config change, now, or a pod and its state."),
                    "startTime": OpenAPISchema.time(), "completionTime": OpenAPISchema.time(),
                    "result": OpenAPISchema.string("The phase in which it ended; absent as long as it goes on."),
                    "reason": OpenAPISchema.string(),
                    "configHash": OpenAPISchema.string("The digest of what the pods referred to."),
                ], "The last run; it stays when the next one cannot start."),
            "errand": OpenAPISchema.object(
                [
                    "requested": OpenAPISchema.integer("Where now was seen.", format: "int64"),
                    "ended": OpenAPISchema.integer("Where the run was over.", format: "int64"),
                ], "An errand that is under way, or not set back yet; in generations of the ExtendedJob."),
            "configHash": OpenAPISchema.string(
                "The digest of what the pods refer to, when a one-off was started last."),
            "configChange": OpenAPISchema.object(
                ["hash": OpenAPISchema.string(), "since": OpenAPISchema.time()],
                "What the pods refer to now, if that is about to start the one-off again."),
            "watchedFrom": OpenAPISchema.string("The version from which on pods start Jobs."),
            "handledTriggers": OpenAPISchema.object(
                [
                    "keys": OpenAPISchema.array(of: OpenAPISchema.string(), "The last of them, with their times."),
                    "upTo": OpenAPISchema.string("Everything up to this one is done."),
                ], "The changes of pods that had their Job."),
            "output": OutputRecord.schema,
            "updateTime": OpenAPISchema.time("When the status was written last, if pods start the Jobs."),
        ]
    }
}
