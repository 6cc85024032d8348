import FoundationEssentials
package import KubeObjects

/// `chart-generator controller`: the controller's chart, as a folder, as a package, or as a check of what is there.
package struct ChartGeneration: Sendable {
    /// The chart's version.
    package var version: String
    /// The controller's version.
    package var appVersion: String
    /// Where the folder stands that holds the chart's folder, or the package and its index.
    package var output: String

    /// A generation.
    /// - Throws: ``ChartError`` if a version is none.
    package init(version: String, appVersion: String?, output: String) throws {
        guard SemanticVersion.isValid(version) else {
            throw ChartError("--version: \"\(version)\" is no semantic version; give three numbers, such as 1.4.0")
        }
        self.version = version
        self.appVersion = appVersion ?? version
        self.output = output
    }

    private var chart: Chart { ControllerChart(version: version, appVersion: appVersion).chart }
    private var folder: ChartFolder { ChartFolder("\(output)/\(ControllerChart.name)") }

    /// Writes the chart's folder. Returns its path.
    @discardableResult
    package func writeFolder() throws -> String {
        try folder.write(chart)
        return folder.path
    }

    /// Fails if the folder is not what the code makes.
    /// - Throws: ``ChartError`` that names each file that differs.
    package func check() throws {
        let differences = try folder.differences(from: chart)
        guard differences.isEmpty else {
            throw ChartError(
                "\(folder.path) is not what the code makes; run `make chart` and commit what it writes:\n"
                    + differences.map { "  \($0)" }.joined(separator: "\n"))
        }
    }

    /// Writes the chart's package, and its entry into the index beside it. Returns the paths of both.
    /// - Parameters:
    ///   - baseURL: Where the packages are served; empty if beside the index.
    ///   - created: The moment that the index gives; fixed, so that a package can be made again to the byte.
    package func writePackage(baseURL: String, created: Timestamp) async throws -> [String] {
        let package = try await ChartPackage(chart)
        let (packagePath, indexPath) = ("\(output)/\(package.fileName)", "\(output)/index.yaml")
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        let existing =
            FileManager.default.fileExists(atPath: indexPath)
            ? try String(contentsOfFile: indexPath, encoding: .utf8) : nil
        let index = try ChartIndex.text(adding: chart, package, to: existing, baseURL: baseURL, created: created)
        try Data(package.bytes).write(to: URL(filePath: packagePath))
        try index.write(toFile: indexPath, atomically: true, encoding: .utf8)
        return [packagePath, indexPath]
    }
}
