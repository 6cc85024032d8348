import KubeObjects
import KubeSchema

/// What may change of a pod once it is there.
enum PodUpdateValidation {
    private static let message =
        "pod updates may not change fields other than `spec.containers[*].image`,"
        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
        + "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` "
        + "(allow it to be set to 1 if it was previously negative)"

    /// The faults of a changed spec.
    static func validate(_ spec: JSONValue, old: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for list in ["containers", "initContainers"] where spec.list(list).count != old.list(list).count {
            errors.append(.forbidden(path.child(list), "pod updates may not add or remove containers"))
        }
        if !errors.isEmpty { return errors }
        errors += validateDeadline(spec, old, at: path.child("activeDeadlineSeconds"))
        errors += validateTolerations(spec, old, at: path.child("tolerations"))
        errors += validateGates(spec, old, at: path.child("schedulingGates"))
        let isGated = !old.list("schedulingGates").isEmpty
        if comparable(spec, isGated: isGated) != comparable(old, isGated: isGated) {
            errors.append(.forbidden(path, message))
        }
        return errors
    }

    private static func validateDeadline(_ spec: JSONValue, _ old: JSONValue, at path: FieldPath) -> [FieldError] {
        let (new, before) = (spec["activeDeadlineSeconds"]?.integer, old["activeDeadlineSeconds"]?.integer)
        guard let before, new != before else { return [] }
        guard let new else { return [.invalid(path, .null, "must not update from a positive integer to nil value")] }
        if new <= before { return [] }
        return [.invalid(path, .integer(new), "must be less than or equal to previous value")]
    }

    private static func validateTolerations(_ spec: JSONValue, _ old: JSONValue, at path: FieldPath) -> [FieldError] {
        func withoutSeconds(_ toleration: JSONValue) -> JSONValue {
            var rest = toleration
            rest["tolerationSeconds"] = nil
            return rest
        }
        let new = spec.list("tolerations").map(withoutSeconds)
        let isKept = old.list("tolerations").map(withoutSeconds).allSatisfy(new.contains)
        return isKept ? [] : [.forbidden(path, "existing toleration can not be modified except its tolerationSeconds")]
    }

    private static func validateGates(_ spec: JSONValue, _ old: JSONValue, at path: FieldPath) -> [FieldError] {
        let before = old.list("schedulingGates")
        let added = spec.list("schedulingGates").enumerated().filter { !before.contains($0.element) }
        return added.map {
            .forbidden(
                path.index($0.offset).child("name"),
                "only deletion is allowed, but found new scheduling gate '\($0.element.text("name"))'")
        }
    }

    /// A spec without what may change.
    private static func comparable(_ spec: JSONValue, isGated: Bool) -> JSONValue {
        guard var members = spec.object else { return spec }
        for key in ["activeDeadlineSeconds", "tolerations", "schedulingGates"] { members[key] = nil }
        for list in ["containers", "initContainers"] { members.editEach(list) { $0["image"] = nil } }
        if isGated { for key in ["nodeSelector", "affinity"] { members[key] = nil } }
        return .object(members)
    }
}
