import KubeObjects
import KubeSchema

/// Fields that never change.
enum Immutability {
    /// The words of the API server.
    static let message = "field is immutable"

    /// A fault if a member differs from the old one.
    static func check(_ key: String, _ value: JSONValue, _ old: JSONValue, at path: FieldPath) -> [FieldError] {
        value[key] == old[key] ? [] : [.invalid(path.child(key), value[key] ?? .null, message)]
    }
}

/// Rules for numbers.
enum NumberRule {
    /// A fault if a number is there and below zero.
    static func nonNegative(_ value: JSONValue?, at path: FieldPath) -> [FieldError] {
        guard let value, let number = value.integer, number < 0 else { return [] }
        return [.invalid(path, value, "must be greater than or equal to 0")]
    }

    /// A fault if a number is there and not within a range.
    static func within(_ range: ClosedRange<Int64>, _ value: JSONValue?, at path: FieldPath) -> [FieldError] {
        guard let value, let number = value.integer, !range.contains(number) else { return [] }
        return [
            .invalid(path, value, "must be between \(range.lowerBound) and \(range.upperBound), inclusive")
        ]
    }

    /// A fault if a number is there and cannot be a port.
    static func port(_ value: JSONValue?, at path: FieldPath) -> [FieldError] { within(1...65535, value, at: path) }
}

/// Rules for words of which only some are known.
enum ChoiceRule {
    /// A fault if a text is none of these; none if it is absent or empty, unless it is required.
    static func check(
        _ key: String, _ value: JSONValue, in choices: [String], isRequired: Bool = false, at path: FieldPath
    ) -> [FieldError] {
        let text = value.text(key)
        if text.isEmpty { return isRequired ? [.required(path.child(key))] : [] }
        return choices.contains(text) ? [] : [.notSupported(path.child(key), .string(text), supported: choices)]
    }
}
