/// Guesses what a mistyped name was meant to be.
enum NearestName {
    /// The names that are close to one that does not exist, nearest first; at most three.
    static func suggestions(for name: String, among names: [String]) -> [String] {
        let limit = max(1, min(3, name.count / 2))
        let near = names.map { (name: $0, distance: distance(Array(name.utf8), Array($0.utf8))) }
            .filter { $0.distance <= limit || $0.name.hasPrefix(name) }
        // Beside one that is close, those that are far are noise.
        let farthest = (near.map(\.distance).min() ?? 0) + 1
        return near.filter { $0.distance <= farthest || $0.name.hasPrefix(name) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }

    /// `; did you mean "a" or the verb "b"?`, or nothing.
    /// - Parameter verbs: What else the name may have been meant to be; the nearest one is named.
    static func hint(for name: String, among names: [String], verbs: Set<String> = []) -> String {
        let quoted =
            suggestions(for: name, among: names).map { "\"\($0)\"" }
            + suggestions(for: name, among: Array(verbs)).prefix(1).map { "the verb \"\($0)\"" }
        guard let last = quoted.last else { return "" }
        let list = quoted.count == 1 ? last : quoted.dropLast().joined(separator: ", ") + " or " + last
        return "; did you mean \(list)?"
    }

    /// How many letters must be added, removed, replaced or swapped with their neighbour.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
