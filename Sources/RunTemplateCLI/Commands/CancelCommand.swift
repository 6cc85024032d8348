import ArgumentParser
import KubeClient
import KubeObjects

/// Ends runs.
struct CancelCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "cancel", _superCommandName: "kubectl run-template",
        abstract: "End runs now; they stay and say that they were cancelled.")

    @Argument(help: "The runs.")
    var names: [String]
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    func execute(_ session: Session) async throws -> Int32 {
        let client = try connection.client(session)
        for name in names {
            let run = try await RunLookup(client: client).find(name)
            if let outcome = RunOutcome(run) {
                session.errors.line("\(OutputFormat.reference(run)) is over already: it \(outcome.summary)")
                continue
            }
            try await RunCancellation(client: client).cancel(
                namespace: client.defaultNamespace, name: run.name ?? "")
            session.errors.line("\(OutputFormat.reference(run)) is being cancelled")
        }
        return RunExitCode.success
    }
}
