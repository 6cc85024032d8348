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
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    func execute(_ session: Session) async throws -> Int32 {
        session.output.line("Plugin Version: v\(RunTemplate.version)")
        guard !client else { return RunExitCode.success }
        let client = try connection.client(session)
        let server = try await client.serverVersion()
        session.output.line("Server Version: \(server["gitVersion"]?.string ?? "unknown")")
        for version in await controllerVersions(client) { session.output.line("Controller Version: \(version)") }
        return RunExitCode.success
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
