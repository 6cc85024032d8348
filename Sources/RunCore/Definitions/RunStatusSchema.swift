import KubeObjects

extension RunStatus {
    /// The schema of a status as ``json`` writes it.
    static var schema: JSONValue {
        OpenAPISchema.object(
            outcomeFields.appending(jobFields).appending(referenceFields),
            "What became of the run; written by the controller alone.")
    }

    private static var outcomeFields: JSONObject {
        [
            "phase": OpenAPISchema.string(
                "Where the run is in its life.", enumeration: RunPhase.allCases.map(\.rawValue)),
            "reason": OpenAPISchema.string("Why the run is there, in one word."),
            "message": OpenAPISchema.string("Why the run is there."),
            "exitCode": OpenAPISchema.integer("The exit code of the container that decided.", format: "int32"),
            "error": OpenAPISchema.string("Why no Job could be made."),
            "results": OpenAPISchema.array(
                of: OpenAPISchema.object(
                    ["name": OpenAPISchema.string(), "value": OpenAPISchema.string()], required: ["name", "value"]),
                "What the run leaves behind: its termination message, if that is a flat JSON object.",
                mapKey: "name"),
            "duration": OpenAPISchema.string("How long the run took."),
            "observedGeneration": OpenAPISchema.integer(
                "The generation of the run that this status is about.", format: "int64"),
        ]
    }

    private static var jobFields: JSONObject {
        [
            "startTime": OpenAPISchema.time("When the Job was started."),
            "completionTime": OpenAPISchema.time("When the Job was completed; absent if it failed."),
            "active": OpenAPISchema.integer("Pods of the Job that run.", format: "int32"),
            "succeeded": OpenAPISchema.integer("Pods of the Job that succeeded.", format: "int32"),
            "failed": OpenAPISchema.integer(
                "Pods of the Job that failed; 1 if no Job could be made.", format: "int32"),
            "conditions": OpenAPISchema.array(
                of: conditionSchema, "The Job's conditions; Failed or JobCreated of the run's own without a Job.",
                mapKey: "type"),
        ]
    }

    private static var conditionSchema: JSONValue {
        OpenAPISchema.object(
            [
                "type": OpenAPISchema.string(), "status": OpenAPISchema.string(),
                "reason": OpenAPISchema.string(), "message": OpenAPISchema.string(),
                "lastProbeTime": OpenAPISchema.time(), "lastTransitionTime": OpenAPISchema.time(),
            ], required: ["type", "status"])
    }

    private static var referenceFields: JSONObject {
        [
            "jobRef": OpenAPISchema.object(
                ["name": OpenAPISchema.string(), "uid": OpenAPISchema.string()],
                "The Job of the run; kept when the Job is gone."),
            "container": OpenAPISchema.object(
                [
                    "name": OpenAPISchema.string(), "pod": OpenAPISchema.string(),
                    "exitCode": OpenAPISchema.integer(format: "int32"), "reason": OpenAPISchema.string(),
                    "message": OpenAPISchema.string(), "finishedAt": OpenAPISchema.time(),
                ], "The container that decided so far, as the kubelet saw it end."),
            "template": OpenAPISchema.object(
                [
                    "name": OpenAPISchema.string(), "uid": OpenAPISchema.string(),
                    "generation": OpenAPISchema.integer(format: "int64"), "digest": OpenAPISchema.string(),
                ], "The template as it was when the run started."),
            "callback": EffectRecord.schema("The announcement of the run's end to spec.callbackUrl."),
        ]
    }
}

extension JSONObject {
    /// These members, and then those of another object.
    func appending(_ other: JSONObject) -> JSONObject {
        var result = self
        for (key, value) in other { result[key] = value }
        return result
    }
}
