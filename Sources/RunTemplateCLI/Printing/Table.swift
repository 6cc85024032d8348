/// Rows under headings, in columns as wide as they need to be, as kubectl prints them.
struct Table {
    private var rows: [[String]]

    /// Begins with these rows, the headings first.
    init(rows: [[String]]) { self.rows = rows }

    /// Adds a row; an empty cell shows as nothing.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The table, each line ended.
    var text: String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 3) }
            }
            return line + "\n"
        }.joined()
    }
}
