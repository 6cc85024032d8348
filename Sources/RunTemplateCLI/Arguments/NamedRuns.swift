import ArgumentParser
import KubeClient
import KubeWire

/// Runs that a command line names.
struct NamedRuns: ParsableArguments {
    @Argument(help: "The runs: NAME for a JobRun, TYPE/NAME for any.")
    var names: [String]
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    /// Reads all of them before anything is done to the first. What cannot be had is said, and the rest is found.
    /// - Parameter ignoresMissing: whether one that is not there is passed over in silence.
    func find(_ session: Session, ignoresMissing: Bool = false) async throws -> FoundRuns {
        let names = try names.map { name throws(CommandFailure) in try RunName(name) }
        var found = FoundRuns(client: try connection.client(session))
        found.exitCode = try await FoundRuns.each(names, session) { name in
            do {
                found.runs.append(try await RunLookup(client: found.client).find(name))
            } catch let failure as CommandFailure where failure.isMissingRun && ignoresMissing {}
            return RunExitCode.success
        }
        return found
    }
}

/// The runs that were named, as far as they are there.
struct FoundRuns {
    let client: KubeClient
    var runs: [FamilyRun] = []
    /// That of the first that is not.
    var exitCode = RunExitCode.success

    /// Does something with each. Returns the first exit code that is no success.
    func each(_ session: Session, _ work: (FamilyRun) async throws -> Int32) async throws -> Int32 {
        let code = try await Self.each(runs, session, work)
        return exitCode == RunExitCode.success ? code : exitCode
    }

    /// Does something with each, as kubectl does: what the server says against one is said, and the others have their turn.
    fileprivate static func each<Item>(
        _ items: [Item], _ session: Session, _ work: (Item) async throws -> Int32
    ) async throws -> Int32 {
        var first = RunExitCode.success
        for item in items {
            var code: Int32
            do {
                code = try await work(item)
            } catch let error where error is KubeStatus || error is CommandFailure {
                let failure = CommandFailure(error)
                session.errors.line("error: \(failure.message)")
                code = failure.exitCode
            }
            if first == RunExitCode.success { first = code }
        }
        return first
    }
}
