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
        guard follow, run.outcome == nil else {
            let count = try await show(run, client, printer)
            if count == 0 {
                session.errors.line("\(run.reference) has no pods" + (run.outcome == nil ? " yet" : " any more"))
            }
            return RunExitCode.success
        }
        try run.requireStarted()
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

    /// Shows what there is, pod by pod, the oldest first. Returns how many pods there are.
    private func show(_ run: FamilyRun, _ client: KubeClient, _ printer: LogPrinter) async throws -> Int {
        let pods = try await run.pods(client)
        for pod in pods.sorted(by: { Self.age($0) < Self.age($1) }) {
            let sources = LogSource.all(of: pod).map(\.source)
            for source in sources where container == nil || source.container == container {
                let isPrevious = sources.contains { $0.container == source.container && $0.restart > source.restart }
                try await show(source, namespace: pod.namespace ?? "", isPrevious: isPrevious, client, printer)
            }
        }
        return pods.count
    }

    private static func age(_ pod: KubeObject) -> Int64 { pod.creationTimestamp?.seconds ?? 0 }

    private func show(
        _ source: LogSource, namespace: String, isPrevious: Bool, _ client: KubeClient, _ printer: LogPrinter
    ) async throws {
        var options = LogOptions(container: source.container)
        logs.start.apply(to: &options)
        options.timestamps = true
        options.previous = isPrevious
        var cursor = LogCursor()
        do {
            let body = try await client.logs(namespace: namespace, pod: source.pod, options: options)
            for try await chunk in body {
                for piece in cursor.consume(chunk) { printer.write(piece, of: source) }
            }
        } catch let status as KubeStatus where status.isNotFound || isPrevious {
            // A container's earlier log may be gone; the pod itself may be by now.
        }
        printer.finish(source)
    }
}
