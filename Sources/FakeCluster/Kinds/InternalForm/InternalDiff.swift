/// What differs between two internal forms, as the server shows it: their lines, and three around each change. Which lines
/// belong together is found as Python's `difflib` finds it (apimachinery's `diff` package by way of `go-difflib`), since
/// where lines are alike, as those of JSON are, other ways show other changes.
struct InternalDiff {
    /// Lines that both have.
    private struct Match {
        var old: Int
        var new: Int
        var count: Int
    }

    /// Lines of the one that stand for lines of the other.
    private struct Change {
        var old: Range<Int>
        var new: Range<Int>
        var isEqual: Bool
    }

    /// How many lines are shown around a change.
    private static let context = 3

    private let old: [String]
    private let new: [String]
    /// Where each line of the new form stands; lines that a long form has too often are left out.
    private let places: [String: [Int]]

    /// Two forms as JSON without blanks.
    init(old: String, new: String) {
        self.old = Self.lines(old)
        self.new = Self.lines(new)
        let count = self.new.count
        places = Dictionary(grouping: self.new.indices) { [new = self.new] in new[$0] }
            .filter { count < 200 || $0.value.count <= count / 100 + 1 }
    }

    /// The changes in the unified format, without names of files.
    var text: String {
        groups.map { group in
            let (first, last) = (group[0], group[group.count - 1])
            let head =
                "@@ -\(Self.range(first.old.lowerBound..<last.old.upperBound)) "
                + "+\(Self.range(first.new.lowerBound..<last.new.upperBound)) @@\n"
            return head
                + group.map { change in
                    if change.isEqual { return old[change.old].map { " \($0)\n" }.joined() }
                    return old[change.old].map { "-\($0)\n" }.joined() + new[change.new].map { "+\($0)\n" }.joined()
                }.joined()
        }.joined()
    }

    private static func range(_ lines: Range<Int>) -> String {
        switch lines.count {
        case 1: "\(lines.lowerBound + 1)"
        case 0: "\(lines.lowerBound),0"
        case let count: "\(lines.lowerBound + 1),\(count)"
        }
    }

    /// The changes with what stands around them, those that are near to each other together.
    private var groups: [[Change]] {
        var changes = changes
        guard let first = changes.first, let last = changes.last else { return [] }
        if first.isEqual {
            changes[0].old = max(first.old.lowerBound, first.old.upperBound - Self.context)..<first.old.upperBound
            changes[0].new = max(first.new.lowerBound, first.new.upperBound - Self.context)..<first.new.upperBound
        }
        if last.isEqual {
            let end = changes[changes.count - 1]
            changes[changes.count - 1] = Self.start(of: end)
        }
        var groups: [[Change]] = []
        var group: [Change] = []
        for change in changes {
            var rest = change
            if change.isEqual, change.old.count > 2 * Self.context {
                group.append(Self.start(of: change))
                groups.append(group)
                group = []
                rest.old = (change.old.upperBound - Self.context)..<change.old.upperBound
                rest.new = (change.new.upperBound - Self.context)..<change.new.upperBound
            }
            group.append(rest)
        }
        groups.append(group)
        return groups.filter { !$0.allSatisfy(\.isEqual) }
    }

    private static func start(of change: Change) -> Change {
        Change(
            old: change.old.lowerBound..<min(change.old.upperBound, change.old.lowerBound + context),
            new: change.new.lowerBound..<min(change.new.upperBound, change.new.lowerBound + context), isEqual: true)
    }

    private var changes: [Change] {
        var changes: [Change] = []
        var (old, new) = (0, 0)
        for match in matches(0..<self.old.count, 0..<self.new.count) + [
            Match(old: self.old.count, new: self.new.count, count: 0)
        ] {
            if old < match.old || new < match.new {
                changes.append(Change(old: old..<match.old, new: new..<match.new, isEqual: false))
            }
            (old, new) = (match.old + match.count, match.new + match.count)
            guard match.count > 0 else { continue }
            let alike = Change(old: match.old..<old, new: match.new..<new, isEqual: true)
            if let last = changes.last, last.isEqual {
                // Two finds that touch are one.
                changes[changes.count - 1].old = last.old.lowerBound..<old
                changes[changes.count - 1].new = last.new.lowerBound..<new
            } else {
                changes.append(alike)
            }
        }
        return changes
    }

    /// The lines that both have: the longest run of them, and then what is alike before and after it.
    private func matches(_ olds: Range<Int>, _ news: Range<Int>) -> [Match] {
        let longest = longestMatch(olds, news)
        if longest.count == 0 { return [] }
        var matches: [Match] = []
        if olds.lowerBound < longest.old, news.lowerBound < longest.new {
            matches += self.matches(olds.lowerBound..<longest.old, news.lowerBound..<longest.new)
        }
        matches.append(longest)
        let (old, new) = (longest.old + longest.count, longest.new + longest.count)
        if old < olds.upperBound, new < news.upperBound {
            matches += self.matches(old..<olds.upperBound, new..<news.upperBound)
        }
        return matches
    }

    /// The first of the longest runs of lines that both have in these places. It is looked for among the lines that are not
    /// too frequent, and then grows by any that are alike.
    private func longestMatch(_ olds: Range<Int>, _ news: Range<Int>) -> Match {
        var best = Match(old: olds.lowerBound, new: news.lowerBound, count: 0)
        var lengths: [Int: Int] = [:]
        for line in olds {
            var next: [Int: Int] = [:]
            for place in places[old[line]] ?? [] where news.contains(place) {
                let count = (lengths[place - 1] ?? 0) + 1
                next[place] = count
                if count > best.count { best = Match(old: line - count + 1, new: place - count + 1, count: count) }
            }
            lengths = next
        }
        while best.old > olds.lowerBound, best.new > news.lowerBound, old[best.old - 1] == new[best.new - 1] {
            best = Match(old: best.old - 1, new: best.new - 1, count: best.count + 1)
        }
        while best.old + best.count < olds.upperBound, best.new + best.count < news.upperBound,
            old[best.old + best.count] == new[best.new + best.count]
        {
            best.count += 1
        }
        return best
    }

    /// JSON with one member or element on a line, each level one blank further in. What is empty stays on its line.
    private static func lines(_ json: String) -> [String] {
        var lines = [""]
        var (depth, isInText, isEscaped) = (0, false, false)
        var previous: Unicode.Scalar?
        func add(_ scalar: Unicode.Scalar) { lines[lines.count - 1].unicodeScalars.append(scalar) }
        func breakLine() { lines.append(String(repeating: " ", count: depth)) }
        for scalar in json.unicodeScalars {
            defer { previous = scalar }
            if isInText {
                add(scalar)
                isInText = isEscaped || scalar != "\""
                isEscaped = !isEscaped && scalar == "\\"
                continue
            }
            let isFirst = previous == "{" || previous == "["
            switch scalar {
            case "}", "]":
                depth -= 1
                if !isFirst { breakLine() }
                add(scalar)
            case ",":
                add(scalar)
                breakLine()
            case ":": lines[lines.count - 1] += ": "
            default:
                if isFirst { breakLine() }
                add(scalar)
                if scalar == "{" || scalar == "[" { depth += 1 }
                isInText = scalar == "\""
            }
        }
        return lines
    }
}
