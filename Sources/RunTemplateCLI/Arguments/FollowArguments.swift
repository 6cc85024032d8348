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
    @Option(help: ArgumentHelp("Exits with the code of this container.", valueName: "container"))
    var exitCodeFrom: String?
    @Flag(name: .customLong("rm"), help: "Deletes the run when it is over.")
    var remove = false
    @Flag(name: [.customShort("q"), .long], help: "Says nothing but errors.")
    var quiet = false
    @Option(
        name: [.customShort("o"), .long], help: "Prints the run: name, json or yaml; logs then go to standard error.")
    var output: OutputFormat?
    @Option(help: "What Ctrl-C does to the run: cancel or detach; asks at a terminal if absent.")
    var onInterrupt: OnInterrupt?
    @OptionGroup(title: "Logs") var logs: LogArguments

    /// How the run is followed.
    var options: RunFollower.Options {
        var options = RunFollower.Options()
        options.showsLogs = !wait
        options.start = logs.start
        if let limit = logs.maxLogRequests { options.logLimit = limit }
        options.isQuiet = quiet
        options.patience = waitTimeout?.duration
        options.pendingPatience = pendingTimeout?.duration
        options.exitCodeFrom = exitCodeFrom
        options.interruptChoice = onInterrupt.map { $0 == .cancel ? .cancel : .detach }
        return options
    }
}
