import ArgumentParser

/// `--dry-run`.
enum DryRun: String, CaseIterable, ExpressibleByArgument {
    case none, client, server
}

/// `--on-interrupt`.
enum OnInterrupt: String, CaseIterable, ExpressibleByArgument {
    case cancel, detach
}

/// What happens once the run exists.
struct FollowArguments: ParsableArguments {
    @Flag(name: [.customShort("d"), .long], help: "Starts the run and leaves it to itself.")
    var detach = false
    @Flag(help: "Waits for the end without showing logs.")
    var wait = false
    @Option(help: "How long to wait for the end, such as 10m; the run goes on.")
    var waitTimeout: DurationArgument?
    @Option(help: "How long the run's containers may take to start, such as 5m, before the run is cancelled.")
    var pendingTimeout: DurationArgument?
    @Option(
        help: ArgumentHelp(
            "Exits with the code of this container, unless the run was cancelled, timed out or was lost.",
            valueName: "container"))
    var exitCodeFrom: String?
    @Flag(name: .customLong("rm"), help: "Deletes the run when it is over, or was cancelled because it did not start.")
    var remove = false
    @Flag(name: [.customShort("q"), .long], help: "Says nothing but errors.")
    var quiet = false
    @Option(help: "What Ctrl-C does to the run: cancel or detach; asks at a terminal if absent.")
    var onInterrupt: OnInterrupt?
    @OptionGroup(title: "Printing the run; its logs then go to standard error") var printing: OutputArguments
    @OptionGroup(title: "Logs") var logs: LogArguments

    /// How the run is printed; nil if it is not.
    var output: OutputFormat? { printing.format }

    /// Refuses flags that do not go together.
    func check() throws(CommandFailure) {
        guard detach else { return }
        let others = [
            ("--wait", wait), ("--wait-timeout", waitTimeout != nil), ("--pending-timeout", pendingTimeout != nil),
            ("--exit-code-from", exitCodeFrom != nil), ("--rm", remove),
        ].filter(\.1).map(\.0)
        guard let other = others.first else { return }
        throw CommandFailure(
            "--detach leaves the run to itself: \(other) needs somebody who waits", exitCode: RunExitCode.usage)
    }

    /// How the run is followed.
    var options: RunFollower.Options {
        var options = RunFollower.Options()
        options.showsLogs = !wait
        logs.apply(to: &options)
        options.isQuiet = quiet
        options.patience = waitTimeout?.duration
        options.pendingPatience = pendingTimeout?.duration
        options.exitCodeFrom = exitCodeFrom
        options.interruptChoice = onInterrupt.map { $0 == .cancel ? .cancel : .detach }
        return options
    }
}
