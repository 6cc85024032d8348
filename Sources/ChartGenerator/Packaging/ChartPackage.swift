import Subprocess

/// A chart as `helm install` and chart repositories take it: `NAME-VERSION.tgz`.
package struct ChartPackage: Sendable {
    /// `NAME-VERSION.tgz`.
    package let fileName: String
    /// The archive. The same chart gives the same bytes with the same gzip.
    package let bytes: [UInt8]

    /// Packs a chart: a tar archive without times and owners, compressed by the system's `gzip -n`.
    /// - Throws: ``ChartError`` if gzip is missing or fails, or a path is too long.
    package init(_ chart: Chart) async throws {
        var archive = TarArchive()
        // Helm reads the first files as the chart's head, and wants Chart.yaml among them.
        let head = chart.files.filter { $0.path == "Chart.yaml" }
        for file in head + chart.files.filter({ $0.path != "Chart.yaml" }) {
            try archive.add(path: "\(chart.name)/\(file.path)", contents: Array(file.text.utf8))
        }
        fileName = "\(chart.name)-\(chart.version).tgz"
        bytes = try await Self.compress(archive.closed)
    }

    private static func compress(_ bytes: [UInt8]) async throws -> [UInt8] {
        do {
            let result = try await Subprocess.run(
                .name("gzip"), arguments: ["-n", "-9", "-c"], input: .array(bytes), output: .bytes(limit: 64 << 20),
                error: .currentStandardError)
            guard result.terminationStatus.isSuccess else {
                throw ChartError("gzip failed: \(result.terminationStatus)")
            }
            return result.standardOutput
        } catch let error as SubprocessError {
            throw ChartError("gzip cannot be run (\(error)); it makes the .tgz")
        }
    }
}

/// What keeps a chart from being made, for the user.
package struct ChartError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    package let description: String

    /// An error with its text.
    package init(_ description: String) { self.description = description }
}
