/// Reads a template from front to back.
struct JSONPathParser {
    typealias Part = JSONPathTemplate.Part
    typealias Step = JSONPathTemplate.Step

    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// Reads the whole template.
    mutating func template() throws(JSONPathError) -> [Part] {
        let (parts, isEnded) = try parts()
        if isEnded { throw JSONPathError("not in range, nothing to end") }
        return parts
    }

    /// Reads up to the end of the text, or with `{end}`.
    private mutating func parts() throws(JSONPathError) -> (parts: [Part], isEnded: Bool) {
        var parts: [Part] = []
        while let next = peek() {
            guard next == "{" else {
                parts.append(.text(take { $0 != "{" }))
                continue
            }
            position += 1
            let steps = try action()
            switch steps.first {
            case .unknown("range"):
                parts.append(.range(Array(steps.dropFirst()), try self.parts().parts))
            case .unknown("end"): return (parts, true)
            default: parts.append(.path(steps))
            }
        }
        return (parts, false)
    }

    /// Reads the steps up to the closing brace.
    mutating func action() throws(JSONPathError) -> [Step] {
        var steps: [Step] = []
        while true {
            guard let next = peek(), next != "\n", next != "\r" else { throw JSONPathError("unclosed action") }
            if starts(with: "[?(") {
                steps.append(.filter(try filter()))
                continue
            }
            if starts(with: "..") {
                if steps.last == .descend { throw JSONPathError("invalid multiple recursive descent") }
                position += 2
                steps.append(.descend)
                if let name = peek(), Self.isWord(name) { steps.append(field()) }
                continue
            }
            position += 1
            switch next {
            case "}": return steps
            case " ", "@", "$": break
            case ".": steps.append(field())
            case "[": steps += try brackets()
            case "\"", "'": steps.append(.constant(.string(try quoted(next))))
            case "+", "-", "0"..."9":
                position -= 1
                steps.append(.constant(try number()))
            case _ where Self.isWord(next):
                position -= 1
                steps.append(Self.word(take { !Self.isTerminator($0) }))
            default: throw JSONPathError("unrecognized character in action: \(Self.goName(next))")
            }
        }
    }

    /// A member's name up to what cannot be part of it; a backslash takes the next character as it is.
    private mutating func field() -> Step {
        var name = String.UnicodeScalarView()
        while let next = peek(), next == "\\" || !Self.isTerminator(next) {
            position = min(scalars.count, position + (next == "\\" ? 2 : 1))
            if next != "\\" {
                name.append(next)
            } else if scalars[position - 1] != "\\" {
                name.append(scalars[position - 1])
            }
        }
        return name.elementsEqual("*".unicodeScalars) ? .all : .field(String(name))
    }

    private static func word(_ text: String) -> Step {
        switch text {
        case "true": .constant(true)
        case "false": .constant(false)
        default: .unknown(text)
        }
    }

    private mutating func number() throws(JSONPathError) -> JSONValue {
        let sign = peek() == "+" || peek() == "-" ? take(1) : ""
        let text = sign + take { $0 == "." || ("0"..."9").contains($0) }
        if let integer = Int64(text) { return .integer(integer) }
        if let double = Double(text) { return .double(double) }
        throw JSONPathError("cannot parse number \(text)")
    }
}

/// The text.
extension JSONPathParser {
    /// The next character; nil at the end.
    func peek() -> Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    /// Takes the next character.
    mutating func next() -> Unicode.Scalar? {
        defer { position += 1 }
        return peek()
    }

    private func starts(with text: String) -> Bool {
        scalars[position...].starts(with: text.unicodeScalars)
    }

    private mutating func take(_ count: Int) -> String { takeText(to: position + count) }

    private mutating func take(while condition: (Unicode.Scalar) -> Bool) -> String {
        var end = position
        while end < scalars.count, condition(scalars[end]) { end += 1 }
        return takeText(to: end)
    }

    private mutating func takeText(to end: Int) -> String {
        defer { position = end }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[position..<end])
        return String(text)
    }

    /// Takes everything up to and with a closing quote that no backslash precedes, and reads its escapes.
    private mutating func quoted(_ quote: Unicode.Scalar) throws(JSONPathError) -> String {
        var content: [Unicode.Scalar] = []
        while true {
            guard let next = next(), next != "\n" else { throw JSONPathError("unterminated quoted string") }
            if next == quote, content.last != "\\" { break }
            content.append(next)
        }
        guard let text = GoQuote.unescape(content) else {
            var raw = String.UnicodeScalarView()
            raw.append(contentsOf: [quote] + content + [quote])
            throw JSONPathError("unquote string \(String(raw)) error invalid syntax")
        }
        return text
    }

    private static func isTerminator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\r", "\n", ".", ",", "[", "]", "$", "@", "{", "}": true
        default: false
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
    }

    /// A character as Go's `%#U` prints it: `U+007E '~'`.
    private static func goName(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits) '\(scalar)'"
    }
}
