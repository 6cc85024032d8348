/// `--include`, `--exclude`, `--highlight`: regular expressions that pick lines and mark words.
struct LogFilter: Sendable {
    /// A regular expression as it was given. A compiled one cannot be shared between tasks: see ``compiled``.
    struct Expression: Hashable, Sendable {
        let text: String

        /// Nil if the text is no regular expression.
        init?(_ text: String) {
            guard Self.regex(text) != nil else { return nil }
            self.text = text
        }

        fileprivate static func regex(_ text: String) -> Regex<AnyRegexOutput>? { try? Regex(text) }
    }

    /// A line must match one of these, if there are any.
    var include: [Expression] = []
    /// A line must match none of these.
    var exclude: [Expression] = []
    /// What is marked.
    var highlight: [Expression] = []

    /// Whether there is anything to do.
    var isActive: Bool { !(include.isEmpty && exclude.isEmpty && highlight.isEmpty) }

    /// Ready for lines, as often as they come; for one task at a time.
    var compiled: CompiledLogFilter {
        func regexes(_ expressions: [Expression]) -> [Regex<AnyRegexOutput>] {
            expressions.compactMap { Expression.regex($0.text) }
        }
        return CompiledLogFilter(
            include: regexes(include), exclude: regexes(exclude), highlight: regexes(highlight))
    }
}

/// A filter whose expressions are compiled.
struct CompiledLogFilter {
    fileprivate let include: [Regex<AnyRegexOutput>]
    fileprivate let exclude: [Regex<AnyRegexOutput>]
    fileprivate let highlight: [Regex<AnyRegexOutput>]

    /// Whether a line is shown.
    func shows(_ line: String) -> Bool {
        guard !include.isEmpty || !exclude.isEmpty else { return true }
        if !include.isEmpty, !include.contains(where: line.contains) { return false }
        return !exclude.contains(where: line.contains)
    }

    /// The line with what is to be marked in reverse; nil if nothing is.
    func highlighted(_ line: String) -> String? {
        var ranges = (highlight + include).flatMap { line.ranges(of: $0) }.filter { !$0.isEmpty }
        guard !ranges.isEmpty else { return nil }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        var result = ""
        var position = line.startIndex
        for range in ranges where range.lowerBound >= position {
            result += line[position..<range.lowerBound] + "\u{1B}[7m" + line[range] + "\u{1B}[0m"
            position = range.upperBound
        }
        return result + line[position...]
    }
}
