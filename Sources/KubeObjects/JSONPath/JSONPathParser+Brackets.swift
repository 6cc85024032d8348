/// What stands in brackets.
extension JSONPathParser {
    typealias Slice = JSONPathTemplate.Slice
    typealias Filter = JSONPathTemplate.Filter

    /// Reads indexes, slices, names in quotes, or several of them, behind the opening bracket.
    mutating func brackets() throws(JSONPathError) -> [Step] {
        var content = ""
        while true {
            guard let next = next(), next != "\n" else { throw JSONPathError("unterminated array") }
            if next == "]" { break }
            content.unicodeScalars.append(next)
        }
        let entries = content.split(separator: ",", omittingEmptySubsequences: false)
        guard entries.count > 1 else { return try Self.entry(content) }
        var paths: [[Step]] = []
        for entry in entries { paths.append(try Self.entry(entry.withoutSpaces)) }
        return [.union(paths)]
    }

    private static func entry(_ text: String) throws(JSONPathError) -> [Step] {
        if text == "*" { return [.slice(Slice())] }
        if text.count >= 2, text.hasPrefix("'"), text.hasSuffix("'"), !text.dropFirst().dropLast().contains("'") {
            return try steps(".\(text.dropFirst().dropLast())")
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count), parts.allSatisfy(isPosition) else {
            throw JSONPathError("invalid array index \(text)")
        }
        var numbers: [Int?] = []
        for part in parts {
            guard part.isEmpty || Int(part) != nil else { throw JSONPathError("array index \(part) is not a number") }
            numbers.append(Int(part))
        }
        guard parts.count > 1 else { return [.slice(Slice(from: numbers[0] ?? 0, isIndex: true))] }
        return [.slice(Slice(from: numbers[0], to: numbers[1], step: numbers.count > 2 ? numbers[2] : nil))]
    }

    private static func isPosition(_ text: Substring) -> Bool {
        text.drop { $0 == "-" }.allSatisfy { ("0"..."9").contains($0) } && text.count { $0 == "-" } <= 1
    }

    /// Reads `[?(...)]`.
    mutating func filter() throws(JSONPathError) -> Filter {
        for _ in 0..<3 { _ = next() }
        let text = try filterText()
        guard next() == "]" else { throw JSONPathError("unclosed array expect ]") }
        let operators: Set<Character> = ["!", "<", ">", "="]
        let left = text.prefix { !operators.contains($0) }
        let comparison = text.dropFirst(left.count).prefix { operators.contains($0) }
        let right = text.dropFirst(left.count + comparison.count)
        guard !left.isEmpty, !comparison.isEmpty, !right.isEmpty else {
            return Filter(left: try Self.steps(text), comparison: nil, right: [])
        }
        return Filter(
            left: try Self.steps(String(left)), comparison: String(comparison), right: try Self.steps(String(right)))
    }

    /// The text up to the closing parenthesis; one within the only pair of quotes does not close.
    private mutating func filterText() throws(JSONPathError) -> String {
        var text = ""
        var quote: Unicode.Scalar?
        var isClosed = false
        var last: Unicode.Scalar?
        while true {
            guard let next = next(), next != "\n" else { throw JSONPathError("unterminated filter") }
            if next == "\"" || next == "'" {
                if quote == nil { quote = next } else if next == quote, last != "\\" { isClosed = true }
            }
            if next == ")", (quote != nil) == isClosed { return text }
            text.unicodeScalars.append(next)
            last = next
        }
    }

    private static func steps(_ text: String) throws(JSONPathError) -> [Step] {
        var parser = JSONPathParser("\(text)}")
        return try parser.action()
    }
}

extension Substring {
    /// Without spaces at both ends.
    fileprivate var withoutSpaces: String {
        let front = drop { $0 == " " }
        guard let last = front.lastIndex(where: { $0 != " " }) else { return "" }
        return String(front[...last])
    }
}
