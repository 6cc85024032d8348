import KubeObjects
import KubeSchema

// How evenly pods are spread.
extension PodSpecValidation {
    func validateSpread(at path: FieldPath) -> [FieldError] {
        let constraints = spec.list("topologySpreadConstraints")
        let kinds = constraints.map { "{\($0.text("topologyKey")), \($0.text("whenUnsatisfiable"))}" }
        return constraints.enumerated().flatMap { position, constraint in
            let place = path.index(position)
            var errors = validateKind(of: constraint, at: place)
            // A key is spread in each of the two ways once.
            if kinds[(position + 1)...].contains(kinds[position]) {
                errors.append(
                    .duplicate(place.child("{topologyKey, whenUnsatisfiable}"), .string(kinds[position])))
            }
            errors += validateMinimum(of: constraint, at: place.child("minDomains"))
            for policy in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
                errors += ChoiceRule.check(policy, constraint, in: ["Honor", "Ignore"], at: place)
            }
            errors += validateKeys(of: constraint, at: place.child("matchLabelKeys"))
            if let selector = constraint["labelSelector"] {
                errors += LabelSelectorValidation.validate(selector, at: place.child("labelSelector"))
            }
            return errors
        }
    }

    private func validateKind(of constraint: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if constraint.number("maxSkew") <= 0 {
            errors.append(
                .invalid(path.child("maxSkew"), .integer(constraint.number("maxSkew")), "must be greater than zero"))
        }
        if constraint.text("topologyKey").isEmpty {
            errors.append(.required(path.child("topologyKey"), "can not be empty"))
        }
        let choices = ["DoNotSchedule", "ScheduleAnyway"]
        if !choices.contains(constraint.text("whenUnsatisfiable")) {
            errors.append(
                .notSupported(
                    path.child("whenUnsatisfiable"), .string(constraint.text("whenUnsatisfiable")), supported: choices))
        }
        return errors
    }

    private func validateMinimum(of constraint: JSONValue, at path: FieldPath) -> [FieldError] {
        guard let minimum = constraint["minDomains"] else { return [] }
        var errors: [FieldError] = []
        if constraint.number("minDomains") <= 0 {
            errors.append(.invalid(path, minimum, "must be greater than zero"))
        }
        let action = constraint.text("whenUnsatisfiable")
        if action != "DoNotSchedule" {
            errors.append(
                .invalid(path, minimum, "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not \(action)"))
        }
        return errors
    }

    /// The labels by whose values pods are told apart: none of those that the selector asks for.
    private func validateKeys(of constraint: JSONValue, at path: FieldPath) -> [FieldError] {
        let keys = constraint.list("matchLabelKeys").map { $0.string ?? "" }
        if keys.isEmpty { return [] }
        var errors: [FieldError] = []
        let selector = constraint["labelSelector"]
        if selector == nil {
            errors.append(.forbidden(path, "must not be specified when labelSelector is not set"))
        }
        let asked =
            (selector?.map("matchLabels").keys.map { $0 } ?? [])
            + (selector?.list("matchExpressions").map { $0.text("key") } ?? [])
        for (position, key) in keys.enumerated() {
            errors += NameValidation.labelName(key).map { .invalid(path.index(position), .string(key), $0) }
            if asked.contains(key) {
                errors.append(
                    .invalid(
                        path.index(position), .string(key), "exists in both matchLabelKeys and labelSelector"))
            }
        }
        return errors
    }
}
