/// Rows under headings, in columns as wide as they need to be, as kubectl prints them.
struct Table {
    private var rows: [[String]]

    /// Spaces behind the widest cell of a column, and how wide a column is at least with them.
    private static let gap = 3
    private static let leastWidth = 6

    /// Begins with these rows, the headings first.
    init(rows: [[String]]) { self.rows = rows }

    /// Adds a row; an empty cell shows as nothing.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The table, each line ended.
    var text: String { text(withHeadings: true) }

    /// The table with its headings or without them, each line ended.
    func text(withHeadings: Bool) -> String {
        let rows = withHeadings ? rows[...] : rows.dropFirst()
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            let widest = rows.map { $0.count > column ? $0[column].unicodeScalars.count : 0 }.max() ?? 0
            return max(Self.leastWidth, widest + Self.gap)
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 {
                    line += String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
                }
            }
            return line + "\n"
        }.joined()
    }
}
