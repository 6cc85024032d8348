import KubeObjects

extension CustomTaskKind {
    /// The CustomResourceDefinition for clusters without Tekton. It refuses what Tekton's webhook refuses, in its words
    /// as far as rules can say them.
    var definition: KubeObject {
        resource.definition(
            schema: OpenAPISchema.object(
                ["spec": specSchema, "status": statusSchema],
                "A step of a Tekton pipeline that is none of Tekton's tasks.",
                required: ["spec"],
                rules: [
                    OpenAPISchema.rule(
                        "self.metadata.name.size() <= 63", message: "metadata.name: may have at most 63 characters")
                ]), columns: Self.columns, hasStatus: true, categories: ["tekton", "tekton-pipelines"])
    }

    private static var columns: [ResourceColumn] {
        [
            ResourceColumn(
                name: "Succeeded", type: .string, jsonPath: ".status.conditions[?(@.type==\"Succeeded\")].status",
                description: "Unknown while it is not over"),
            ResourceColumn(
                name: "Reason", type: .string, jsonPath: ".status.conditions[?(@.type==\"Succeeded\")].reason",
                description: "Why it is there"),
            ResourceColumn(
                name: "StartTime", type: .date, jsonPath: ".status.startTime",
                description: "Time since the attempt began"),
            ResourceColumn(
                name: "CompletionTime", type: .date, jsonPath: ".status.completionTime",
                description: "Time since the end"),
        ]
    }

    // MARK: Spec

    private var specSchema: JSONValue {
        let (reference, embedded) = (referenceField, embeddedField)
        let fields: JSONObject = [
            reference: referenceSchema, embedded: embeddedSchema, "params": Self.parametersSchema,
            "workspaces": Self.workspacesSchema,
            "serviceAccountName": OpenAPISchema.string("The service account of the pods."),
            "timeout": OpenAPISchema.string("How long it may take, such as 10m; 0 for ever, an hour if absent."),
            "retries": OpenAPISchema.integer("How often a failed attempt is repeated."),
            "status": OpenAPISchema.string("RunCancelled asks for the end."),
            "statusMessage": OpenAPISchema.string("Why the end is asked for."),
            "podTemplate": OpenAPISchema.any(
                self == .run ? "What holds for the pods." : "Not supported; it is part of \(embedded).spec."),
        ]
        return OpenAPISchema.object(
            fields, "What is to be run, and how.",
            rules: [
                OpenAPISchema.rule(
                    "!(has(self.\(reference)) && has(self.\(embedded)))",
                    message: "expected exactly one, got both: spec.\(reference), spec.\(embedded)"),
                OpenAPISchema.rule(
                    "has(self.\(reference)) || has(self.\(embedded))",
                    message: "expected exactly one, got neither: spec.\(reference), spec.\(embedded)"),
                OpenAPISchema.rule(
                    "!has(self.statusMessage) || self.statusMessage == '' || (has(self.status) && self.status != '')",
                    message: "spec.statusMessage: must be empty while spec.status is empty"),
            ])
    }

    /// Also with the fields that are refused: the API server drops a field that no schema has, and what the author
    /// asked for would silently be something else. Not every kind is ours, so the definition itself refuses none.
    private var referenceSchema: JSONValue {
        OpenAPISchema.object(
            [
                "apiVersion": OpenAPISchema.string("Group and version.", minLength: 1),
                "kind": OpenAPISchema.string("The kind.", minLength: 1),
                "name": OpenAPISchema.string("An object of that kind, in the run's own namespace."),
                "namespace": OpenAPISchema.string("The run's own namespace; another one is refused."),
                "resolver": OpenAPISchema.string("Not supported."), "bundle": OpenAPISchema.string("Not supported."),
            ], "What is to be run, by its kind and name.", required: ["apiVersion", "kind"])
    }

    private var embeddedSchema: JSONValue {
        OpenAPISchema.object(
            [
                "apiVersion": OpenAPISchema.string("Group and version.", minLength: 1),
                "kind": OpenAPISchema.string("The kind.", minLength: 1),
                "metadata": OpenAPISchema.object(
                    [
                        "labels": OpenAPISchema.stringMap("For Jobs and pods."),
                        "annotations": OpenAPISchema.stringMap("For Jobs and pods."),
                    ], "Labels and annotations of what is made."),
                "spec": OpenAPISchema.any("The spec of that kind."),
            ], "What is to be run, as it is.", required: ["apiVersion", "kind"])
    }

    private static var parametersSchema: JSONValue {
        OpenAPISchema.array(
            of: OpenAPISchema.object(
                [
                    "name": OpenAPISchema.string("The parameter's name.", minLength: 1),
                    "value": OpenAPISchema.any("A text, a list of texts, or a map of texts."),
                ], required: ["name", "value"]), "Values for parameters.", mapKey: "name")
    }

    private static let workspaceSources = [
        "persistentVolumeClaim", "volumeClaimTemplate", "emptyDir", "configMap", "secret", "projected", "csi",
    ]

    private static var workspacesSchema: JSONValue {
        func source(_ type: String) -> JSONValue { OpenAPISchema.builtIn("api.core.v1.\(type)", "A volume.") }
        let count = workspaceSources.map { "(has(self.\($0)) ? 1 : 0)" }.joined(separator: " + ")
        var schema = OpenAPISchema.array(
            of: OpenAPISchema.object(
                [
                    "name": OpenAPISchema.string("Its containers find it at /workspace/NAME.", minLength: 1),
                    "subPath": OpenAPISchema.string("A folder of the volume."),
                    "persistentVolumeClaim": source("PersistentVolumeClaimVolumeSource"),
                    "volumeClaimTemplate": OpenAPISchema.openObject("A claim that is made for the run."),
                    "emptyDir": source("EmptyDirVolumeSource"), "configMap": source("ConfigMapVolumeSource"),
                    "secret": source("SecretVolumeSource"), "projected": source("ProjectedVolumeSource"),
                    "csi": source("CSIVolumeSource"),
                ], required: ["name"],
                rules: [
                    OpenAPISchema.rule(
                        "(\(count)) == 1",
                        message: "expected exactly one of \(workspaceSources.joined(separator: ", "))"),
                    OpenAPISchema.rule(
                        "!has(self.configMap) || (has(self.configMap.name) && self.configMap.name != '')",
                        message: "configMap.name: required"),
                    OpenAPISchema.rule(
                        "!has(self.secret) || (has(self.secret.secretName) && self.secret.secretName != '')",
                        message: "secret.secretName: required"),
                    OpenAPISchema.rule(
                        "!has(self.projected) || (has(self.projected.sources) && self.projected.sources.size() > 0)",
                        message: "projected.sources: at least one is required"),
                ]), "Volumes for the pods.", mapKey: "name")
        schema["maxItems"] = 100
        return schema
    }

    // MARK: Status

    private var statusSchema: JSONValue {
        OpenAPISchema.object(
            [
                "conditions": OpenAPISchema.array(
                    of: OpenAPISchema.object(
                        [
                            "type": OpenAPISchema.string(), "status": OpenAPISchema.string(),
                            "severity": OpenAPISchema.string(), "reason": OpenAPISchema.string(),
                            "message": OpenAPISchema.string(), "lastTransitionTime": OpenAPISchema.string(),
                        ], required: ["type", "status"]), "Succeeded is the first; Unknown while it is not over."),
                "startTime": OpenAPISchema.time("When the current attempt began."),
                "completionTime": OpenAPISchema.time("When it was over."),
                "results": OpenAPISchema.array(
                    of: OpenAPISchema.object(
                        ["name": OpenAPISchema.string(), "value": OpenAPISchema.string()],
                        required: ["name", "value"]), "What it leaves behind."),
                "retriesStatus": OpenAPISchema.any("The status of each attempt that failed and was repeated."),
                "observedGeneration": OpenAPISchema.integer(format: "int64"),
                "annotations": OpenAPISchema.stringMap(),
                "extraFields": OpenAPISchema.any("What is the controller's own: phase, exitCode, jobRef, attempt."),
            ], "What became of it; written by the controller alone.")
    }
}
