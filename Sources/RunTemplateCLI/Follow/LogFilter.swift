/// `--include`, `--exclude`, `--highlight`: regular expressions that pick lines and mark words.
struct LogFilter: Sendable {
    /// A regular expression as it was given. It is compiled where it is used: a compiled one cannot be shared between
    /// tasks.
    struct Expression: Hashable, Sendable {
        let text: String

        /// Nil if the text is no regular expression.
        init?(_ text: String) {
            guard (try? Regex(text)) != nil else { return nil }
            self.text = text
        }

        fileprivate func ranges(in line: String) -> [Range<String.Index>] {
            guard let regex = try? Regex(text) else { return [] }
            return line.ranges(of: regex).filter { !$0.isEmpty }
        }

        fileprivate func matches(_ line: String) -> Bool {
            guard let regex = try? Regex(text) else { return false }
            return line.firstMatch(of: regex) != nil
        }
    }

    /// A line must match one of these, if there are any.
    var include: [Expression] = []
    /// A line must match none of these.
    var exclude: [Expression] = []
    /// What is marked.
    var highlight: [Expression] = []

    /// Whether there is anything to do.
    var isActive: Bool { !(include.isEmpty && exclude.isEmpty && highlight.isEmpty) }

    /// Whether a line is shown.
    func shows(_ line: String) -> Bool {
        guard !include.isEmpty || !exclude.isEmpty else { return true }
        if !include.isEmpty, !include.contains(where: { $0.matches(line) }) { return false }
        return !exclude.contains { $0.matches(line) }
    }

    /// The line with what is to be marked in reverse; nil if nothing is.
    func highlighted(_ line: String) -> String? {
        var ranges = (highlight + include).flatMap { $0.ranges(in: line) }
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
