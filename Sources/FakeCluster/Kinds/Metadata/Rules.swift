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

/// Rules for what is a number or a share of one, such as `1` or `25%`.
enum ShareRule {
    private static let percent =
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for "
        + "validation is '[0-9]+%')"

    /// The faults of a value: no less than nothing, and of a share no more than all.
    static func check(_ value: JSONValue?, isCapped: Bool = true, at path: FieldPath) -> [FieldError] {
        guard let value else { return [] }
        guard let text = value.string else { return NumberRule.nonNegative(value, at: path) }
        guard let share = number(text) else { return [.invalid(path, value, percent)] }
        guard isCapped, share > 100 else { return [] }
        return [.invalid(path, value, "must not be greater than 100%")]
    }

    /// Whether a value is nothing.
    static func isZero(_ value: JSONValue?) -> Bool {
        value?.integer.map { $0 == 0 } ?? value?.string.map { number($0) ?? 0 == 0 } ?? true
    }

    private static func number(_ text: String) -> Int? {
        guard text.hasSuffix("%"), text.dropLast().allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(text.dropLast())
    }
}
