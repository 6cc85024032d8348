/// A pattern, parsed.
indirect enum PatternNode: Sendable, Hashable {
    case empty
    case set(CharacterClass)
    case assertion(PatternAssertion)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    /// `maximum` nil is without end.
    case repetition(PatternNode, minimum: Int, maximum: Int?, isGreedy: Bool)
}

/// What must hold at a position without taking a character.
enum PatternAssertion: Sendable, Hashable {
    case startOfText, endOfText, startOfLine, endOfLine, wordBoundary, noWordBoundary
}

/// Why a text is no pattern, in the words of Go's `regexp` package.
public struct PatternSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, such as `missing closing ]`.
    public var problem: String
    /// The part of the pattern that is wrong.
    public var expression: String

    /// As Go prints it: ``error parsing regexp: missing closing ]: `[a` ``.
    public var description: String {
        expression.isEmpty
            ? "error parsing regexp: \(problem)" : "error parsing regexp: \(problem): `\(expression)`"
    }
}
