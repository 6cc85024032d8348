import KubeObjects

/// `chart-generator templates`: users' own JobTemplates as a chart, made anew or brought up to date.
package struct TemplateChartGeneration: Sendable {
    private let folder: ChartFolder
    private let update: ChartUpdate
    private let inputNotices: [String]

    /// The chart's name: that of its folder.
    private static func name(_ output: String) -> String { output.split(separator: "/").last.map(String.init) ?? "" }

    /// Refuses what can be no chart's folder or version.
    package static func check(output: String, version: String?) throws(ChartError) {
        if let version, !SemanticVersion.isValid(version) {
            throw ChartError("--version: \"\(version)\" is no semantic version; give three numbers, such as 1.4.0")
        }
        let name = name(output)
        guard NameValidation.dns1123Label(name).isEmpty else {
            throw ChartError(
                "--output: the folder's name becomes the chart's, and \"\(name)\" is none: small letters, digits and "
                    + "dashes, such as charts/my-jobs")
        }
    }

    /// Reads the templates and decides what to write.
    /// - Parameters:
    ///   - sources: Files and folders with JobTemplates.
    ///   - output: The chart's folder, whose name becomes the chart's.
    ///   - version: The chart's version; nil for the one that it has, or 0.1.0.
    ///   - isForced: Whether changes by hand are written over.
    /// - Throws: ``ChartError`` with file and line, or an error of the file system.
    package init(sources: [String], output: String, version: String?, isForced: Bool) throws {
        try Self.check(output: output, version: version)
        let name = Self.name(output)
        let reader = try TemplateReader(sources)
        folder = ChartFolder(output)
        let present = try folder.texts()
        let current = present["Chart.yaml"].flatMap { try? YAML.parse($0).first?.value["version"]?.string }
        let chart = TemplateChart(name: name, version: version ?? current ?? "0.1.0", templates: reader.templates)
        inputNotices = reader.notices
        do throws(ChartError) {
            update = try ChartUpdate(chart, over: present, isForced: isForced)
        } catch { throw ChartError("\(output)/\(error)") }
    }

    /// What a person should know.
    package var notices: [String] { inputNotices + update.notices.map { "\(folder.path)/\($0)" } }

    /// Writes what is new. Returns the paths of what was written or removed.
    package func write() throws -> [String] {
        for path in update.removals { try folder.remove(path) }
        for file in update.writes { try folder.write(file) }
        return update.removals.map { "\(folder.path)/\($0) (removed)" }
            + update.writes.map { "\(folder.path)/\($0.path)" }
    }

    /// Fails if there is something to write.
    /// - Throws: ``ChartError`` that names the files.
    package func check() throws {
        let changes = update.removals + update.writes.map(\.path)
        guard changes.isEmpty else {
            throw ChartError(
                "\(folder.path) is not what the templates make; run the same without --check:\n"
                    + changes.map { "  \($0)" }.joined(separator: "\n"))
        }
    }
}
