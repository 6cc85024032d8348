import KubeObjects
import KubeSchema

/// What may be said of a pod's state.
enum PodStatusValidation {
    /// The faults of a changed state.
    static func validate(_ pod: KubeObject, old: KubeObject) -> [FieldError] {
        let (status, before) = (pod["status"] ?? [:], old["status"] ?? [:])
        let path = FieldPath("status")
        // The server looks for the conditions in the metadata.
        var errors = validateConditions(status.list("conditions"), at: FieldPath("metadata", "conditions"))
        let nominated = status.text("nominatedNodeName")
        if !nominated.isEmpty, nominated != before.text("nominatedNodeName") {
            errors += NameRule.subdomain.validate(nominated, at: path.child("nominatedNodeName"))
        }
        for list in ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"] {
            errors += before.list(list).enumerated().filter { isWronglyRevived($0.element, in: pod, list) }.map {
                .forbidden(
                    path.child(list).index($0.offset).child("state"), "may not be transitioned to non-terminated state"
                )
            }
        }
        return errors
    }

    private static func validateConditions(_ conditions: [JSONValue], at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, condition) in conditions.enumerated() {
            let (place, type) = (path.index(position), condition.text("type"))
            if condition.number("observedGeneration") < 0 {
                errors.append(
                    .invalid(
                        place.child("observedGeneration"), condition["observedGeneration"],
                        "must be a non-negative integer"))
            }
            if ["PodScheduled", "Ready", "Initialized"].contains(type) { continue }
            errors += NameValidation.qualifiedName(type).map { .invalid(place.child("Type"), .string(type), $0) }
        }
        return errors
    }

    /// Whether a container that ended is said to run, or to be about to, though it is not run again.
    private static func isWronglyRevived(_ before: JSONValue, in pod: KubeObject, _ list: String) -> Bool {
        let name = before.text("name")
        guard let exitCode = before[path: "state", "terminated"]?.number("exitCode"),
            let status = pod["status"]?.list(list).first(where: { $0.text("name") == name }),
            status[path: "state", "terminated"] == nil
        else { return false }
        let spec = pod["spec"] ?? [:]
        let containers = spec.list("containers") + spec.list("initContainers")
        guard let container = containers.first(where: { $0.text("name") == name }) else { return true }
        let mayAllRestart = containers.flatMap { $0.list("restartPolicyRules") }.contains {
            $0["action"] == "RestartAllContainers"
        }
        return !mayAllRestart && !ContainerRestart(of: container, in: pod, role: .main).follows(exitCode: Int(exitCode))
    }
}
