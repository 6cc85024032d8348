import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Shows versions.
struct VersionCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "version", _superCommandName: "kubectl run-template",
        abstract: "Show the versions of plugin, server and controller.")

    @Flag(help: "The plugin's only; asks no server.")
    var client = false
    @Option(
        name: [.customShort("o"), .customLong("output")], help: "json or yaml, with all that the server says of itself."
    )
    var output: Form?
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    func execute(_ session: Session) async throws -> Int32 {
        var versions = Versions()
        do {
            if !client {
                let client = try connection.client(session)
                versions.server = try await client.serverVersion()
                versions.controllers = await controllerVersions(client)
            }
        } catch {
            // What is known is told, as kubectl does it.
            session.output.text(try versions.text(output))
            throw error
        }
        session.output.text(try versions.text(output))
        return RunExitCode.success
    }

    /// How versions are printed; a list of lines without one.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case json, yaml
    }

    /// The versions of the run controllers that the chart has installed, as their Deployments say; none for whoever may not
    /// see those, and for a controller that was installed otherwise.
    private func controllerVersions(_ client: KubeClient) async -> [String] {
        let deployments = APIResource(group: "apps", version: "v1", plural: "deployments", kind: "Deployment")
        let options = ListOptions(labelSelector: "\(LabelKey.component)=\(LabelKey.managedByValue)")
        let found = (try? await client.list(deployments, options: options))?.items ?? []
        return Set(found.compactMap { $0.labels["app.kubernetes.io/version"] }).sorted()
    }
}

/// The versions that are known.
private struct Versions {
    /// What the server says of itself.
    var server: JSONObject?
    var controllers: [String] = []

    /// In lines, or as an object with kubectl's names.
    func text(_ form: VersionCommand.Form?) throws(CommandFailure) -> String {
        let plugin = "v\(RunTemplate.version)"
        guard let form else {
            var lines = ["Plugin Version: \(plugin)"]
            if let server { lines.append("Server Version: \(server["gitVersion"]?.string ?? "unknown")") }
            lines += controllers.map { "Controller Version: \($0)" }
            return lines.map { $0 + "\n" }.joined()
        }
        var versions: JSONObject = ["clientVersion": ["gitVersion": .string(plugin)]]
        versions["serverVersion"] = server.map(JSONValue.object)
        if !controllers.isEmpty { versions["controllerVersions"] = .array(controllers.map(JSONValue.string)) }
        switch form {
        case .json: return JSONValue.object(versions).goEncodedString(indentation: 2) + "\n"
        case .yaml: return YAML.encode(.object(versions), sortedKeys: true)
        }
    }
}
