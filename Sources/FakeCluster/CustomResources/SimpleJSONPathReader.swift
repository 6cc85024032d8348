import KubeObjects

/// Reads one JSON path from front to back.
struct SimpleJSONPathReader {
    private var rest: Substring

    /// A reader of a text; braces around it are taken off.
    init(_ text: String) {
        rest = text[...]
        if rest.hasPrefix("{"), rest.hasSuffix("}") { rest = rest.dropFirst().dropLast() }
    }

    /// Reads the whole path.
    mutating func readPath() throws(SimpleJSONPathError) -> [SimpleJSONPath.Step] {
        if rest.first == "$" || rest.first == "@" { rest.removeFirst() }
        var steps: [SimpleJSONPath.Step] = []
        while let next = rest.first {
            switch next {
            case ".":
                rest.removeFirst()
                if rest.first == "." { throw SimpleJSONPathError(description: "recursive descent is not supported") }
                let name = readName()
                if name.isEmpty {
                    // A dot before a bracket or at the end adds nothing.
                    guard rest.isEmpty || rest.first == "[" else { throw unexpected() }
                } else {
                    steps.append(name == "*" ? .all : .field(name))
                }
            case "[":
                rest.removeFirst()
                steps.append(try readBracket())
            default:
                let name = readName()
                guard steps.isEmpty, !name.isEmpty else { throw unexpected() }
                steps.append(.field(name))
            }
        }
        return steps
    }

    private func unexpected() -> SimpleJSONPathError {
        SimpleJSONPathError(description: "unrecognized character in action: \(rest.first.map(String.init) ?? "end")")
    }

    /// A name up to the next dot or bracket; a backslash takes the next character as it is.
    private mutating func readName() -> String {
        var name = ""
        while let next = rest.first, next != ".", next != "[" {
            rest.removeFirst()
            if next == "\\", let escaped = rest.popFirst() { name.append(escaped) } else { name.append(next) }
        }
        return name
    }

    /// What is within brackets, up to and with the closing one.
    private mutating func readBracket() throws(SimpleJSONPathError) -> SimpleJSONPath.Step {
        let content = try readUntilClosing()
        if content == "*" { return .all }
        if content.hasPrefix("?(") {
            guard content.hasSuffix(")") else { throw SimpleJSONPathError(description: "unterminated filter") }
            return .filter(try Self.filter(String(content.dropFirst(2).dropLast())))
        }
        if let quote = content.first, quote == "'" || quote == "\"" {
            guard content.count >= 2, content.last == quote else {
                throw SimpleJSONPathError(description: "unterminated quoted string")
            }
            return .field(String(content.dropFirst().dropLast()))
        }
        if let position = Int(content) { return .index(position) }
        let parts = content.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.map { $0.isEmpty ? nil : Int($0) }
        guard (2...3).contains(parts.count), zip(parts, numbers).allSatisfy({ $0.isEmpty || $1 != nil }) else {
            throw SimpleJSONPathError(description: "invalid array index \(content)")
        }
        return .slice(from: numbers[0], to: numbers[1], step: numbers.count == 3 ? numbers[2] ?? 1 : 1)
    }

    private mutating func readUntilClosing() throws(SimpleJSONPathError) -> String {
        var content = ""
        var depth = 1
        var quote: Character?
        while let next = rest.popFirst() {
            if let open = quote {
                if next == open { quote = nil }
            } else if next == "'" || next == "\"" {
                quote = next
            } else if next == "[" {
                depth += 1
            } else if next == "]" {
                depth -= 1
                if depth == 0 { return content }
            }
            content.append(next)
        }
        throw SimpleJSONPathError(description: "unterminated array")
    }

    private static func filter(_ text: String) throws(SimpleJSONPathError) -> SimpleJSONPathFilter {
        for comparison in SimpleJSONPathFilter.Comparison.allCases {
            guard let place = text.range(of: comparison.rawValue) else { continue }
            return SimpleJSONPathFilter(
                path: try SimpleJSONPath(text[..<place.lowerBound].trimmed()), comparison: comparison,
                constant: try constant(text[place.upperBound...].trimmed()))
        }
        return SimpleJSONPathFilter(path: try SimpleJSONPath(text[...].trimmed()), comparison: nil, constant: .null)
    }

    private static func constant(_ text: String) throws(SimpleJSONPathError) -> JSONValue {
        if let quote = text.first, quote == "'" || quote == "\"", text.count >= 2, text.last == quote {
            return .string(String(text.dropFirst().dropLast()))
        }
        switch text {
        case "true": return true
        case "false": return false
        default: break
        }
        if let integer = Int64(text) { return .integer(integer) }
        if let double = Double(text) { return .double(double) }
        throw SimpleJSONPathError(description: "unrecognized constant in filter: \(text)")
    }
}

extension String {
    /// Where another text first stands in this one.
    fileprivate func range(of other: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
            start = index(after: start)
        }
        return nil
    }
}

extension Substring {
    /// Without white space at both ends.
    fileprivate func trimmed() -> String {
        let front = drop(while: \.isWhitespace)
        guard let last = front.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(front[...last])
    }
}
