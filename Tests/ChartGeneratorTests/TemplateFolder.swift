import Foundation
import Testing

@testable import ChartGenerator

/// A folder of manifests and a chart of them, on disk for one test.
final class TemplateFolder {
    let path: String

    init(_ manifests: [String: String]) throws {
        path = NSTemporaryDirectory() + "templates-" + UUID().uuidString
        for (name, text) in manifests { try write(text, to: "jobs/\(name)") }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The chart's folder.
    var chart: String { path + "/my-jobs" }

    func write(_ text: String, to file: String) throws {
        let url = URL(filePath: "\(path)/\(file)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    func text(_ file: String) throws -> String { try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8) }

    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(file)") }

    /// The templates of the manifests.
    func templates() throws -> [SourceTemplate] { try TemplateReader(["\(path)/jobs"]).templates }

    func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(file)") }

    /// Replaces a text that a file holds once.
    func edit(_ file: String, _ old: String, _ new: String) throws {
        let text = try text(file)
        try #require(text.components(separatedBy: old).count == 2, "\(file) does not hold \(old) once")
        try write(text.replacingOccurrences(of: old, with: new), to: file)
    }

    /// Runs the generator; returns what it wrote and what it said, both without the folder's path.
    @discardableResult
    func generate(version: String? = nil, isForced: Bool = false) throws -> (written: [String], notices: [String]) {
        let generation = try TemplateChartGeneration(
            sources: ["\(path)/jobs"], output: chart, version: version, isForced: isForced)
        let written = try generation.write()
        return (written.map(short), generation.notices.map(short))
    }

    /// What the generator says is wrong, line by line.
    func faults() -> [String] {
        do {
            try generate()
            return []
        } catch { return short("\(error)").split(separator: "\n").map(String.init) }
    }

    private func short(_ text: String) -> String {
        text.replacingOccurrences(of: chart + "/", with: "").replacingOccurrences(of: path + "/jobs/", with: "")
    }
}

/// A template as most tests need one.
func manifest(_ name: String = "import", parameters: String = "", container: String = "image: app:1") -> String {
    """
    apiVersion: cellbytes.io/v1
    kind: JobTemplate
    metadata:
      name: \(name)
    \(parameters.isEmpty ? "" : "parameters:\n\(parameters)\n")spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: main
            \(container)

    """
}
