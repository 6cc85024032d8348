import KubeObjects
import KubeSchema

/// The rules for a Job's `podFailurePolicy` (KEP-3329).
enum PodFailurePolicyRules {
    private static let maxRules = 20
    private static let maxPatterns = 20
    private static let maxExitCodes = 255
    private static let statuses = ["False", "True", "Unknown"]
    private static let actions = ["Count", "FailIndex", "FailJob", "Ignore"]

    /// The faults of a policy within a Job's spec.
    static func validate(_ policy: JSONValue, _ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        let rules = policy.list("rules")
        var errors: [FieldError] = []
        if rules.count > maxRules {
            errors.append(.tooMany(path.child("rules"), count: rules.count, maximum: maxRules))
        }
        let template = spec["template"]?["spec"] ?? [:]
        let names = Set(
            (template.list("containers") + template.list("initContainers")).map { $0.text("name") })
        for (position, rule) in rules.enumerated() {
            errors += validate(rule: rule, spec, names, at: path.child("rules").index(position))
        }
        return errors
    }

    private static func validate(
        rule: JSONValue, _ spec: JSONValue, _ containers: Set<String>, at path: FieldPath
    ) -> [FieldError] {
        var errors: [FieldError] = []
        let action = rule.text("action")
        if action.isEmpty {
            errors.append(
                .required(path.child("action"), "valid values: \(list(actions))"))
        } else if action == "FailIndex", spec["backoffLimitPerIndex"] == nil {
            errors.append(
                .invalid(path.child("action"), .string(action), "requires the backoffLimitPerIndex to be set"))
        } else if !actions.contains(action) {
            errors.append(.notSupported(path.child("action"), .string(action), supported: actions))
        }
        if let requirement = rule["onExitCodes"] {
            errors += validate(exitCodes: requirement, containers, at: path.child("onExitCodes"))
        }
        let patterns = rule.list("onPodConditions")
        if patterns.count > maxPatterns {
            errors.append(.tooMany(path.child("onPodConditions"), count: patterns.count, maximum: maxPatterns))
        }
        if rule["onExitCodes"] != nil, !patterns.isEmpty {
            errors.append(.invalid(path, nil, "specifying both OnExitCodes and OnPodConditions is not supported"))
        }
        if rule["onExitCodes"] == nil, patterns.isEmpty {
            errors.append(.invalid(path, nil, "specifying one of OnExitCodes and OnPodConditions is required"))
        }
        for (position, pattern) in patterns.enumerated() {
            let place = path.child("onPodConditions").index(position)
            errors += NameValidation.qualifiedName(pattern.text("type")).map {
                .invalid(place.child("type"), pattern["type"] ?? "", $0)
            }
            if pattern.text("status").isEmpty {
                errors.append(.required(place.child("status"), "valid values: \(list(statuses))"))
            } else {
                errors += ChoiceRule.check("status", pattern, in: statuses, at: place)
            }
        }
        return errors
    }

    /// A list of words as Go prints one: `["In" "NotIn"]`.
    private static func list(_ words: [String]) -> String { "[\(words.map(\.quoted).joined(separator: " "))]" }

    private static func validate(
        exitCodes requirement: JSONValue, _ containers: Set<String>, at path: FieldPath
    ) -> [FieldError] {
        var errors: [FieldError] = []
        let operatorName = requirement.text("operator")
        if operatorName.isEmpty {
            errors.append(.required(path.child("operator"), "valid values: \(list(["In", "NotIn"]))"))
        } else {
            errors += ChoiceRule.check("operator", requirement, in: ["In", "NotIn"], at: path)
        }
        if let name = requirement["containerName"], !containers.contains(name.string ?? "") {
            errors.append(
                .invalid(
                    path.child("containerName"), name,
                    "must be one of the container or initContainer names in the pod template"))
        }
        let values = requirement.list("values").compactMap(\.integer)
        if values.isEmpty {
            errors.append(
                .invalid(
                    path.child("values"), shown: requirement["values"]?.compactText ?? "null",
                    "at least one value is required"))
        } else if values.count > maxExitCodes {
            errors.append(.tooMany(path.child("values"), count: values.count, maximum: maxExitCodes))
        }
        for (position, value) in values.enumerated() {
            let place = path.child("values").index(position)
            if operatorName == "In", value == 0 {
                errors.append(.invalid(place, .integer(value), "must not be 0 for the In operator"))
            }
            if values[..<position].contains(value) { errors.append(.duplicate(place, .integer(value))) }
        }
        if values != values.sorted() {
            errors.append(.invalid(path.child("values"), requirement["values"], "must be ordered"))
        }
        return errors
    }
}
