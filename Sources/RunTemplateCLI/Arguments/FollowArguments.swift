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
    @Flag(name: .customLong("rm"), help: "Deletes the run when it is over.")
    var remove = false
    @Flag(name: [.customShort("q"), .long], help: "Says nothing but errors.")
    var quiet = false
    @Option(
        name: [.customShort("o"), .long], help: "Prints the run: name, json or yaml; logs then go to standard error.")
    var output: OutputFormat?
    @Option(help: "What Ctrl-C does to the run: cancel or detach; asks at a terminal if absent.")
    var onInterrupt: OnInterrupt?
    @Flag(help: "Shows the time of each line.")
    var timestamps = false

    /// How the run is followed.
    var options: RunFollower.Options {
        var options = RunFollower.Options()
        options.showsLogs = !wait
        options.showsTimestamps = timestamps
        options.isQuiet = quiet
        options.patience = waitTimeout?.duration
        options.interruptChoice = onInterrupt.map { $0 == .cancel ? .cancel : .detach }
        return options
    }
}
