public import KubeObjects
import KubeSchema

/// A parameter that a template declares: its runs give it a value, and `$(params.NAME)` stands for the value in every
/// string of the pod template.
public struct JobParameter: Sendable, Hashable {
    /// The types of values.
    public enum ValueType: String, Sendable, Hashable, CaseIterable {
        /// Any text.
        case string
        /// A whole number of 64 bits.
        case integer
        /// A number.
        case number
        /// `true` or `false`.
        case boolean
        /// A list of texts; `$(params.NAME[*])` as an element of a list stands for all of them.
        case array
    }

    /// The name.
    public var name: String
    /// The type; a string unless the template says otherwise.
    public var type: ValueType
    /// What the parameter is for.
    public var description: String?
    /// The value that holds if a run gives none.
    public var defaultValue: JSONValue?
    /// The only values allowed; empty if all are.
    public var allowed: [JSONValue]
    /// A regular expression that must match somewhere in the text, as in JSON Schema; anchor it to match all of it.
    public var pattern: String?
    /// The smallest number allowed.
    public var minimum: Double?
    /// The largest number allowed.
    public var maximum: Double?
    /// Whether a run must give a value. A parameter without a default is required unless `required: false` says
    /// otherwise; it is then empty.
    public var isRequired: Bool

    /// Reads an entry of `parameters`; nil if it has no name.
    public init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, !name.isEmpty else { return nil }
        self.name = name
        type = json["type"]?.string.flatMap(ValueType.init) ?? .string
        description = json["description"]?.string
        if let value = json["default"], !value.isNull { defaultValue = value }
        allowed = json["enum"]?.array ?? []
        pattern = json["pattern"]?.string
        minimum = json["minimum"]?.double
        maximum = json["maximum"]?.double
        isRequired = json["required"]?.bool ?? (defaultValue == nil)
    }
}

extension JobParameter {
    /// What is said of a name that none of a template's parameters has.
    package static func unknown(_ name: String, among declared: [JobParameter]) -> String {
        let known = declared.isEmpty ? "it declares none" : "it declares " + declared.map(\.name).quotedList
        return "the template has no parameter \"\(name)\"; \(known)"
    }

    /// A value as it is used, checked: numbers and truth values may also be given as text, as the command line does.
    /// - Throws: What is wrong with the value, without the parameter's name.
    public func checked(_ value: JSONValue) throws(JobParameterError) -> JSONValue {
        let typed = try converted(value)
        if !allowed.isEmpty, !allowed.contains(typed), !allowed.map(\.parameterText).contains(typed.parameterText) {
            let list = allowed.map { "\"\($0.parameterText)\"" }.joined(separator: ", ")
            throw JobParameterError("\"\(typed.parameterText)\" is not one of \(list)")
        }
        try checkRange(typed)
        try checkPattern(typed)
        return typed
    }

    private func converted(_ value: JSONValue) throws(JobParameterError) -> JSONValue {
        switch (type, value) {
        case (.string, .string), (.integer, .integer), (.number, .integer), (.number, .double), (.boolean, .bool):
            return value
        case (.string, .integer), (.string, .double), (.string, .bool):
            return .string(value.parameterText)
        case (.integer, .double(let number)):
            if let whole = Int64(exactly: number) { return .integer(whole) }
        case (.integer, .string(let text)):
            if let number = Int64(text) { return .integer(number) }
        case (.number, .string(let text)):
            if let number = Int64(text) { return .integer(number) }
            if let number = Double(text), number.isFinite { return .double(number) }
        case (.boolean, .string("true")): return true
        case (.boolean, .string("false")): return false
        case (.array, .array(let elements)):
            if elements.allSatisfy({ $0.array == nil && $0.object == nil && !$0.isNull }) {
                return .array(elements.map { .string($0.parameterText) })
            }
        case (.array, .string): return [value]
        default: break
        }
        throw JobParameterError("must be of type \(type.rawValue), not \(value.encodedString())")
    }

    private func checkRange(_ value: JSONValue) throws(JobParameterError) {
        guard let number = value.double else { return }
        if let minimum, number < minimum {
            throw JobParameterError("\(value.parameterText) is less than \(JSONValue.double(minimum).parameterText)")
        }
        if let maximum, number > maximum {
            throw JobParameterError("\(value.parameterText) is more than \(JSONValue.double(maximum).parameterText)")
        }
    }

    private func checkPattern(_ value: JSONValue) throws(JobParameterError) {
        guard let pattern, let text = value.string else { return }
        guard let compiled = try? Pattern(pattern) else {
            throw JobParameterError("the template's pattern \"\(pattern)\" is no regular expression")
        }
        if !compiled.matches(text) {
            throw JobParameterError("\"\(text)\" does not match \"\(pattern)\"")
        }
    }
}

/// What is wrong with a parameter's value.
public struct JobParameterError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, without the parameter's name.
    public var description: String

    init(_ description: String) { self.description = description }
}

extension JSONValue {
    /// A parameter's value as it stands in a text: a string as it is, everything else as JSON writes it.
    public var parameterText: String { string ?? encodedString() }
}
