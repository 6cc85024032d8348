import ArgumentParser
import KubeClient
import KubeObjects
import RunCore

/// Where a template is read: in a file or folder, else on the server.
struct TemplateSource: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp("Takes the template from this file or folder instead of the server.", valueName: "path"))
    var file: String?
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    /// The namespace that a run would be made in; no server is needed for a template from a file.
    func namespace(_ session: Session) throws -> String {
        if file != nil { return connection.namespace ?? "default" }
        return try connection.client(session).defaultNamespace
    }

    /// The template of a name.
    func template(_ name: String, _ session: Session) async throws -> JobTemplate {
        if let file { return try TemplateFiles.template(name, in: file) }
        let client = try connection.client(session)
        return try await TemplateLookup(client: client, namespace: client.defaultNamespace).find(name)
    }
}

/// Templates in manifests on disk.
enum TemplateFiles {
    /// The template of a name in a file, or in the manifests of a folder.
    /// - Throws: a failure of usage with file and line.
    static func template(_ name: String, in path: String) throws(CommandFailure) -> JobTemplate {
        let templates = try templates(in: path)
        if let found = templates.first(where: { $0.object.name == name }) { return found }
        let names = templates.compactMap(\.object.name)
        throw CommandFailure(
            "there is no JobTemplate \"\(name)\" in \(path)" + NearestName.hint(for: name, among: names),
            exitCode: RunExitCode.usage)
    }

    /// All templates in a file, or in the manifests of a folder.
    static func templates(in path: String) throws(CommandFailure) -> [JobTemplate] {
        var templates: [JobTemplate] = []
        for file in try ManifestPath.files(path) {
            for document in try documents(file) {
                let object = try object(document.value, "\(file):\(document.startLine)")
                guard object.kind == JobTemplateFamily.jobTemplates.kind else { continue }
                templates.append(JobTemplate(object))
            }
        }
        return templates
    }

    /// The object that stands at a place.
    static func object(_ value: JSONValue, _ place: String) throws(CommandFailure) -> KubeObject {
        guard let object = KubeObject(value), !object.apiVersion.isEmpty, !object.kind.isEmpty else {
            throw CommandFailure(
                "\(place): is no manifest: apiVersion and kind are expected", exitCode: RunExitCode.usage)
        }
        return object
    }

    /// The documents of a file, or of the standard input for `-`.
    /// - Throws: a failure of usage with file and line.
    static func documents(_ file: String) throws(CommandFailure) -> [YAMLDocument] {
        do {
            return try YAML.parse(try FileContents.read(file))
        } catch let error as YAMLError {
            throw CommandFailure("\(file): \(error)", exitCode: RunExitCode.usage)
        } catch {
            throw CommandFailure("\(error)", exitCode: RunExitCode.usage)
        }
    }
}
