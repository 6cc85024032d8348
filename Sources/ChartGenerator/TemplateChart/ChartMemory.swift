import KubeObjects
import RunCore

/// What a chart of templates was generated as, kept in the chart: how a later run tells what a person has changed.
struct ChartMemory: Sendable {
    /// The digest of each file, by path.
    var digests: [String: String] = [:]
    /// The values.
    var values: JSONValue = [:]

    /// Nothing is remembered: the chart is new.
    init() {}

    /// Reads the file.
    /// - Throws: ``ChartError`` for a text that is no such file.
    init(_ text: String) throws(ChartError) {
        guard let json = try? JSONValue(parsing: text), let files = json["files"]?.object else {
            throw ChartError(
                "\(TemplateChart.memoryPath): is not what chart-generator wrote; restore it, or use --force")
        }
        for (path, digest) in files { digests[path] = digest.string }
        values = json["values"] ?? [:]
    }

    /// The file.
    var file: ChartFile {
        let files = digests.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
        let json: JSONValue = ["files": .object(JSONObject(files)), "values": values]
        return ChartFile(path: TemplateChart.memoryPath, text: json.encodedString(pretty: true))
    }

    /// Whether a text is what was generated last for a path.
    func remembers(_ text: String, at path: String) -> Bool { digests[path] == Self.digest(text) }

    /// Remembers a file as generated.
    mutating func remember(_ file: ChartFile) { digests[file.path] = Self.digest(file.text) }

    private static func digest(_ text: String) -> String { Digest.hex(of: text.utf8) }
}
