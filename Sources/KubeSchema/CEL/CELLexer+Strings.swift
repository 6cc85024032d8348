// String and bytes literals.
extension CELLexer {
    /// A literal with its prefixes (`r`, `b`) if one starts here.
    mutating func stringLiteral() throws(CELCompilationError) -> CELToken.Kind? {
        var ahead = 0
        var isRaw = false
        var isBytes = false
        while let next = peek(ahead), ahead < 2 {
            if !isRaw, next == "r" || next == "R" {
                isRaw = true
            } else if !isBytes, next == "b" || next == "B" {
                isBytes = true
            } else {
                break
            }
            ahead += 1
        }
        guard let quote = peek(ahead), quote == "'" || quote == "\"" else { return nil }
        let start = position
        position += ahead
        let isTriple = peek(1) == quote && peek(2) == quote
        position += isTriple ? 3 : 1
        var content = Content(isBytes: isBytes)
        while let next = peek() {
            if next == quote, !isTriple || (peek(1) == quote && peek(2) == quote) {
                position += isTriple ? 3 : 1
                return isBytes ? .bytes(content.bytes) : .string(content.text)
            }
            if !isTriple, next == "\n" || next == "\r" { break }
            position += 1
            if next == "\\", !isRaw {
                try escape(start, into: &content)
            } else if next == "\\", let following = peek() {
                content.append(next)
                content.append(following)
                position += 1
            } else {
                content.append(next)
            }
        }
        throw error(start, "Syntax error: token recognition error at: '\(text(start..<position))'")
    }

    /// What a literal has so far: text, or bytes in which an escape may be any byte.
    private struct Content {
        let isBytes: Bool
        var text = ""
        var bytes: [UInt8] = []

        mutating func append(_ scalar: Unicode.Scalar) {
            if isBytes { bytes.append(contentsOf: String(scalar).utf8) } else { text.unicodeScalars.append(scalar) }
        }
    }

    private static let simpleEscapes: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "\u{07}", "b": "\u{08}", "f": "\u{0C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{0B}", "\\": "\\",
        "?": "?", "\"": "\"", "'": "'", "`": "`",
    ]

    /// An escape, behind its backslash.
    private mutating func escape(_ start: Int, into content: inout Content) throws(CELCompilationError) {
        guard let next = peek() else { throw error(start, "Syntax error: unterminated string") }
        position += 1
        if let simple = Self.simpleEscapes[next] { return content.append(simple) }
        let digits: Int
        var radix = 16
        switch next {
        case "x", "X": digits = 2
        case "u" where !content.isBytes: digits = 4
        case "U" where !content.isBytes: digits = 8
        case "0"..."3":
            digits = 3
            radix = 8
            position -= 1
        default: throw error(start, "Syntax error: token recognition error at: '\\\(next)'")
        }
        guard position + digits <= scalars.count, let value = UInt32(text(position..<position + digits), radix: radix)
        else {
            throw error(start, "Syntax error: token recognition error at: '\\\(next)'")
        }
        position += digits
        if content.isBytes {
            content.bytes.append(UInt8(truncatingIfNeeded: value))
        } else if let scalar = Unicode.Scalar(value) {
            content.append(scalar)
        } else {
            throw error(start, "invalid unicode code point")
        }
    }
}
