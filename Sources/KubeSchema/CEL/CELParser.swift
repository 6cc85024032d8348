/// Reads CEL (cel-spec, "Syntax") with the optional syntax (`.?`, `[?]`) and resolves macros.
struct CELParser {
    private let tokens: [CELToken]
    private var index = 0
    let source: String
    private var depth = 0

    /// As cel-go limits recursion, so that no rule exhausts the stack.
    private static let maximumHeight = 250

    func checkHeight(_ height: Int) throws(CELCompilationError) {
        if height > Self.maximumHeight {
            throw fail(current.position, "expression recursion limit exceeded: \(Self.maximumHeight)")
        }
    }

    static func parse(_ source: String) throws(CELCompilationError) -> CELExpression {
        var parser = CELParser(source: source, tokens: try CELLexer.tokens(source))
        let expression = try parser.expression()
        if parser.current.kind != .end { throw parser.unexpected() }
        return expression
    }

    private init(source: String, tokens: [CELToken]) {
        self.source = source
        self.tokens = tokens
    }

    // MARK: - Tokens

    var current: CELToken { tokens[min(index, tokens.count - 1)] }

    mutating func advance() { index += 1 }

    mutating func take(_ symbol: String) -> Int? {
        guard current.kind == .symbol(symbol) else { return nil }
        defer { index += 1 }
        return current.position
    }

    mutating func expect(_ symbol: String) throws(CELCompilationError) {
        if take(symbol) == nil { throw unexpected(expecting: symbol) }
    }

    func fail(_ position: Int, _ message: String) -> CELCompilationError {
        CELCompilationError(source: source, issues: [.init(position: position, message: message)])
    }

    func unexpected(expecting symbol: String? = nil) -> CELCompilationError {
        let found =
            switch current.kind {
            case .identifier(let name), .quotedIdentifier(let name): name
            case .int(let text), .uint(let text), .double(let text), .string(let text), .symbol(let text): text
            case .bytes: "bytes"
            case .end: "<EOF>"
            }
        let wanted = symbol.map { " expecting '\($0)'" } ?? ""
        return fail(current.position, "Syntax error: mismatched input '\(found)'\(wanted)")
    }

    // MARK: - Operators

    mutating func expression() throws(CELCompilationError) -> CELExpression {
        depth += 1
        defer { depth -= 1 }
        try checkHeight(depth)
        let condition = try binary(0)
        guard let position = take("?") else { return condition }
        let yes = try binary(0)
        try expect(":")
        let no = try expression()
        return CELExpression(kind: .call("_?_:_", target: nil, [condition, yes, no]), position: position)
    }

    /// The binary operators by rising precedence, with the names of their functions.
    private static let levels: [[String: String]] = [
        ["||": "_||_"], ["&&": "_&&_"],
        ["<": "_<_", "<=": "_<=_", ">": "_>_", ">=": "_>=_", "==": "_==_", "!=": "_!=_", "in": "@in"],
        ["+": "_+_", "-": "_-_"], ["*": "_*_", "/": "_/_", "%": "_%_"],
    ]

    private mutating func binary(_ level: Int) throws(CELCompilationError) -> CELExpression {
        guard level < Self.levels.count else { return try unary() }
        var left = try binary(level + 1)
        // What is connected by one of these is one call, however long: only that may be as long as one likes.
        if level < 2 {
            let position = current.position
            var operands = [left]
            while operatorName(Self.levels[level]) != nil {
                advance()
                operands.append(try binary(level + 1))
            }
            guard operands.count > 1, let name = Self.levels[level].values.first else { return left }
            return CELExpression(kind: .call(name, target: nil, operands), position: position)
        }
        while let name = operatorName(Self.levels[level]) {
            let position = current.position
            advance()
            let right = try binary(level + 1)
            left = CELExpression(kind: .call(name, target: nil, [left, right]), position: position)
            try checkHeight(left.height)
        }
        return left
    }

    private func operatorName(_ names: [String: String]) -> String? {
        switch current.kind {
        case .symbol(let symbol): names[symbol]
        case .identifier("in"): names["in"]
        default: nil
        }
    }

    private mutating func unary() throws(CELCompilationError) -> CELExpression {
        var negations: [Int] = []
        while let position = take("!") { negations.append(position) }
        if !negations.isEmpty {
            var operand = try member()
            // An even number of negations is none.
            if negations.count % 2 == 1 {
                operand = CELExpression(kind: .call("!_", target: nil, [operand]), position: negations[0])
            }
            return operand
        }
        guard let position = take("-") else { return try member() }
        if case .int(let text) = current.kind { return try negativeNumber("-" + text, position) }
        if case .double(let text) = current.kind { return try negativeNumber("-" + text, position) }
        var count = 1
        while take("-") != nil { count += 1 }
        let operand = try member()
        return count % 2 == 0
            ? operand : CELExpression(kind: .call("-_", target: nil, [operand]), position: position)
    }

    private mutating func negativeNumber(_ text: String, _ position: Int) throws(CELCompilationError) -> CELExpression {
        let isInt = if case .int = current.kind { true } else { false }
        let value = isInt ? Self.integer(text).map(CELValue.int) : Double(text).map(CELValue.double)
        guard let value else { throw fail(position, "Syntax error: invalid \(isInt ? "int" : "double") literal") }
        advance()
        return try suffixes(of: CELExpression(kind: .literal(value), position: position))
    }

    static func integer(_ text: String) -> Int64? {
        let isNegative = text.hasPrefix("-")
        let digits = isNegative ? text.dropFirst() : text[...]
        let sign = isNegative ? "-" : ""
        return digits.hasPrefix("0x") || digits.hasPrefix("0X")
            ? Int64(sign + digits.dropFirst(2), radix: 16) : Int64(sign + digits)
    }
}
