import ArgumentParser
import KubeClient

/// Runs that a command line names.
struct NamedRuns: ParsableArguments {
    @Argument(help: "The runs: NAME for a JobRun, TYPE/NAME for any.")
    var names: [String]
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    /// Reads all of them before anything is done to the first.
    func find(_ session: Session) async throws -> (client: KubeClient, runs: [FamilyRun]) {
        let names = try names.map { name throws(CommandFailure) in try RunName(name) }
        let client = try connection.client(session)
        var runs: [FamilyRun] = []
        for name in names { runs.append(try await RunLookup(client: client).find(name)) }
        return (client, runs)
    }
}
