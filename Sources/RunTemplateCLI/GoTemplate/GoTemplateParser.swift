import KubeObjects

/// Reads a Go template from front to back.
struct GoTemplateParser {
    typealias Node = GoTemplate.Node
    typealias Token = GoTemplateScanner.Token

    private var scanner: GoTemplateScanner
    private var ahead: [Token] = []
    private var variables = ["$"]
    private var rangeDepth = 0
    private var depth = 0

    private static let depthLimit = 100

    /// What ends a part of a template.
    private enum Terminator {
        case source, end, otherwise
    }

    init(_ source: String) { scanner = GoTemplateScanner(source) }

    /// Reads the whole template.
    mutating func template() throws(GoTemplateError) -> [Node] {
        let (nodes, terminator) = try part()
        switch terminator {
        case .source: return nodes
        case .end: throw scanner.error("unexpected {{end}}")
        case .otherwise: throw scanner.error("unexpected {{else}}")
        }
    }

    /// Reads up to what ends this part. The word `else` has been read then, what follows it has not.
    private mutating func part() throws(GoTemplateError) -> ([Node], Terminator) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw scanner.error("too many parts within one another") }
        var nodes: [Node] = []
        while true {
            let (text, hasAction) = try scanner.textBeforeAction()
            if !text.isEmpty { nodes.append(.text(text)) }
            guard hasAction else { return (nodes, .source) }
            switch try peek().kind {
            case .word("end"):
                _ = try next()
                try close("end")
                return (nodes, .end)
            case .word("else"):
                _ = try next()
                return (nodes, .otherwise)
            case .word(let word): nodes.append(try action(word))
            default: nodes.append(.output(try pipeline("command")))
            }
        }
    }

    private mutating func action(_ word: String) throws(GoTemplateError) -> Node {
        switch word {
        case "if": return .choice(try branch(word))
        case "with": return .with(try branch(word))
        case "range":
            return .range(try branch(word))
        case "break", "continue":
            _ = try next()
            guard rangeDepth > 0 else { throw scanner.error("{{\(word)}} outside {{range}}") }
            try close(word)
            return .leave(again: word == "continue")
        case "define", "template", "block":
            throw scanner.error("{{\(word)}} is not supported: a template here is one text")
        default: return .output(try pipeline("command"))
        }
    }

    /// Reads a keyword's pipeline and parts, up to and with `{{end}}`.
    private mutating func branch(_ word: String) throws(GoTemplateError) -> GoTemplate.Branch {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw scanner.error("too many parts within one another") }
        _ = try next()
        let known = variables.count
        defer { variables.removeLast(variables.count - known) }
        var branch = GoTemplate.Branch(pipeline: try pipeline(word, isRange: word == "range"), body: [])
        if word == "range" { rangeDepth += 1 }
        let (body, terminator) = try part()
        if word == "range" { rangeDepth -= 1 }
        branch.body = body
        switch terminator {
        case .source: throw scanner.error("unexpected EOF")
        case .end: return branch
        case .otherwise:
            if word != "range", try peek().kind == .word(word) {
                branch.otherwise = [word == "if" ? .choice(try self.branch(word)) : .with(try self.branch(word))]
                return branch
            }
            try close("else")
            let (otherwise, last) = try part()
            guard last == .end else {
                throw scanner.error(last == .source ? "unexpected EOF" : "expected end; found {{else}}")
            }
            branch.otherwise = otherwise
            return branch
        }
    }

    private mutating func close(_ word: String) throws(GoTemplateError) {
        let token = try next()
        guard token.kind == .end else { throw unexpected(token, in: word) }
    }
}

/// Pipelines.
extension GoTemplateParser {
    private mutating func pipeline(
        _ context: String, isRange: Bool = false, end: Token.Kind = .end
    ) throws(GoTemplateError) -> GoTemplate.Pipeline {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw scanner.error("too many parts within one another") }
        var pipeline = GoTemplate.Pipeline()
        try readVariables(into: &pipeline, isRange: isRange, context)
        repeat {
            if try peek().kind == end, pipeline.commands.isEmpty { throw scanner.error("missing value for \(context)") }
            pipeline.commands.append(try command(context, end: end))
        } while try next().kind == .sign("|")
        for (position, command) in pipeline.commands.enumerated().dropFirst() {
            switch command.operands.first?.value {
            case .constant, .dot:
                guard command.operands.first?.path.isEmpty == true else { continue }
                throw scanner.error("non executable command in pipeline stage \(position + 1)")
            default: continue
            }
        }
        if !pipeline.isAssignment { variables += pipeline.variables }
        return pipeline
    }

    /// Reads `$x :=`, `$x =` or, in a range, `$i, $x :=`.
    private mutating func readVariables(
        into pipeline: inout GoTemplate.Pipeline, isRange: Bool, _ context: String
    ) throws(GoTemplateError) {
        guard case .variable(let name) = try peek().kind else { return }
        switch try peek(1).kind {
        case .sign(":="), .sign("="): pipeline.variables = [name]
        case .sign(",") where isRange:
            guard case .variable(let second) = try peek(2).kind else {
                throw scanner.error("range can only initialize variables")
            }
            _ = (try next(), try next())
            pipeline.variables = [name, second]
        case .sign(","): throw scanner.error("too many declarations in \(context)")
        default: return
        }
        _ = try next()
        let sign = try next()
        guard sign.kind == .sign(":=") || sign.kind == .sign("=") else { throw unexpected(sign, in: context) }
        pipeline.isAssignment = sign.kind == .sign("=")
        guard pipeline.isAssignment else { return }
        for name in pipeline.variables where !variables.contains(name) { throw undefined(name) }
    }

    /// Reads words up to a bar or the end, which stay.
    private mutating func command(_ context: String, end: Token.Kind) throws(GoTemplateError) -> GoTemplate.Command {
        var operands: [GoTemplate.Operand] = []
        let start = try peek().range.lowerBound
        var last = start
        while true {
            let token = try peek()
            if token.kind == end || token.kind == .sign("|") { break }
            guard token.kind != .end else { throw scanner.error("unclosed left paren") }
            guard operands.isEmpty || token.isApart else { throw unexpected(token, in: "operand") }
            let operand = try operand(context)
            last = operand.end
            operands.append(operand.value)
        }
        guard !operands.isEmpty else { throw scanner.error("missing value for \(context)") }
        return GoTemplate.Command(
            operands: operands, place: GoTemplate.Place(offset: start, text: scanner.text(start..<last)))
    }

    /// Reads a word and the members behind it.
    private mutating func operand(_ context: String) throws(GoTemplateError) -> (value: GoTemplate.Operand, end: Int) {
        let token = try next()
        var end = token.range.upperBound
        var path: [String] = []
        // Where Go says that members are: at the second one.
        var offset: Int?
        let value: GoTemplate.Value
        switch token.kind {
        case .dot: value = .dot
        case .field(let name):
            value = .dot
            path = [name]
        case .variable(let name):
            guard variables.contains(name) else { throw undefined(name) }
            value = .variable(name)
        case .constant(let constant): value = .constant(constant)
        case .word("nil"): value = .constant(.null)
        case .word(let name):
            guard GoTemplateFunctions.names.contains(name) else {
                throw scanner.error("function \(GoQuote.quote(name)) not defined")
            }
            value = .function(name)
        case .sign("("):
            value = .group(try pipeline("parenthesized pipeline", end: .sign(")")))
            end = scanner.position
        default: throw unexpected(token, in: context)
        }
        while case .field(let name) = try peek().kind, try !peek().isApart {
            let field = try next()
            offset = offset ?? field.range.lowerBound
            end = field.range.upperBound
            path.append(name)
        }
        let place = GoTemplate.Place(
            offset: offset ?? token.range.lowerBound, text: scanner.text(token.range.lowerBound..<end))
        return (GoTemplate.Operand(value: value, path: path, place: place), end)
    }
}

/// Words.
extension GoTemplateParser {
    private mutating func peek(_ distance: Int = 0) throws(GoTemplateError) -> Token {
        while ahead.count <= distance { ahead.append(try scanner.token()) }
        return ahead[distance]
    }

    private mutating func next() throws(GoTemplateError) -> Token {
        let token = try peek()
        ahead.removeFirst()
        return token
    }

    private func unexpected(_ token: Token, in context: String) -> GoTemplateError {
        scanner.error("unexpected <\(scanner.text(token.range))> in \(context)")
    }

    private func undefined(_ name: String) -> GoTemplateError {
        scanner.error("undefined variable \(GoQuote.quote(name))")
    }
}
