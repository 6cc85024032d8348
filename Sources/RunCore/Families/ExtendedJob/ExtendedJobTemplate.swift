import KubeObjects

/// The Job that an ExtendedJob's `spec.template` describes, whichever of its shapes it has.
struct ExtendedJobTemplate {
    /// The Job's spec.
    var jobSpec: JSONObject
    /// Labels and annotations for the Job.
    var metadata: JSONValue?
    /// What is there and means nothing, as paths.
    var ignored: [String]

    /// Reads a template: that of a Job (`template.spec.template`) or of a pod (`template.spec.containers`).
    /// - Throws: `BadTemplate`, with what would be right.
    init(_ template: JSONValue?) throws(RunRejection) {
        guard let template = template?.object else { throw Self.bad("is required") }
        let known: Set<String> = ["metadata", "spec", "apiVersion", "kind"]
        ignored = template.keys.filter { !known.contains($0) }.map { "spec.template.\($0)" }
        if template["spec"]?["template"]?.object != nil {
            jobSpec = template["spec"]?.object ?? [:]
            metadata = template["metadata"]
        } else if template["spec"]?["containers"] != nil {
            var pod = JSONObject()
            pod["metadata"] = Self.labelled(template["metadata"])
            pod["spec"] = template["spec"]
            jobSpec = ["template": .object(pod)]
        } else if template["template"] != nil {
            throw Self.bad(
                "has the fields of a Job's spec beside each other; indent them below spec.template.spec, so that the pod "
                    + "is at spec.template.spec.template")
        } else {
            throw Self.bad(
                "is neither the template of a Job (spec.template.spec.template) nor of a pod "
                    + "(spec.template.spec.containers)")
        }
        guard podSpec?["containers"]?.array?.first?["name"]?.string != nil else {
            throw Self.bad("has no container with a name")
        }
    }

    /// The pod's spec.
    var podSpec: JSONValue? { jobSpec["template"]?["spec"] }

    /// The name of the container whose exit code counts.
    var container: String? { ObservedPod.mainContainer(ofTemplate: jobSpec["template"]) }

    /// What of a template's metadata can be copied.
    static func labelled(_ metadata: JSONValue?) -> JSONValue {
        var result = JSONObject()
        for field in ["labels", "annotations"] {
            if let values = metadata?[field]?.object, !values.isEmpty { result[field] = .object(values) }
        }
        return .object(result)
    }

    private static func bad(_ fault: String) -> RunRejection {
        RunRejection(reason: .badTemplate, message: "spec.template \(fault)")
    }
}
