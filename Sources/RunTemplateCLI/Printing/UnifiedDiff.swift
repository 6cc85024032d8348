/// What differs between two texts, as `diff -u` shows it.
enum UnifiedDiff {
    private static let context = 3

    private enum Line: Hashable {
        case common(Substring)
        case removed(Substring)
        case added(Substring)

        var text: String {
            switch self {
            case .common(let line): " \(line)"
            case .removed(let line): "-\(line)"
            case .added(let line): "+\(line)"
            }
        }

        var isOld: Bool { if case .added = self { false } else { true } }
        var isNew: Bool { if case .removed = self { false } else { true } }
        var isChange: Bool { if case .common = self { false } else { true } }
    }

    /// The differences with three lines around each; empty if there are none.
    static func text(old: String, new: String, oldName: String, newName: String) -> String {
        let lines = script(
            old.split(separator: "\n", omittingEmptySubsequences: true),
            new.split(separator: "\n", omittingEmptySubsequences: true))
        let hunks = hunks(lines)
        guard !hunks.isEmpty else { return "" }
        return "--- \(oldName)\n+++ \(newName)\n" + hunks.map { hunk(lines, $0) }.joined()
    }

    /// Which lines stay, go and come.
    private static func script(_ old: [Substring], _ new: [Substring]) -> [Line] {
        let difference = new.difference(from: old)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if left < old.count, removed.contains(left) {
                lines.append(.removed(old[left]))
                left += 1
            } else if right < new.count, added.contains(right) {
                lines.append(.added(new[right]))
                right += 1
            } else {
                lines.append(.common(old[left]))
                left += 1
                right += 1
            }
        }
        return lines
    }

    /// The ranges of lines to show: each change with its surroundings, those that touch in one.
    private static func hunks(_ lines: [Line]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for position in lines.indices where lines[position].isChange {
            let range = max(0, position - context)..<min(lines.count, position + context + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }

    private static func hunk(_ lines: [Line], _ range: Range<Int>) -> String {
        let before = lines[..<range.lowerBound]
        let within = lines[range]
        let place = { (sign: String, isIn: (Line) -> Bool) in
            let (start, count) = (before.count(where: isIn), within.count(where: isIn))
            return "\(sign)\(count == 0 ? start : start + 1)" + (count == 1 ? "" : ",\(count)")
        }
        let head = "@@ \(place("-") { $0.isOld }) \(place("+") { $0.isNew }) @@\n"
        return head + within.map { $0.text + "\n" }.joined()
    }
}
