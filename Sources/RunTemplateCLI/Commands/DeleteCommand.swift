import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire

/// Deletes runs.
struct DeleteCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "delete", _superCommandName: "kubectl run-template",
        abstract: "Delete runs with their Jobs, pods and logs.")

    @Argument(help: "The runs.")
    var names: [String]
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    func execute(_ session: Session) async throws -> Int32 {
        let client = try connection.client(session)
        for name in names {
            let run = try await RunLookup(client: client).find(name)
            try await client.delete(
                .jobRuns, namespace: client.defaultNamespace, name: run.name ?? "",
                options: DeleteOptions(propagationPolicy: .background, uid: run.uid))
            session.errors.line("\(OutputFormat.reference(run)) deleted")
        }
        return RunExitCode.success
    }
}
