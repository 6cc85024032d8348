extension LabelSelector {
    /// Reads the text form: `app=x,tier!=web,env in (a,b),!legacy,size>3`. An empty text matches everything.
    ///
    /// - Throws: ``SelectorError`` with the API server's message.
    public init(parsing text: String) throws(SelectorError) {
        var parser = LabelSelectorParser(text)
        self.init(try parser.selector())
    }
}

/// A piece of a selector's text. `in` and `notin` are words like any other except where an operator is expected.
private enum Token: Equatable {
    case end
    case word(String)
    case symbol(String)

    var text: String {
        switch self {
        case .end: ""
        case .word(let text), .symbol(let text): text
        }
    }
}

/// Reads requirements from front to back, one token ahead.
private struct LabelSelectorParser {
    private let bytes: [UInt8]
    private var position = 0
    private var next = Token.end

    private static let special = Set("=!(),><".utf8)
    private static let space = Set(" \t\r\n".utf8)

    init(_ text: String) {
        bytes = Array(text.utf8)
        advance()
    }

    mutating func selector() throws(SelectorError) -> [LabelSelector.Requirement] {
        var requirements: [LabelSelector.Requirement] = []
        guard next != .end else { return [] }
        guard isRequirementStart else {
            throw SelectorError("found '\(next.text)', expected: !, identifier, or 'end of string'")
        }
        while true {
            do throws(SelectorError) {
                requirements.append(try requirement())
            } catch {
                throw SelectorError("unable to parse requirement: \(error)")
            }
            if next == .end { return requirements }
            guard take(",") else { throw SelectorError("found '\(next.text)', expected: ',' or 'end of string'") }
            guard isRequirementStart else {
                throw SelectorError("found '\(next.text)', expected: identifier after ','")
            }
        }
    }

    private var isRequirementStart: Bool {
        if case .word = next { return true }
        return next == .symbol("!")
    }

    private mutating func requirement() throws(SelectorError) -> LabelSelector.Requirement {
        let isNegated = take("!")
        guard let key = takeWord() else { throw SelectorError("found '\(next.text)', expected: identifier") }
        let faults = NameValidation.labelName(key)
        guard faults.isEmpty else {
            throw SelectorError("<nil>: Invalid value: \(key.debugDescription): \(faults.joined(separator: "; "))")
        }
        if next == .end || next == .symbol(",") { return .init(key, isNegated ? .doesNotExist : .exists) }
        if isNegated { return .init(key, .doesNotExist) }
        guard let comparison = LabelSelector.Operator(rawValue: next.text),
            comparison != .exists, comparison != .doesNotExist
        else { throw SelectorError("found '\(next.text)', expected: in, notin, =, ==, !=, gt, lt") }
        advance()
        let values = comparison == .in || comparison == .notIn ? try set() : [try value()]
        try Self.check(values, of: key, comparison)
        return .init(key, comparison, values)
    }

    private static func check(
        _ values: [String], of key: String, _ comparison: LabelSelector.Operator
    ) throws(SelectorError) {
        for (index, value) in values.enumerated() {
            if comparison == .greaterThan || comparison == .lessThan, Int64(value) == nil {
                throw SelectorError(
                    "values[\(index)]: Invalid value: \(value.debugDescription): for 'Gt', 'Lt' operators, the value must "
                        + "be an integer")
            }
            let faults = NameValidation.labelValue(value)
            guard faults.isEmpty else {
                throw SelectorError(
                    "values[\(index)][\(key)]: Invalid value: \(value.debugDescription): "
                        + faults.joined(separator: "; "))
            }
        }
    }

    /// One value; none is the empty one.
    private mutating func value() throws(SelectorError) -> String {
        if next == .end || next == .symbol(",") { return "" }
        guard let value = takeWord() else { throw SelectorError("found '\(next.text)', expected: identifier") }
        return value
    }

    /// `(a,b)`. Between commas and parentheses nothing may stand, which means the empty value.
    private mutating func set() throws(SelectorError) -> [String] {
        guard take("(") else { throw SelectorError("found '\(next.text)' expected: '('") }
        var values: Set<String> = []
        while true {
            values.insert(takeWord() ?? "")
            if take(")") { return values.sorted() }
            guard take(",") else { throw SelectorError("found '\(next.text)', expected: ',' or ')'") }
        }
    }

    private mutating func take(_ symbol: String) -> Bool {
        guard next == .symbol(symbol) else { return false }
        advance()
        return true
    }

    private mutating func takeWord() -> String? {
        guard case .word(let text) = next else { return nil }
        advance()
        return text
    }

    private mutating func advance() {
        while position < bytes.count, Self.space.contains(bytes[position]) { position += 1 }
        guard position < bytes.count else {
            next = .end
            return
        }
        let start = position
        if Self.special.contains(bytes[position]) {
            let pair = bytes[position...].prefix(2)
            position += pair.elementsEqual("==".utf8) || pair.elementsEqual("!=".utf8) ? 2 : 1
            next = .symbol(String(decoding: bytes[start..<position], as: UTF8.self))
        } else {
            while position < bytes.count, !Self.special.contains(bytes[position]), !Self.space.contains(bytes[position])
            {
                position += 1
            }
            next = .word(String(decoding: bytes[start..<position], as: UTF8.self))
        }
    }
}
