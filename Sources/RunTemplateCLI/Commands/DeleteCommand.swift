import ArgumentParser

/// Deletes runs.
struct DeleteCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "delete", _superCommandName: "kubectl run-template",
        abstract: "Delete runs with their Jobs, pods and logs.")

    @OptionGroup var named: NamedRuns

    func execute(_ session: Session) async throws -> Int32 {
        let (client, runs) = try await named.find(session)
        for run in runs {
            try await RunEnding(client: client).delete(run)
            session.errors.line("\(run.reference) deleted")
        }
        return RunExitCode.success
    }
}
