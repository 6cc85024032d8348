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
        var isQuoted = false
        switch current.kind {
        case .identifier(let text) where !["in", "true", "false", "null"].contains(text): name = text
        case .quotedIdentifier(let text): (name, isQuoted) = (text, true)
        default: throw unexpected()
        }
        advance()
        if !isOptional, !isQuoted, let parenthesis = take("(") {
            let arguments = try arguments(until: ")")
            return try macroOrCall(name, target: operand, arguments, parenthesis)
        }
        let field = CELFieldName(text: name, isQuoted: isQuoted)
        return CELExpression(kind: .select(operand, field: field, isOptional: isOptional), position: dot)
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
        case .end:
            throw fail(
                token.position,
                "Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', "
                    + "NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}")
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
