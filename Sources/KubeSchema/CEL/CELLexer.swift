/// A token of CEL.
struct CELToken: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case identifier(String)
        /// A name in backticks, which may stand behind a dot only.
        case quotedIdentifier(String)
        case int(String)
        case uint(String)
        case double(String)
        case string(String)
        case bytes([UInt8])
        /// An operator, bracket or other sign.
        case symbol(String)
        case end
    }

    var kind: Kind
    var position: Int
}

/// Cuts an expression into tokens (CEL specification, "Lexical elements").
struct CELLexer {
    let scalars: [Unicode.Scalar]
    var position = 0
    let source: String

    init(_ source: String) {
        self.source = source
        scalars = Array(source.unicodeScalars)
    }

    /// As cel-go limits expressions.
    private static let maximumSize = 100_000

    static func tokens(_ source: String) throws(CELCompilationError) -> [CELToken] {
        var lexer = CELLexer(source)
        guard lexer.scalars.count <= maximumSize else {
            throw lexer.error(
                0, "expression code point size exceeds limit: size: \(lexer.scalars.count), limit \(maximumSize)")
        }
        var tokens: [CELToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private mutating func next() throws(CELCompilationError) -> CELToken {
        skipBlanks()
        let start = position
        guard let scalar = peek() else { return CELToken(kind: .end, position: start) }
        if let quoted = try stringLiteral() { return CELToken(kind: quoted, position: start) }
        if scalar.isDigit || (scalar == "." && peek(1)?.isDigit == true) {
            return CELToken(kind: number(), position: start)
        }
        if scalar.isIdentifierStart {
            while let next = peek(), next.isIdentifierStart || next.isDigit { position += 1 }
            return CELToken(kind: .identifier(text(start..<position)), position: start)
        }
        if scalar == "`" { return CELToken(kind: try quotedIdentifier(), position: start) }
        if let following = peek(1), Self.pairs.contains(String(scalar) + String(following)) {
            position += 2
            return CELToken(kind: .symbol(text(start..<position)), position: start)
        }
        if Self.symbols.contains(scalar) {
            position += 1
            return CELToken(kind: .symbol(String(scalar)), position: start)
        }
        throw error(start, "Syntax error: token recognition error at: '\(scalar)'")
    }

    private static let pairs: Set<String> = ["&&", "||", "==", "!=", "<=", ">="]
    private static let symbols = Set("<>+-*/%!?:,.()[]{}=".unicodeScalars)

    private mutating func skipBlanks() {
        while let scalar = peek() {
            if scalar == "/", peek(1) == "/" {
                while let next = peek(), next != "\n" { position += 1 }
            } else if " \t\n\r\u{0C}".unicodeScalars.contains(scalar) {
                position += 1
            } else {
                return
            }
        }
    }

    private mutating func number() -> CELToken.Kind {
        let start = position
        if peek() == "0", peek(1) == "x" || peek(1) == "X", peek(2)?.properties.isASCIIHexDigit == true {
            position += 2
            while peek()?.properties.isASCIIHexDigit == true { position += 1 }
            return unsignedSuffix() ? .uint(text(start..<position - 1)) : .int(text(start..<position))
        }
        var isDouble = false
        while peek()?.isDigit == true { position += 1 }
        if peek() == ".", peek(1)?.isDigit == true {
            isDouble = true
            position += 1
            while peek()?.isDigit == true { position += 1 }
        }
        if peek() == "e" || peek() == "E" {
            let hasSign = peek(1) == "+" || peek(1) == "-"
            if peek(hasSign ? 2 : 1)?.isDigit == true {
                isDouble = true
                position += hasSign ? 2 : 1
                while peek()?.isDigit == true { position += 1 }
            }
        }
        if isDouble { return .double(text(start..<position)) }
        return unsignedSuffix() ? .uint(text(start..<position - 1)) : .int(text(start..<position))
    }

    private mutating func unsignedSuffix() -> Bool {
        guard peek() == "u" || peek() == "U" else { return false }
        position += 1
        return true
    }

    private mutating func quotedIdentifier() throws(CELCompilationError) -> CELToken.Kind {
        let start = position
        position += 1
        while let next = peek(), next != "`" {
            guard next.isIdentifierStart || next.isDigit || " .-/".unicodeScalars.contains(next) else {
                throw error(start, "Syntax error: token recognition error at: '`'")
            }
            position += 1
        }
        guard peek() != nil else { throw error(start, "Syntax error: token recognition error at: '`'") }
        position += 1
        return .quotedIdentifier(text(start + 1..<position - 1))
    }
}

extension CELLexer {
    func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        position + ahead < scalars.count ? scalars[position + ahead] : nil
    }

    func text(_ range: Range<Int>) -> String {
        var result = ""
        result.unicodeScalars.append(contentsOf: scalars[range])
        return result
    }

    func error(_ position: Int, _ message: String) -> CELCompilationError {
        CELCompilationError(source: source, issues: [.init(position: position, message: message)])
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var isIdentifierStart: Bool {
        ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_"
    }
}
