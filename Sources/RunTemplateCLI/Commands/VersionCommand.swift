import ArgumentParser
import KubeClient
import KubeObjects

/// Shows versions.
struct VersionCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "version", _superCommandName: "kubectl run-template",
        abstract: "Show the versions of plugin and server.")

    @Flag(help: "The plugin's only; asks no server.")
    var client = false
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    func execute(_ session: Session) async throws -> Int32 {
        session.output.line("Plugin Version: v\(RunTemplate.version)")
        guard !client else { return RunExitCode.success }
        let server = try await connection.client(session).serverVersion()
        session.output.line("Server Version: \(server["gitVersion"]?.string ?? "unknown")")
        return RunExitCode.success
    }
}
