// Literals, names, calls, and what follows them.
extension CELParser {
    mutating func member() throws(CELCompilationError) -> CELExpression { try suffixes(of: try primary()) }

    mutating func suffixes(of first: CELExpression) throws(CELCompilationError) -> CELExpression {
        var expression = first
        while true {
            try checkHeight(expression.height)
            if let dot = take(".") {
                expression = try selection(of: expression, dot)
            } else if let bracket = take("[") {
                let isOptional = take("?") != nil
                let key = try self.expression()
                try expect("]")
                expression = CELExpression(
                    kind: .call(isOptional ? "_[?_]" : "_[_]", target: nil, [expression, key]), position: bracket)
            } else {
                return expression
            }
        }
    }

    private mutating func selection(of operand: CELExpression, _ dot: Int) throws(CELCompilationError) -> CELExpression
    {
        let isOptional = take("?") != nil
        let name: String
        switch current.kind {
        case .identifier(let text) where text != "in": name = text
        case .quotedIdentifier(let text):
            advance()
            return CELExpression(kind: .select(operand, field: text, isOptional: isOptional), position: dot)
        default: throw unexpected()
        }
        advance()
        if !isOptional, let parenthesis = take("(") {
            let arguments = try arguments(until: ")")
            return try macroOrCall(name, target: operand, arguments, parenthesis)
        }
        return CELExpression(
            kind: .select(operand, field: CELEscaping.unescaped(name), isOptional: isOptional), position: dot)
    }

    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    private mutating func primary() throws(CELCompilationError) -> CELExpression {
        let token = current
        func literal(_ value: CELValue) -> CELExpression {
            CELExpression(kind: .literal(value), position: token.position)
        }
        switch token.kind {
        case .int(let text):
            guard let value = Self.integer(text) else {
                throw fail(token.position, "Syntax error: invalid int literal")
            }
            advance()
            return literal(.int(value))
        case .uint(let text):
            let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
            guard let value = UInt64(isHexadecimal ? String(text.dropFirst(2)) : text, radix: isHexadecimal ? 16 : 10)
            else {
                throw fail(token.position, "Syntax error: invalid uint literal")
            }
            advance()
            return literal(.uint(value))
        case .double(let text):
            guard let value = Double(text) else { throw fail(token.position, "Syntax error: invalid double literal") }
            advance()
            return literal(.double(value))
        case .string(let text):
            advance()
            return literal(.string(text))
        case .bytes(let bytes):
            advance()
            return literal(.bytes(bytes))
        case .identifier(let name):
            advance()
            return try named(name, token.position)
        case .symbol("."):
            advance()
            guard case .identifier(let name) = current.kind else { throw unexpected() }
            advance()
            return try named(name, token.position)
        case .symbol("("):
            advance()
            let inner = try expression()
            try expect(")")
            return inner
        case .symbol("["): return try list(token.position)
        case .symbol("{"): return try map(token.position)
        default: throw unexpected()
        }
    }

    private mutating func named(_ name: String, _ position: Int) throws(CELCompilationError) -> CELExpression {
        switch name {
        case "true": return CELExpression(kind: .literal(.bool(true)), position: position)
        case "false": return CELExpression(kind: .literal(.bool(false)), position: position)
        case "null": return CELExpression(kind: .literal(.null), position: position)
        case "in": throw fail(position, "Syntax error: mismatched input 'in'")
        default: break
        }
        if let parenthesis = take("(") {
            return try macroOrCall(name, target: nil, try arguments(until: ")"), parenthesis)
        }
        if Self.reserved.contains(name) { throw fail(position, "reserved identifier: \(name)") }
        return CELExpression(kind: .identifier(name), position: position)
    }

    private mutating func arguments(until end: String) throws(CELCompilationError) -> [CELExpression] {
        var arguments: [CELExpression] = []
        if take(end) != nil { return arguments }
        repeat { arguments.append(try expression()) } while take(",") != nil
        try expect(end)
        return arguments
    }

    private mutating func list(_ position: Int) throws(CELCompilationError) -> CELExpression {
        advance()
        var elements: [CELExpression.ListElement] = []
        while take("]") == nil {
            let isOptional = take("?") != nil
            elements.append(.init(value: try expression(), isOptional: isOptional))
            if take(",") == nil {
                try expect("]")
                break
            }
        }
        return CELExpression(kind: .list(elements), position: position)
    }

    private mutating func map(_ position: Int) throws(CELCompilationError) -> CELExpression {
        advance()
        var entries: [CELExpression.MapEntry] = []
        while take("}") == nil {
            let isOptional = take("?") != nil
            let key = try expression()
            try expect(":")
            entries.append(.init(key: key, value: try expression(), isOptional: isOptional))
            if take(",") == nil {
                try expect("}")
                break
            }
        }
        return CELExpression(kind: .map(entries), position: position)
    }
}

/// Names of properties that are no CEL identifiers are written with escapes (API reference, `x-kubernetes-validations`).
enum CELEscaping {
    private static let signs: [(escape: String, text: String)] = [
        ("__underscores__", "__"), ("__dot__", "."), ("__dash__", "-"), ("__slash__", "/"),
    ]
    private static let keywords: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import",
        "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ]

    /// The property's name behind an identifier.
    static func unescaped(_ identifier: String) -> String {
        guard identifier.hasPrefix("__") || identifier.contains("__") else { return identifier }
        if identifier.hasPrefix("__"), identifier.hasSuffix("__"), identifier.count > 4 {
            let inner = String(identifier.dropFirst(2).dropLast(2))
            if keywords.contains(inner) { return inner }
        }
        var result = ""
        var rest = identifier[...]
        while !rest.isEmpty {
            if let sign = signs.first(where: { rest.hasPrefix($0.escape) }) {
                result += sign.text
                rest = rest.dropFirst(sign.escape.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }

    /// Whether a property can be reached from an expression.
    static func isAccessible(_ name: String) -> Bool {
        var scalars = name.unicodeScalars[...]
        guard let first = scalars.popFirst(), first.isASCII, first.properties.isAlphabetic || first == "_" else {
            return false
        }
        return scalars.allSatisfy { CharacterClass.word.contains($0.value) || ".-/".unicodeScalars.contains($0) }
    }
}
