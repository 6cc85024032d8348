import ArgumentParser
import KubeClient
import RunCore

/// Waits for runs.
struct WaitCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "wait", _superCommandName: "kubectl run-template",
        abstract: "Wait for the end of runs, whatever it is; exit with the first failure's code.")

    @OptionGroup var named: NamedRuns
    @Option(name: [.long, .customLong("timeout")], help: "How long to wait for each run, such as 10m.")
    var waitTimeout: DurationArgument?
    @Flag(name: [.customShort("q"), .long], help: "Says nothing but errors.")
    var quiet = false

    func execute(_ session: Session) async throws -> Int32 {
        let found = try await named.find(session)
        // Who does not want to wait for one of them does not want to wait for the others.
        var isLeft = false
        let code = try await found.each(session) { run in
            guard !isLeft else { return RunExitCode.interrupted }
            let end = try await wait(for: run, found.client, session)
            if case .detached(_, RunExitCode.interrupted, _) = end { isLeft = true }
            return Self.summary(of: end, run).exitCode
        }
        return isLeft ? RunExitCode.interrupted : code
    }

    private func wait(for run: FamilyRun, _ client: KubeClient, _ session: Session) async throws -> RunFollower.End {
        try run.requireStarted()
        var options = RunFollower.Options()
        options.showsLogs = false
        options.isQuiet = quiet
        options.patience = waitTimeout?.duration
        options.interruptChoice = .detach
        let follower = RunFollower(
            client: client, run: run, session: session, options: options, printer: LogPrinter(sink: session.output))
        return try await follower.follow { end in
            if !quiet { session.errors.line("\(run.reference) \(Self.summary(of: end, run).word)") }
        }
    }

    private static func summary(of end: RunFollower.End, _ run: FamilyRun) -> (word: String, exitCode: Int32) {
        switch end {
        case .over(let last, _):
            FamilyRun(family: run.family, object: last).outcome.map { ($0.summary, $0.exitCode) }
                ?? ("is over", RunExitCode.notStarted)
        case .detached(let word, let exitCode, _): (word, exitCode)
        }
    }
}

extension FamilyRun {
    /// Refuses an errand that nobody has started: its end might never come.
    func requireStarted() throws(CommandFailure) {
        guard outcome == nil, case .restart = family.repetition(of: object) else { return }
        throw CommandFailure(
            "\(reference) was not started yet; kubectl run-template \(shortName) starts and follows it")
    }
}
