import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Shows the logs of a run's pods.
struct LogsCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "logs", _superCommandName: "kubectl run-template", abstract: "Show the logs of a run.")

    @Argument(help: "The run: NAME for a JobRun, TYPE/NAME for any.")
    var name: String
    @Flag(name: [.customShort("f"), .long], help: "Goes on until the run is over.")
    var follow = false
    @Option(name: [.customShort("c"), .long], help: "Only this container.")
    var container: String?
    @OptionGroup(title: "Lines") var logs: LogArguments
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    func execute(_ session: Session) async throws -> Int32 {
        let name = try RunName(name)
        let client = try connection.client(session)
        let run = try await RunLookup(client: client).find(name)
        let printer = LogPrinter(sink: session.output, style: logs.style(session))
        guard follow, run.outcome == nil else { return try await show(run, client, printer, session) }
        try run.requireStarted()
        if container != nil { try requireContainer(of: try await run.pods(client)) }
        var options = RunFollower.Options()
        logs.apply(to: &options)
        options.container = container
        options.interruptChoice = .detach
        let follower = RunFollower(client: client, run: run, session: session, options: options, printer: printer)
        switch try await follower.follow() {
        case .over: return RunExitCode.success
        case .detached(_, let exitCode, _): return exitCode
        }
    }

    /// Shows what there is, pod by pod, the oldest first. Returns the exit code.
    private func show(
        _ run: FamilyRun, _ client: KubeClient, _ printer: LogPrinter, _ session: Session
    ) async throws -> Int32 {
        let pods = try await run.pods(client)
        if pods.isEmpty {
            let rest = run.outcome.map { ", or none any more; it \($0.summary)" } ?? " yet"
            session.errors.line("\(run.reference) has no pods\(rest)")
        }
        try requireContainer(of: pods)
        var code = RunExitCode.success
        for pod in pods.sorted(by: { Self.age($0) < Self.age($1) }) {
            let sources = LogSource.all(of: pod).map(\.source)
            for source in sources where container == nil || source.container == container {
                let isReplaced = sources.contains { $0.container == source.container && $0.restart > source.restart }
                let reader = LogReader(
                    client: client, namespace: pod.namespace ?? "", source: source, printer: printer,
                    time: session.time, start: logs.start, follows: false)
                // A container's earlier log may be gone, which is no loss: the node keeps none for long.
                let end = try await reader.read(known: isReplaced ? .replaced : .running)
                guard let trouble = source.trouble(end), !isReplaced || end == .gap else { continue }
                session.errors.line("error: \(trouble)")
                code = RunExitCode.notStarted
            }
        }
        return code
    }

    /// Refuses a container that none of the pods has.
    private func requireContainer(of pods: [KubeObject]) throws(CommandFailure) {
        guard let container, let pod = pods.last?["spec"] else { return }
        try pod.require(container: container, "--container: the run's pods have")
    }

    private static func age(_ pod: KubeObject) -> Int64 { pod.creationTimestamp?.seconds ?? 0 }
}
