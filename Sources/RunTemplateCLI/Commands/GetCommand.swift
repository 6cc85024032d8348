import ArgumentParser
import KubeObjects

/// Shows runs by name.
struct GetCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "get", _superCommandName: "kubectl run-template", abstract: "Show runs by name.")

    @OptionGroup var named: NamedRuns
    @Option(name: [.customShort("o"), .long], help: "name, json, yaml or wide.")
    var output: OutputFormat?

    func execute(_ session: Session) async throws -> Int32 {
        let runs = try await named.find(session).runs
        switch output {
        case nil, .wide:
            let table = Table(runs: runs, withNamespace: false, isWide: output == .wide, now: session.time.now())
            session.output.text(table.text)
        case .some(let format):
            session.output.text(runs.count == 1 ? format.text(runs[0].object) : format.text(runs.map(\.object)))
        }
        return RunExitCode.success
    }
}
