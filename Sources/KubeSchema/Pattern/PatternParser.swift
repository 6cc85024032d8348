/// Reads RE2 syntax as Go's `regexp/syntax` does (flag `Perl`).
struct PatternParser {
    struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotTakesNewline = false
        var isUngreedy = false
    }

    let source: [Unicode.Scalar]
    var position = 0
    var flags = Flags()
    private var depth = 0

    private static let maximumDepth = 1000
    private static let maximumCount = 1000

    init(_ pattern: String) { source = Array(pattern.unicodeScalars) }

    mutating func parse() throws(PatternSyntaxError) -> PatternNode {
        let node = try alternatives()
        if position < source.count { throw error("unexpected )", wholePattern) }
        return node
    }

    private mutating func alternatives() throws(PatternSyntaxError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.maximumDepth { throw error("expression nests too deeply", wholePattern) }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(PatternSyntaxError) -> PatternNode {
        var items: [PatternNode] = []
        while let next = peek, next != "|", next != ")" {
            guard var item = try atom(next, items.isEmpty) else { continue }
            var repeatStart: Int?
            while let (minimum, maximum, operatorStart) = try repetitionOperator() {
                let isLazy = take("?")
                if let repeatStart {
                    throw error("invalid nested repetition operator", text(repeatStart..<position))
                }
                repeatStart = operatorStart
                if minimum > Self.maximumCount || (maximum ?? 0) > Self.maximumCount {
                    throw error("invalid repeat count", text(operatorStart..<position))
                }
                item = .repetition(
                    item, minimum: minimum, maximum: maximum, isGreedy: isLazy == flags.isUngreedy)
            }
            items.append(item)
        }
        switch items.count {
        case 0: return .empty
        case 1: return items[0]
        default: return .sequence(items)
        }
    }

    /// One item; nil for what only sets flags.
    private mutating func atom(_ next: Unicode.Scalar, _ isFirst: Bool) throws(PatternSyntaxError) -> PatternNode? {
        switch next {
        case "(": return try group()
        case "[": return .set(try bracketClass())
        case "\\": return try escape()
        case "*", "+", "?": throw error("missing argument to repetition operator", String(next))
        case "^":
            position += 1
            return .assertion(flags.isMultiline ? .startOfLine : .startOfText)
        case "$":
            position += 1
            return .assertion(flags.isMultiline ? .endOfLine : .endOfText)
        case ".":
            position += 1
            return .set(flags.dotTakesNewline ? .everything : .allButNewline)
        default:
            if next == "{", let (_, _, start) = try repetitionOperator() {
                throw error("missing argument to repetition operator", text(start..<position))
            }
            position += 1
            return literal(next)
        }
    }

    func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        var set = CharacterClass(ranges: [scalar.value...scalar.value])
        if flags.ignoresCase { set.foldCase() }
        return .set(set)
    }

    private mutating func repetitionOperator() throws(PatternSyntaxError) -> (Int, Int?, Int)? {
        let start = position
        if take("*") { return (0, nil, start) }
        if take("+") { return (1, nil, start) }
        if take("?") { return (0, 1, start) }
        guard take("{") else { return nil }
        // What is no count is the character itself.
        guard let minimum = number() else {
            position = start
            return nil
        }
        var maximum: Int? = minimum
        if take(",") { maximum = peek == "}" ? nil : number() ?? -1 }
        guard take("}"), maximum != -1 else {
            position = start
            return nil
        }
        if let maximum, maximum < minimum { throw error("invalid repeat count", text(start..<position)) }
        return (minimum, maximum, start)
    }

    private mutating func group() throws(PatternSyntaxError) -> PatternNode? {
        let start = position
        position += 1
        let saved = flags
        if take("?") {
            if take("P") || peek == "<" {
                try groupName(start)
            } else if try flagGroup(start) {
                return nil
            }
        }
        let inner = try alternatives()
        guard take(")") else { throw error("missing closing )", wholePattern) }
        flags = saved
        return inner
    }

    /// `<name>`, which is checked and forgotten: nothing here asks for groups.
    private mutating func groupName(_ start: Int) throws(PatternSyntaxError) {
        guard take("<") else { throw error("invalid or unsupported Perl syntax", text(start..<position + 1)) }
        let nameStart = position
        while let next = peek, next != ">" {
            guard CharacterClass.word.contains(next.value) else {
                throw error("invalid named capture", text(start..<position + 1))
            }
            position += 1
        }
        guard position > nameStart, take(">") else { throw error("invalid named capture", text(start..<source.count)) }
    }

    /// `i`, `m`, `s`, `U` and `-`; true if the group ends with them (`(?i)`), false if a sub-pattern follows (`(?i:`).
    private mutating func flagGroup(_ start: Int) throws(PatternSyntaxError) -> Bool {
        var value = true
        while let next = peek {
            position += 1
            switch next {
            case "i": flags.ignoresCase = value
            case "m": flags.isMultiline = value
            case "s": flags.dotTakesNewline = value
            case "U": flags.isUngreedy = value
            case "-" where value: value = false
            case ":": return false
            case ")": return true
            default: throw error("invalid or unsupported Perl syntax", text(start..<position))
            }
        }
        throw error("missing closing )", wholePattern)
    }
}

extension PatternParser {
    var peek: Unicode.Scalar? { position < source.count ? source[position] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    mutating func number() -> Int? {
        let start = position
        var value = 0
        while let next = peek, CharacterClass.digits.contains(next.value) {
            // One more than any count that is allowed, so that large numbers are refused instead of overflowing.
            value = min(value * 10 + Int(next.value - 0x30), 1_000_000)
            position += 1
        }
        return position > start ? value : nil
    }

    func text(_ range: Range<Int>) -> String {
        var result = ""
        result.unicodeScalars.append(contentsOf: source[range.clamped(to: 0..<source.count)])
        return result
    }

    var wholePattern: String { text(0..<source.count) }

    func error(_ problem: String, _ expression: String) -> PatternSyntaxError {
        PatternSyntaxError(problem: problem, expression: expression)
    }
}
