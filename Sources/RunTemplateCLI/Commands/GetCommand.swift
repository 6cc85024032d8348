import ArgumentParser
import KubeClient
import KubeObjects

/// Shows runs by name.
struct GetCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "get", _superCommandName: "kubectl run-template", abstract: "Show runs by name.")

    @Argument(help: "The runs.")
    var names: [String]
    @Option(name: [.customShort("o"), .long], help: "name, json, yaml or wide.")
    var output: OutputFormat?
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    func execute(_ session: Session) async throws -> Int32 {
        let client = try connection.client(session)
        var runs: [KubeObject] = []
        for name in names { runs.append(try await RunLookup(client: client).find(name)) }
        switch output {
        case nil, .wide:
            let table = Table(runs: runs, withNamespace: false, isWide: output == .wide, now: session.time.now())
            session.output.text(table.text)
        case .some(let format): session.output.text(runs.count == 1 ? format.text(runs[0]) : format.text(runs))
        }
        return RunExitCode.success
    }
}
