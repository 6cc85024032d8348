import FoundationEssentials
import KubeObjects
import RunCore

/// Reads JobTemplates of files and folders.
struct TemplateReader: Sendable {
    /// The templates, in the order of the files and documents.
    private(set) var templates: [SourceTemplate] = []
    /// What is in the files besides, and stays out of the chart.
    private(set) var notices: [String] = []
    private var faults: [String] = []

    /// Reads files, and of folders their files `*.yaml`, `*.yml` and `*.json`.
    /// - Throws: ``ChartError`` with all that is wrong, each with file and line.
    init(_ paths: [String]) throws(ChartError) {
        for path in paths {
            for file in try Self.files(path) { read(file) }
        }
        checkNames()
        guard faults.isEmpty else { throw ChartError(faults.joined(separator: "\n")) }
        guard !templates.isEmpty else {
            throw ChartError("\(paths.joined(separator: ", ")): no JobTemplate (\(Self.apiVersion)) in there")
        }
    }

    private static let apiVersion = JobTemplateFamily.jobTemplates.apiVersion
    private static let kind = JobTemplateFamily.jobTemplates.kind

    private static func files(_ path: String) throws(ChartError) -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ChartError("\(path): there is no such file or folder")
        }
        guard isFolder else { return [path] }
        let folder = path.hasSuffix("/") ? path : path + "/"
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { name in
            !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
        }
        guard !names.isEmpty else { throw ChartError("\(path): no .yaml, .yml or .json file in there") }
        return names.sorted().map { folder + $0 }
    }

    private mutating func read(_ file: String) {
        do {
            let text = try Data(contentsOf: URL(filePath: file))
            for document in try YAML.parse(Array(text)) { read(document.value, at: [], of: document, file) }
        } catch let error as YAMLError {
            faults.append("\(file):\(error.line):\(error.column): \(error.message)")
        } catch {
            faults.append("\(file): cannot be read: \(error.systemReason)")
        }
    }

    private mutating func read(
        _ value: JSONValue, at path: [JSONPathElement], of document: YAMLDocument, _ file: String
    ) {
        let place = "\(file):\(document.line(of: path))"
        guard let object = KubeObject(value), !object.apiVersion.isEmpty, !object.kind.isEmpty else {
            faults.append("\(place): is no manifest: apiVersion and kind are expected")
            return
        }
        if object.kind.hasSuffix("List"), let items = object["items"]?.array {
            for (index, item) in items.enumerated() {
                read(item, at: path + ["items", .index(index)], of: document, file)
            }
        } else if object.kind != Self.kind {
            let name = object.name.map { " \"\($0)\"" } ?? ""
            notices.append(
                "\(place): the \(object.kind)\(name) stays out: a chart of templates holds JobTemplates only")
        } else if object.apiVersion != Self.apiVersion {
            faults.append(
                "\(file):\(document.line(of: path + ["apiVersion"])): apiVersion: \"\(object.apiVersion)\" has no JobTemplate "
                    + "of this kind; it is \(Self.apiVersion)")
        } else {
            let template = SourceTemplate(object, file: file, document: document, path: path)
            faults += template.faults()
            templates.append(template)
        }
    }

    /// The values of a chart are named after its templates, so that a name can be there only once, whatever the
    /// namespaces.
    private mutating func checkNames() {
        var first: [String: SourceTemplate] = [:]
        for template in templates where !template.name.isEmpty {
            guard let other = first[template.name] else {
                first[template.name] = template
                continue
            }
            faults.append(
                "\(template.place(["metadata", "name"])): there is another JobTemplate \"\(template.name)\" at "
                    + "\(other.place(["metadata", "name"])); values are named after templates, so rename one, or make a "
                    + "chart for each namespace")
        }
    }
}
