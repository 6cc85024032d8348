/// A regular expression in RE2 syntax, which is what the API server takes for `pattern` and CEL's `matches`.
///
/// Matching takes time proportional to the text's length whatever the pattern is, so a pattern from a stranger's
/// resource definition cannot stall a server. Swift's own `Regex` backtracks, has another syntax, and is not `Sendable`.
public struct Pattern: Sendable, Hashable {
    /// The pattern as written.
    public let source: String
    private let program: PatternProgram

    /// Reads a pattern.
    /// - Throws: what Go's `regexp` package would say of it.
    public init(_ source: String) throws(PatternSyntaxError) {
        self.source = source
        var parser = PatternParser(source)
        program = try PatternProgram(try parser.parse(), pattern: source)
    }

    /// Whether the pattern is found anywhere in a text.
    public func matches(_ text: String) -> Bool {
        var machine = PatternMachine(program, over: text.unicodeScalars.map(\.value))
        return machine.firstMatch(from: 0, anyMatch: true) != nil
    }

    /// The parts of a text that the pattern matches, left to right without overlap, at most `limit` of them.
    public func matches(in text: String, limit: Int = .max) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var machine = PatternMachine(program, over: scalars.map(\.value))
        var found: [String] = []
        var position = 0
        var lastEnd = -1
        while found.count < limit, position <= scalars.count, let range = machine.firstMatch(from: position) {
            // An empty match right behind the match before is none (Go, `FindAll`).
            if !range.isEmpty || range.upperBound != lastEnd {
                var part = ""
                part.unicodeScalars.append(contentsOf: scalars[range])
                found.append(part)
            }
            lastEnd = range.upperBound
            position = range.isEmpty ? range.upperBound + 1 : range.upperBound
        }
        return found
    }

    /// Patterns are equal if they are written alike.
    public static func == (left: Pattern, right: Pattern) -> Bool { left.source == right.source }

    /// By the pattern as written.
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}
