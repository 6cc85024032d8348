import KubeObjects

extension RunStatus {
    /// The schema of the status of a run that may be edited.
    /// - Parameter more: What the family adds.
    static func editableSchema(with more: JSONObject = [:]) -> JSONValue {
        var schema = Self.schema
        schema.set(
            OpenAPISchema.string(
                "What the Job was made from; absent as long as no Job does what the run asks for."),
            at: ["properties", "digest"])
        schema.set(
            OpenAPISchema.string(
                "The run's own words for that. Where this stays, or digest, it is the same piece of work."),
            at: ["properties", "wordsDigest"])
        for field in ["template", "callback"] { schema.set(nil, at: ["properties", field]) }
        for (name, field) in more { schema.set(field, at: ["properties", name]) }
        return schema
    }

    /// The columns that all such runs have.
    static let editableColumns = [
        ResourceColumn(
            name: "Phase", type: .string, jsonPath: ".status.phase", description: "Where the run is in its life"),
        ResourceColumn(
            name: "Exit", type: .integer, jsonPath: ".status.exitCode",
            description: "Exit code of the container that decided"),
        ResourceColumn(
            name: "Duration", type: .string, jsonPath: ".status.duration", description: "How long the run took"),
        ResourceColumn(
            name: "Age", type: .date, jsonPath: ".metadata.creationTimestamp",
            description: "Time since the run was created"),
        ResourceColumn(
            name: "Reason", type: .string, jsonPath: ".status.reason", description: "Why the run is there", priority: 1),
        ResourceColumn(
            name: "Job", type: .string, jsonPath: ".status.jobRef.name", description: "The Job", priority: 1),
    ]
}
