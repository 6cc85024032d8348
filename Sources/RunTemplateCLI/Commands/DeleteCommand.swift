import ArgumentParser

/// Deletes runs.
struct DeleteCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "delete", _superCommandName: "kubectl run-template",
        abstract: "Delete runs with their Jobs, pods and logs.")

    @OptionGroup var named: NamedRuns

    func execute(_ session: Session) async throws -> Int32 {
        let found = try await named.find(session)
        return try await found.each(session) { run in
            try await RunEnding(client: found.client).delete(run)
            session.errors.line("\(run.reference) deleted")
            return RunExitCode.success
        }
    }
}
