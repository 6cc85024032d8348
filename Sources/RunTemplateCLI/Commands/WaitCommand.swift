import ArgumentParser
import KubeClient
import KubeObjects

/// Waits for runs.
struct WaitCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "wait", _superCommandName: "kubectl run-template",
        abstract: "Wait for the end of runs, whatever it is; exit with the first failure's code.")

    @Argument(help: "The runs.")
    var names: [String]
    @Option(help: "How long to wait for each run, such as 10m.")
    var waitTimeout: DurationArgument?
    @Flag(name: [.customShort("q"), .long], help: "Says nothing but errors.")
    var quiet = false
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    func execute(_ session: Session) async throws -> Int32 {
        let client = try connection.client(session)
        var first = RunExitCode.success
        for name in names {
            let code = try await wait(for: name, client, session)
            if code == RunExitCode.interrupted { return code }
            if first == RunExitCode.success { first = code }
        }
        return first
    }

    private func wait(for name: String, _ client: KubeClient, _ session: Session) async throws -> Int32 {
        var options = RunFollower.Options()
        options.showsLogs = false
        options.isQuiet = quiet
        options.patience = waitTimeout?.duration
        options.interruptChoice = .detach
        let run = try await RunLookup(client: client).find(name)
        let follower = RunFollower(
            client: client, namespace: client.defaultNamespace, name: run.name ?? "", session: session,
            options: options, printer: LogPrinter(sink: session.output))
        let (word, code): (String, Int32) =
            switch try await follower.follow() {
            case .over(let last, _):
                RunOutcome(last).map { ($0.summary, $0.exitCode) } ?? ("is over", RunExitCode.notStarted)
            case .detached(let word, let exitCode, _): (word, exitCode)
            }
        if !quiet { session.errors.line("\(OutputFormat.reference(run)) \(word)") }
        return code
    }
}
