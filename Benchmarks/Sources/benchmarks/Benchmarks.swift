import ArgumentParser

/// `benchmarks`: what the programs cost, each figure against something measured in the same run.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks",
        abstract: "Measure the controller, the codec, the plugin and the fake cluster.",
        discussion: """
            Every figure is a count, or a ratio to something measured in the same run on the same machine. Programs are \
            taken from --programs; servers listen on loopback with ports of their own and keep their data in a \
            temporary folder on the disk of --scratch.
            """,
        subcommands: [
            All.self, RunsCommand.self, ControllerCommand.self, CodecCommand.self, PluginCommand.self,
            StartCommand.self, RequestsCommand.self, WatchersCommand.self, ObjectsCommand.self, PodsCommand.self,
            SoakCommand.self,
        ])
}

/// A benchmark: measures, and gives its figures.
protocol Benchmark: AsyncParsableCommand {
    /// What all have in common.
    var common: CommonOptions { get }
    /// Measures.
    func measure() async throws -> [Figure]
}

extension Benchmark {
    func run() async throws {
        raiseFileLimit()
        try common.report(try await measure())
    }
}

/// What all benchmarks have in common.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the programs are.", valueName: "dir"))
    var programs = ".build/benchmarks"

    @Option(help: ArgumentHelp("Keep temporary data in this folder: its disk is what is measured.", valueName: "dir"))
    var scratch = "/var/tmp"

    @Option(help: ArgumentHelp("Write the figures as JSON to this file, too.", valueName: "file"))
    var json: String?

    /// Prints the table and writes the JSON.
    func report(_ figures: [Figure]) throws {
        let report = Report(machine: Machine(), figures: figures)
        print(report.table)
        if let json { try report.write(to: json) }
    }
}

/// All of them with sizes that take some minutes.
struct All: Benchmark {
    static let configuration = CommandConfiguration(
        abstract: "Run all but the soak, with the default sizes; one table.")

    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("The kubectl to compare the plugin with.", valueName: "file")) var kubectl = "kubectl"
    @Flag(help: "Smaller sizes, to see that everything works.") var quick = false

    func measure() async throws -> [Figure] {
        let sizes = quick ? ["--runs", "50"] : []
        let plan: [(any Benchmark.Type, [String])] = [
            (CodecCommand.self, quick ? ["--seconds", "0.05"] : []),
            (StartCommand.self, quick ? ["--starts", "3"] : []),
            (RequestsCommand.self, quick ? ["--requests", "200"] : []),
            (WatchersCommand.self, quick ? ["--watchers", "50", "--changes", "10"] : []),
            (ObjectsCommand.self, quick ? ["--objects", "500"] : []),
            (PodsCommand.self, sizes),
            (RunsCommand.self, quick ? ["--runs", "50"] : ["--runs", "100", "--runs", "1000"]),
            (ControllerCommand.self, quick ? ["--runs", "50", "--churn", "50"] : []),
            (
                PluginCommand.self,
                (quick ? ["--starts", "5", "--log-megabytes", "1"] : []) + ["--kubectl", kubectl]
            ),
        ]
        var figures: [Figure] = []
        for (type, sizes) in plan {
            let arguments = sizes + ["--programs", common.programs, "--scratch", common.scratch]
            let benchmark = try type.parse(arguments)
            let name = type.configuration.commandName ?? ""
            note("measuring \(name)")
            do {
                figures += try await benchmark.measure()
            } catch {
                // The others' figures are worth having; the failure is one, too.
                figures.append(Figure(name, "FAILED: \(error)", 0, ""))
            }
        }
        return figures
    }
}
