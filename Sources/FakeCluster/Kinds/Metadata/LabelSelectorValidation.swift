import KubeObjects
import KubeSchema

/// The rules for a label selector inside an object, and what it matches (apimachinery, `meta/v1/validation`).
enum LabelSelectorValidation {
    /// The faults of a selector.
    static func validate(_ selector: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors = ObjectMetaValidation.validateLabels(selector["matchLabels"], at: path.child("matchLabels"))
        for (position, expression) in selector.list("matchExpressions").enumerated() {
            errors += validate(expression: expression, at: path.child("matchExpressions").index(position))
        }
        return errors
    }

    /// Whether labels match; nil if the selector itself is at fault. No selector matches nothing.
    static func matches(_ selector: JSONValue?, labels: [String: String]) -> Bool? {
        guard let selector, !selector.isNull else { return false }
        guard (try? LabelSelector(selector)) != nil else { return nil }
        for (key, value) in selector.map("matchLabels") where labels[key] != value.string { return false }
        for expression in selector.list("matchExpressions") {
            let value = labels[expression.text("key")]
            let values = expression.list("values").compactMap(\.string)
            let holds: Bool
            switch expression.text("operator") {
            case "In": holds = value.map(values.contains) ?? false
            case "NotIn": holds = !(value.map(values.contains) ?? false)
            case "Exists": holds = value != nil
            case "DoesNotExist": holds = value == nil
            default: return nil
            }
            if !holds { return false }
        }
        return true
    }

    /// The faults of one expression, its key's and its values' left to those who know what it selects by.
    static func validateValues(
        of expression: JSONValue, at path: FieldPath, allowsUnknownOperators: Bool = false
    ) -> [FieldError] {
        let values = expression.list("values")
        switch expression.text("operator") {
        case "In", "NotIn":
            return values.isEmpty
                ? [.required(path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'")] : []
        case "Exists", "DoesNotExist":
            return values.isEmpty
                ? []
                : [
                    .forbidden(
                        path.child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
                ]
        default:
            return allowsUnknownOperators
                ? [] : [.invalid(path.child("operator"), expression["operator"] ?? "", "not a valid selector operator")]
        }
    }

    /// The faults of one expression.
    static func validate(
        expression: JSONValue, at path: FieldPath, allowsUnknownOperators: Bool = false
    ) -> [FieldError] {
        var errors = validateValues(of: expression, at: path, allowsUnknownOperators: allowsUnknownOperators)
        let key = expression.text("key")
        errors += NameValidation.labelName(key).map { .invalid(path.child("key"), .string(key), $0) }
        for (position, value) in expression.list("values").enumerated() {
            errors += NameValidation.labelValue(value.string ?? "").map {
                .invalid(path.child("values").index(position), value, $0)
            }
        }
        return errors
    }
}
