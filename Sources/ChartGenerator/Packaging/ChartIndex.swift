package import KubeObjects
import RunCore

/// The `index.yaml` of a chart repository: which versions of which charts are there, and where.
package enum ChartIndex {
    /// The index with one more version, newest first. An entry of the same version is replaced.
    /// - Parameters:
    ///   - chart: The chart, whose `Chart.yaml` becomes the entry.
    ///   - package: Its archive.
    ///   - existing: The text of the index so far; nil if there is none.
    ///   - baseURL: What archives' names are relative to; empty for the index's own address.
    ///   - created: The moment of the entry, so that an index can be made again to the byte.
    /// - Throws: ``ChartError`` if the index so far is none.
    package static func text(
        adding chart: Chart, _ package: ChartPackage, to existing: String?, baseURL: String, created: Timestamp
    ) throws -> String {
        var index: JSONValue = ["apiVersion": "v1", "entries": [:]]
        if let existing {
            guard let read = try? YAML.parse(existing).first?.value, read["entries"]?.object != nil else {
                throw ChartError("index.yaml: is no index of a chart repository: entries is missing")
            }
            index = read
        }
        guard let text = chart.text(at: "Chart.yaml"), var entry = try? YAML.parse(text).first?.value.object else {
            throw ChartError("Chart.yaml: is no YAML object")
        }
        let prefix = baseURL.isEmpty || baseURL.hasSuffix("/") ? baseURL : baseURL + "/"
        entry["urls"] = [.string(prefix + package.fileName)]
        entry["digest"] = .string(Digest.hex(of: package.bytes))
        entry["created"] = .string(created.rfc3339)
        var versions = index["entries"]?[chart.name]?.array ?? []
        versions.removeAll { $0["version"]?.string == chart.version }
        versions.append(.object(entry))
        versions.sort { SemanticVersion($0["version"]?.string ?? "") > SemanticVersion($1["version"]?.string ?? "") }
        index.set(.array(versions), at: ["entries", chart.name])
        index["generated"] = .string(created.rfc3339)
        return YAML.encode(index, sortedKeys: true)
    }
}
