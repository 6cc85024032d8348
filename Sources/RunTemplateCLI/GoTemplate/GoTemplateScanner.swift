import KubeObjects

/// Cuts a template into text and the words of its actions.
struct GoTemplateScanner {
    /// A word within an action.
    struct Token: Hashable {
        enum Kind: Hashable {
            /// `.`
            case dot
            /// `.name`
            case field(String)
            /// `$` or `$name`
            case variable(String)
            /// A keyword or a function.
            case word(String)
            case constant(JSONValue)
            /// `|`, `(`, `)`, `,`, `=` or `:=`
            case sign(String)
            /// `}}`
            case end
        }

        var kind: Kind
        var range: Range<Int>
        /// Whether there is white space before it.
        var isApart: Bool
    }

    private let scalars: [Unicode.Scalar]
    private(set) var position = 0
    private var trimsNext = false

    init(_ source: String) { scalars = Array(source.unicodeScalars) }

    /// What stands in a part of the source.
    func text(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }

    /// A failure that says in which line.
    func error(_ message: String, at offset: Int? = nil) -> GoTemplateError {
        let line = 1 + scalars.prefix(offset ?? position).count { $0 == "\n" }
        return GoTemplateError(description: "template: output:\(line): \(message)")
    }

    /// The text up to the next action, behind whose braces the scanner stands then; comments are passed over.
    /// - Returns: the text, and whether an action follows.
    mutating func textBeforeAction() throws(GoTemplateError) -> (text: String, hasAction: Bool) {
        var text = String.UnicodeScalarView()
        while true {
            let start = position
            while position < scalars.count, !starts(with: "{{") { position += 1 }
            var piece = scalars[start..<position]
            if trimsNext { piece = piece.drop(while: Self.isSpace) }
            trimsNext = false
            guard position < scalars.count else { return (String(text + piece), false) }
            position += 2
            if starts(with: "-"), position + 1 < scalars.count, Self.isSpace(scalars[position + 1]) {
                position += 2
                piece = piece.reversed().drop(while: Self.isSpace).reversed()[...]
            }
            text += piece
            guard try skipComment() else { return (String(text), true) }
        }
    }

    /// Passes over `/* ... */}}`.
    private mutating func skipComment() throws(GoTemplateError) -> Bool {
        guard starts(with: "/*") else { return false }
        while position < scalars.count, !starts(with: "*/") { position += 1 }
        guard position < scalars.count else { throw error("unclosed comment") }
        position += 2
        guard takeEnd(afterSpace: takeSpace()) else { throw error("comment ends before closing delimiter") }
        return true
    }

    /// The next word of an action.
    mutating func token() throws(GoTemplateError) -> Token {
        let isApart = takeSpace()
        let start = position
        let kind: Token.Kind = takeEnd(afterSpace: isApart) ? .end : try word()
        return Token(kind: kind, range: start..<position, isApart: isApart)
    }

    private mutating func word() throws(GoTemplateError) -> Token.Kind {
        guard let next = take() else { throw error("unclosed action") }
        switch next {
        case "|", "(", ")", ",", "=": return .sign(String(Character(next)))
        case ":":
            guard take() == "=" else { throw error("expected :=") }
            return .sign(":=")
        case ".":
            if let digit = peek, ("0"..."9").contains(digit) {
                position -= 1
                return try number()
            }
            let name = takeName()
            return name.isEmpty ? .dot : .field(name)
        case "$": return .variable("$" + takeName())
        case "\"": return .constant(.string(try quoted(next)))
        case "`": return .constant(.string(try raw()))
        case "'":
            let scalars = try quoted(next).unicodeScalars
            guard scalars.count == 1, let scalar = scalars.first else { throw error("malformed character constant") }
            return .constant(.integer(Int64(scalar.value)))
        case "0"..."9", "+", "-":
            position -= 1
            return try number()
        case _ where Self.isLetter(next):
            position -= 1
            return Self.named(takeName())
        default: throw error("unexpected \(GoQuote.quote(String(Character(next)))) in command")
        }
    }

    private static func named(_ name: String) -> Token.Kind {
        switch name {
        case "true": .constant(true)
        case "false": .constant(false)
        default: .word(name)
        }
    }

    private mutating func number() throws(GoTemplateError) -> Token.Kind {
        let start = position
        if peek == "+" || peek == "-" { position += 1 }
        while let next = peek, Self.isLetter(next) || ("0"..."9").contains(next) || next == "." || isExponentSign(next)
        {
            position += 1
        }
        let text = text(start..<position)
        guard let number = Self.number(text.filter { $0 != "_" }) else { throw error("bad number syntax: \"\(text)\"") }
        return .constant(number)
    }

    private static func number(_ text: String) -> JSONValue? {
        let sign = text.hasPrefix("-") ? "-" : ""
        let digits = text.drop { $0 == "-" || $0 == "+" }.lowercased()
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2), ("0", 8), ("", 10)] where digits.hasPrefix(prefix) {
            if let integer = Int64(sign + digits.dropFirst(prefix.count), radix: radix) { return .integer(integer) }
        }
        if digits == "0" { return .integer(0) }
        guard let first = digits.first, first.isNumber || first == ".", let double = Double(sign + digits) else {
            return nil
        }
        return .double(double)
    }

    private func isExponentSign(_ scalar: Unicode.Scalar) -> Bool {
        (scalar == "+" || scalar == "-") && position > 0
            && (scalars[position - 1] == "e" || scalars[position - 1] == "E")
    }

    private mutating func quoted(_ quote: Unicode.Scalar) throws(GoTemplateError) -> String {
        let start = position
        while let next = take(), next != quote {
            if next == "\\" { position += 1 }
            guard next != "\n", position <= scalars.count else { throw error(unterminated(quote), at: start) }
        }
        guard position > start, scalars[position - 1] == quote else { throw error(unterminated(quote), at: start) }
        guard let text = GoQuote.unescape(Array(scalars[start..<(position - 1)])) else { throw error("invalid syntax") }
        return text
    }

    private func unterminated(_ quote: Unicode.Scalar) -> String {
        quote == "'" ? "unterminated character constant" : "unterminated quoted string"
    }

    private mutating func raw() throws(GoTemplateError) -> String {
        let start = position
        while let next = take(), next != "`" {}
        guard position > start, scalars[position - 1] == "`" else { throw error("unterminated raw quoted string") }
        return text(start..<(position - 1))
    }
}

/// The source.
extension GoTemplateScanner {
    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take() -> Unicode.Scalar? {
        guard let next = peek else { return nil }
        position += 1
        return next
    }

    private func starts(with text: String) -> Bool { scalars[position...].starts(with: text.unicodeScalars) }

    private mutating func takeSpace() -> Bool {
        let start = position
        while let next = peek, Self.isSpace(next) { position += 1 }
        return position > start
    }

    /// Takes `}}`, or `-}}` behind white space, which goes on behind the braces too.
    private mutating func takeEnd(afterSpace: Bool) -> Bool {
        trimsNext = afterSpace && starts(with: "-}}")
        guard trimsNext || starts(with: "}}") else { return false }
        position += trimsNext ? 3 : 2
        return true
    }

    private mutating func takeName() -> String {
        let start = position
        while let next = peek, Self.isLetter(next) || next.properties.numericType == .decimal { position += 1 }
        return text(start..<position)
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar == "_" || scalar.properties.isAlphabetic }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n"
    }
}
