import KubeObjects

/// `-o custom-columns`: a table whose columns the user chooses by path.
struct CustomColumns: Hashable, Sendable {
    /// A heading and what stands under it.
    struct Column: Hashable, Sendable {
        var heading: String
        var path: JSONPathTemplate
    }

    private let columns: [Column]
    private let hasHeaders: Bool

    /// Reads `NAME:.metadata.name,PHASE:.status.phase`.
    /// - Throws: a failure of usage in kubectl's words.
    init(_ text: String, hasHeaders: Bool) throws(CommandFailure) {
        guard !text.isEmpty else {
            throw Self.usage("custom-columns format specified but no custom columns given")
        }
        var columns: [Column] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let colon = part.firstIndex(of: ":") else {
                throw Self.usage("unexpected custom-columns spec: \(part), expected <header>:<json-path-expr>")
            }
            columns.append(try Self.column(part[..<colon], part[part.index(after: colon)...]))
        }
        self.columns = columns
        self.hasHeaders = hasHeaders
    }

    /// Reads a file of two lines: the headings, and the paths under them.
    /// - Throws: a failure of usage in kubectl's words.
    init(file text: String, hasHeaders: Bool) throws(CommandFailure) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let form = "Expected format is one line of space separated headers, one line of space separated column specs."
        guard let first = lines.first, !text.isEmpty else {
            throw Self.usage("invalid template, missing header line. \(form)")
        }
        guard lines.count > 1, !(lines.count == 2 && lines[1].isEmpty) else {
            throw Self.usage("invalid template, missing spec line. \(form)")
        }
        let headings = first.split(whereSeparator: \.isWhitespace)
        let paths = lines[1].split(whereSeparator: \.isWhitespace)
        guard headings.count == paths.count else {
            throw Self.usage(
                "number of headers (\(headings.count)) and field specifications (\(paths.count)) don't match")
        }
        var columns: [Column] = []
        for (heading, path) in zip(headings, paths) { columns.append(try Self.column(heading, path)) }
        self.columns = columns
        self.hasHeaders = hasHeaders
    }

    /// The table.
    /// - Throws: a failure of a path that does not fit an object.
    func text(_ values: [JSONValue]) throws(CommandFailure) -> String {
        var table = Table(rows: [columns.map(\.heading)])
        for value in values {
            var cells: [String] = []
            for column in columns { cells.append(try Self.cell(column, value)) }
            table.add(cells)
        }
        return table.text(withHeadings: hasHeaders)
    }

    private static func cell(_ column: Column, _ value: JSONValue) throws(CommandFailure) -> String {
        do {
            let values = try column.path.values(in: value).map { harmless($0.goText) }
            return values.isEmpty ? "<none>" : values.joined(separator: ",")
        } catch {
            throw CommandFailure("\(error)", exitCode: 1)
        }
    }

    /// A text that cannot steer a terminal.
    private static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 == "\u{1B}" || $0 == "\r" }) else { return text }
        return text.unicodeScalars.map { $0 == "\u{1B}" ? "^[" : $0 == "\r" ? "\\r" : String($0) }.joined()
    }

    private static func column(_ heading: Substring, _ path: Substring) throws(CommandFailure) -> Column {
        do {
            return Column(heading: String(heading), path: try JSONPathTemplate(relaxed: String(path)))
        } catch {
            throw usage("\(error)")
        }
    }

    private static func usage(_ message: String) -> CommandFailure {
        CommandFailure(message, exitCode: RunExitCode.usage)
    }
}
