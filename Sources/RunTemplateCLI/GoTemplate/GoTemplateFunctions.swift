import KubeObjects

/// What a template may call: Go's own functions that make sense of JSON, and kubectl's two.
enum GoTemplateFunctions {
    /// Why a function gives nothing.
    struct Failure: Error {
        var message: String
        /// Whether the function itself failed; else it was not called rightly.
        var isOfCall = true
    }

    /// The names, with how many arguments they take at least and at most.
    private static let arities: [String: (least: Int, most: Int)] = [
        "and": (1, .max), "or": (1, .max), "not": (1, 1), "len": (1, 1), "index": (1, .max), "slice": (1, 3),
        "print": (0, .max), "println": (0, .max), "printf": (1, .max), "eq": (1, .max), "ne": (2, 2), "lt": (2, 2),
        "le": (2, 2), "gt": (2, 2), "ge": (2, 2), "exists": (1, .max), "base64decode": (1, 1),
    ]

    static let names = Set(arities.keys)

    /// Calls a function.
    static func call(_ name: String, _ arguments: [JSONValue]) throws(Failure) -> JSONValue? {
        guard let arity = arities[name], (arity.least...arity.most).contains(arguments.count) else {
            throw wrongCount(name, arguments.count)
        }
        switch name {
        case "and", "or": return arguments.last
        case "not": return .bool(!isTrue(arguments[0]))
        case "len": return .integer(Int64(try length(arguments[0])))
        case "index": return try element(arguments[0], arguments.dropFirst())
        case "exists": return .bool(exists(arguments[0], arguments.dropFirst()))
        case "slice": return try slice(arguments[0], arguments.dropFirst())
        case "print": return .string(GoFormat.print(arguments))
        case "println": return .string(arguments.map(\.goText).joined(separator: " ") + "\n")
        case "printf":
            guard case .string(let format) = arguments[0] else {
                throw Failure(message: "expected string; found \(arguments[0].goText)", isOfCall: false)
            }
            return .string(GoFormat.text(format, Array(arguments.dropFirst())))
        case "base64decode":
            guard let bytes = arguments[0].string.flatMap(Base64.decode) else {
                throw Failure(message: "base64 decode failed: illegal base64 data")
            }
            return .string(String(decoding: bytes, as: UTF8.self))
        default: return .bool(try compare(name, arguments))
        }
    }

    /// Whether a value counts as something: not empty, not zero.
    static func isTrue(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null?: false
        case .bool(let value)?: value
        case .integer(let number)?: number != 0
        case .double(let number)?: number != 0
        case .string(let text)?: !text.isEmpty
        case .array(let elements)?: !elements.isEmpty
        case .object(let members)?: !members.isEmpty
        }
    }

    private static func wrongCount(_ name: String, _ count: Int) -> Failure {
        let arity = arities[name] ?? (0, 0)
        if name == "eq" { return Failure(message: "missing argument for comparison") }
        let wanted = arity.most == arity.least ? "\(arity.least)" : "at least \(arity.least)"
        return Failure(message: "wrong number of args for \(name): want \(wanted) got \(count)", isOfCall: false)
    }
}

/// Parts of values.
extension GoTemplateFunctions {
    private static func length(_ value: JSONValue) throws(Failure) -> Int {
        switch value {
        case .string(let text): return text.utf8.count
        case .array(let elements): return elements.count
        case .object(let members): return members.count
        case .null: throw Failure(message: "len of nil pointer")
        default: throw Failure(message: "len of type \(value.goDynamicType)")
        }
    }

    private static func element(_ value: JSONValue, _ keys: ArraySlice<JSONValue>) throws(Failure) -> JSONValue? {
        var value = value
        if value.isNull { throw Failure(message: "index of untyped nil") }
        for key in keys {
            switch value {
            case .array(let elements): value = elements[try position(key, below: elements.count)]
            case .string(let text):
                let bytes = Array(text.utf8)
                value = .integer(Int64(bytes[try position(key, below: bytes.count)]))
            case .object(let members):
                guard case .string(let name) = key else {
                    // Positions are written in templates, where Go's own type is meant.
                    let type = key.integer == nil ? key.goDynamicType : "int"
                    throw Failure(message: "value has type \(type); should be string")
                }
                value = members[name] ?? .null
            case .null: throw Failure(message: "index of nil pointer")
            default: throw Failure(message: "can't index item of type \(value.goDynamicType)")
            }
        }
        return value
    }

    private static func position(_ key: JSONValue, below limit: Int) throws(Failure) -> Int {
        guard case .integer(let number) = key else {
            throw Failure(message: "cannot index slice/array with type \(key.goDynamicType)")
        }
        guard let position = Int(exactly: number), (0..<limit).contains(position) else {
            throw Failure(message: "index out of range: \(number)")
        }
        return position
    }

    /// Whether there is something at the end of members and positions.
    private static func exists(_ value: JSONValue, _ keys: ArraySlice<JSONValue>) -> Bool {
        guard let found = try? element(value, keys) else { return false }
        return !found.isNull
    }

    private static func slice(_ value: JSONValue, _ bounds: ArraySlice<JSONValue>) throws(Failure) -> JSONValue {
        let count: Int
        switch value {
        case .string(let text): count = text.utf8.count
        case .array(let elements): count = elements.count
        case .null: throw Failure(message: "slice of untyped nil")
        default: throw Failure(message: "can't slice item of type \(value.goDynamicType)")
        }
        var range = [0, count]
        for (place, bound) in bounds.enumerated() { range[place] = try position(bound, below: count + 1) }
        guard range[0] <= range[1] else {
            throw Failure(message: "invalid slice index: \(range[0]) > \(range[1])")
        }
        switch value {
        case .array(let elements): return .array(Array(elements[range[0]..<range[1]]))
        default:
            return .string(String(decoding: Array((value.string ?? "").utf8)[range[0]..<range[1]], as: UTF8.self))
        }
    }
}

/// Comparisons.
extension GoTemplateFunctions {
    private static let incompatible = Failure(message: "incompatible types for comparison")

    private static func compare(_ name: String, _ values: [JSONValue]) throws(Failure) -> Bool {
        switch name {
        case "eq":
            guard values.count > 1 else { throw wrongCount(name, values.count) }
            for value in values.dropFirst() where try areEqual(values[0], value) { return true }
            return false
        case "ne": return try !areEqual(values[0], values[1])
        case "lt": return try isLess(values[0], values[1])
        case "ge": return try !isLess(values[0], values[1])
        case "gt": return try isLess(values[1], values[0])
        default: return try !isLess(values[1], values[0])
        }
    }

    private static func areEqual(_ left: JSONValue, _ right: JSONValue) throws(Failure) -> Bool {
        switch (left, right) {
        case (.null, _), (_, .null): return left.isNull && right.isNull
        case (.string, .string), (.integer, .integer), (.double, .double), (.bool, .bool): return left == right
        case (.array, .array), (.object, .object):
            throw Failure(message: "non-comparable type \(left.goText): \(left.goDynamicType)")
        default: throw incompatible
        }
    }

    private static func isLess(_ left: JSONValue, _ right: JSONValue) throws(Failure) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): return left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.integer(let left), .integer(let right)): return left < right
        case (.double(let left), .double(let right)): return left < right
        case (.bool, .bool), (.null, _), (_, .null), (.array, _), (_, .array), (.object, _), (_, .object):
            throw Failure(message: "invalid type for comparison")
        default: throw incompatible
        }
    }
}
