package import KubeObjects

extension JSONValue {
    /// The value as a field error shows it: strings quoted, numbers and booleans plain, lists and objects as JSON with
    /// sorted names.
    package var messageText: String {
        switch self {
        case .null: "null".quoted
        case .string(let text): text.quoted
        default: compactText
        }
    }

    /// The value as JSON without blanks, names sorted as Go's encoder sorts them.
    package var compactText: String {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .double(let value): return value.messageText
        case .string(let text): return text.jsonText
        case .array(let elements): return "[" + elements.map(\.compactText).joined(separator: ",") + "]"
        case .object(let members):
            let sorted = members.sorted { $0.key < $1.key }
            return "{" + sorted.map { "\($0.key.jsonText):\($0.value.compactText)" }.joined(separator: ",") + "}"
        }
    }

    /// Equality that does not tell `1` from `1.0`, inside lists and objects neither.
    package func isEquivalent(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.integer(let left), .double(let right)), (.double(let right), .integer(let left)):
            return Double(left) == right
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        case (.object(let left), .object(let right)):
            return left.count == right.count
                && left.allSatisfy { member in right[member.key].map { member.value.isEquivalent(to: $0) } ?? false }
        default: return self == other
        }
    }
}

extension Double {
    /// The number as Go's `%v` prints it: no fraction where there is none, an exponent from 1e21 on.
    package var messageText: String {
        if magnitude < 1e21, let whole = Int128(exactly: self) { return String(whole) }
        return description
    }
}

extension String {
    fileprivate var jsonText: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<" ", "<", ">", "&", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
