/// One JSON value: what a manifest, a request body or a watch line is made of.
///
/// Numbers follow the API server's own decoder: an integer that fits 64 bits stays an integer, everything else is a
/// double. Members of an object keep the order in which they were read or set.
///
/// There is no `nil` literal for `null`: `found ? value : nil`, meant as an optional, would silently become `.null`.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// Equal values of one kind: an integer is no double, members may stand in any order, and texts are equal if their
    /// bytes are.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.object(let left), .object(let right)): left == right
        case (.array(let left), .array(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null): true
        default: false
        }
    }

    /// The members, if this is an object.
    public var object: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The elements, if this is an array.
    public var array: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The text, if this is a string.
    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The truth value, if this is a boolean.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The integer, if this is one. A double with an integral value that 64 bits hold exactly counts as one.
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The number as a double, if this is a number.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// What the value is, in the words that error messages use: `object`, `array`, `string`, `integer`, `number`,
    /// `boolean` or `null`.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// A member of an object; nil if this is no object or has no such member. Setting a member of a value that is
    /// no object makes it one; setting nil removes the member.
    public subscript(key: String) -> JSONValue? {
        get { object?[key] }
        set {
            // Taken out before it is changed, so that the change happens in place instead of on a copy.
            var members = object ?? [:]
            self = .null
            members[key] = newValue
            self = .object(members)
        }
    }

    /// An element of an array; nil if this is no array or the index is out of range.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The value at a path of member names; nil as soon as one is missing.
    public subscript(path first: String, _ rest: String...) -> JSONValue? {
        var value = self[first]
        for key in rest { value = value?[key] }
        return value
    }

    /// Sets the value at a path of member names, making objects on the way; nil removes the last member.
    public mutating func set(_ value: JSONValue?, at path: some Collection<String>) {
        guard let first = path.first else {
            self = value ?? .null
            return
        }
        let rest = path.dropFirst()
        if rest.isEmpty {
            self[first] = value
            return
        }
        var members = object ?? [:]
        self = .null
        var child = members[first] ?? .object([:])
        if value != nil || members[first] != nil {
            members[first] = JSONValue.null
            child.set(value, at: rest)
            members[first] = child
        }
        self = .object(members)
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByStringInterpolation
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A double.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object; a repeated key keeps its last value.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}
