import Foundation

/// A page of documentation whose commands are run again: in a block of `console`, lines that begin with `$ ` are commands,
/// and what follows them is what they printed. A comment `<!-- run: COMMAND -->` is run without being shown.
struct PluginPage {
    /// The page as it is.
    let text: String

    private static let hidden = "<!-- run: "

    /// The page with what the commands print now, made equal where two runs differ.
    func regenerated(run: (String) async throws -> ProgramResult) async throws -> String {
        var lines: [String] = []
        var isConsole = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("```") { isConsole = line == "```console" }
            if isConsole, line.hasPrefix("$ ") {
                let result = try await run(String(line.dropFirst(2)))
                lines.append(line)
                lines += Self.shown(result)
            } else if !isConsole || line.hasPrefix("```") {
                lines.append(line)
                if line.hasPrefix(Self.hidden), line.hasSuffix(" -->") {
                    _ = try await run(String(line.dropFirst(Self.hidden.count).dropLast(4)))
                }
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func shown(_ result: ProgramResult) -> [String] {
        var lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        if result.exitCode != 0 { lines.append("[exit code \(result.exitCode)]") }
        return aligned(lines.map(comparable))
    }

    /// What differs between two runs: times, the ends of generated names, addresses.
    private static let replacements = [
        (#"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"#, "2026-01-31T12:00:00Z"),
        (#"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"#, "0b3d6f4e-5a0c-4c55-9c1e-6f3f2c1f7a10"),
        (#"-[0-9a-f]{10}\b"#, "-5d1c3a9b7e"), (#"-[bcdfghjklmnpqrstvwxz2456789]{5}\b"#, "-x2k4z"),
        (#"(resourceVersion"?: )"?\d+"?"#, "$1\"1\""), (#"after (\d+(ms|[smh]))+"#, "after 1s"),
        (#"idempotency-key: \S+"#, "idempotency-key: x2k4zx2k4zx2k"), (#"duration: (\d+(ms|[smh]))+"#, "duration: 1s"),
        (#"\b(\d+(ms|[smh]))+ ago"#, "1s ago"), (#"https://127\.0\.0\.1:\d+"#, "https://127.0.0.1:6443"),
    ]

    private static func comparable(_ line: String) -> String {
        replacements.reduce(line) { text, replacement in
            text.replacingOccurrences(of: replacement.0, with: replacement.1, options: .regularExpression)
        }
    }

    /// Lines with their tables set anew: a column is as wide as its widest cell, which may be an age.
    private static func aligned(_ lines: [String]) -> [String] {
        var result: [String] = []
        var table: [String] = []
        for line in lines + [""] {
            if table.isEmpty ? isHeading(line) : !line.isEmpty {
                table.append(line)
            } else {
                result += set(table)
                table = []
                result.append(line)
            }
        }
        return result.dropLast()
    }

    private static func isHeading(_ line: String) -> Bool {
        line.wholeMatch(of: /\s*[A-Z]+( [A-Z]+)*( {2,}[A-Z]+( [A-Z]+)*)+/) != nil
    }

    private static func set(_ table: [String]) -> [String] {
        guard let heading = table.first else { return [] }
        let starts = heading.matches(of: /[A-Z]+( [A-Z]+)*/).map {
            heading.distance(from: heading.startIndex, to: $0.range.lowerBound)
        }
        let rows = table.map { line in cells(Array(line), starts) }
        let names = rows[0]
        let changed = rows.enumerated().map { number, row in
            row.enumerated().map { column, cell in
                number > 0 && ["AGE", "DURATION"].contains(names[column]) && !cell.isEmpty ? "1s" : cell
            }
        }
        let widths = starts.indices.map { column in changed.map { $0[column].count }.max() ?? 0 }
        let margin = String(repeating: " ", count: starts[0])
        return changed.map { row in
            let line = zip(row, widths).map { $0.padding(toLength: $1 + 3, withPad: " ", startingAt: 0) }.joined()
            return margin + line.replacing(/\s+$/, with: "")
        }
    }

    private static func cells(_ line: [Character], _ starts: [Int]) -> [String] {
        starts.enumerated().map { number, start in
            let end = number + 1 < starts.count ? starts[number + 1] : line.count
            guard start < line.count else { return "" }
            return String(line[start..<min(end, line.count)]).trimmingCharacters(in: .whitespaces)
        }
    }
}
