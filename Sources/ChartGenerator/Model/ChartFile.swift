/// One file of a chart: where it stands in the chart's folder, and what is in it.
public struct ChartFile: Sendable, Hashable {
    /// The path below the chart's folder, with `/` between its parts.
    public var path: String
    /// The text; ends with a newline.
    public var text: String

    /// A file.
    public init(path: String, text: String) {
        self.path = path
        self.text = text.hasSuffix("\n") ? text : text + "\n"
    }
}

/// A Helm chart as a set of files. The same definitions give the same files, byte for byte.
public struct Chart: Sendable, Hashable {
    /// The chart's name, which is also its folder's.
    public var name: String
    /// The chart's version, a semantic version (`1.4.0`).
    public var version: String
    /// All files, sorted by path, each path once.
    public private(set) var files: [ChartFile]

    /// A chart of these files.
    public init(name: String, version: String, files: [ChartFile]) {
        self.name = name
        self.version = version
        self.files = files.sorted { $0.path < $1.path }
    }

    /// The text of the file at a path; nil if there is none.
    public func text(at path: String) -> String? { files.first { $0.path == path }?.text }
}
