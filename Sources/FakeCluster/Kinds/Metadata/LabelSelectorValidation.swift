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

    /// Whether labels match; nil if the selector itself is at fault.
    static func matches(_ selector: JSONValue, labels: [String: String]) -> Bool? {
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

    private static func validate(expression: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let values = expression.list("values")
        switch expression.text("operator") {
        case "In", "NotIn":
            if values.isEmpty {
                errors.append(
                    .required(path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'"))
            }
        case "Exists", "DoesNotExist":
            if !values.isEmpty {
                errors.append(
                    .forbidden(
                        path.child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
            }
        default:
            errors.append(
                .invalid(path.child("operator"), expression["operator"] ?? "", "not a valid selector operator"))
        }
        let key = expression.text("key")
        errors += NameValidation.labelName(key).map { .invalid(path.child("key"), .string(key), $0) }
        for (position, value) in values.enumerated() {
            errors += NameValidation.labelValue(value.string ?? "").map {
                .invalid(path.child("values").index(position), value, $0)
            }
        }
        return errors
    }
}
