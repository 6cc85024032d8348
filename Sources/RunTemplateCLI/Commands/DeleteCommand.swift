import ArgumentParser

/// Deletes runs.
struct DeleteCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "delete", _superCommandName: "kubectl run-template",
        abstract: "Delete runs with their Jobs, pods and logs.")

    @OptionGroup var named: NamedRuns
    @Flag(help: "A run that is not there is no error.")
    var ignoreNotFound = false

    func execute(_ session: Session) async throws -> Int32 {
        let found = try await named.find(session, ignoresMissing: ignoreNotFound)
        return try await found.each(session) { run in
            try await RunEnding(client: found.client).delete(run)
            session.errors.line("\(run.reference) deleted")
            return RunExitCode.success
        }
    }
}
