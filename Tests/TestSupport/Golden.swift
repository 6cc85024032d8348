import Foundation
public import Testing

/// Files that hold what a test expects, reviewed like code.
///
/// `UPDATE_GOLDEN=1 swift test --filter Golden` rewrites them; read the diff before you commit it.
public enum Golden {
    private static let updates = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

    /// Holds a text against a file. A file that does not exist is written, and the test fails once.
    /// - Parameters:
    ///   - text: What the code made.
    ///   - path: The file, from the repository's root.
    ///   - sourceLocation: Where the test is.
    public static func expect(
        _ text: String, matches path: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = Repository.url(path)
        let expected = try? String(contentsOf: file, encoding: .utf8)
        if expected == text { return }
        if updates || expected == nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        if updates { return }
        guard let expected else {
            Issue.record("\(path) did not exist and was written; read it", sourceLocation: sourceLocation)
            return
        }
        Issue.record(
            "\(path) differs (- expected, + made):\n\(difference(expected, text))", sourceLocation: sourceLocation)
    }

    /// The lines that only one of two texts has, with the line numbers of the first.
    private static func difference(_ old: String, _ new: String) -> String {
        let (before, after) = (lines(old), lines(new))
        let changes = after.difference(from: before)
        let marked = changes.map { change in
            switch change {
            case .remove(let offset, let line, _): (offset, 0, "-\(offset + 1): \(line)")
            case .insert(let offset, let line, _): (offset, 1, "+\(offset + 1): \(line)")
            }
        }
        return marked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.prefix(60).map(\.2).joined(separator: "\n")
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
