import ArgumentParser
import ChartGenerator
import KubeObjects

/// `chart-generator`: Helm charts from the code's own definitions.
@main
struct ChartGeneratorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chart-generator", abstract: "Makes Helm charts from the project's own definitions.",
        subcommands: [ControllerCommand.self])
}

/// The controller's chart.
struct ControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller", abstract: "Make the chart that installs the run controller.",
        discussion: """
            Writes the folder OUTPUT/job-template-run, and with --package also OUTPUT/job-template-run-VERSION.tgz and \
            its entry in OUTPUT/index.yaml. The same version gives the same bytes.
            """)

    @Option(help: ArgumentHelp("The chart's version.", valueName: "x.y.z")) var version = "0.1.0"
    @Option(help: ArgumentHelp("The controller's version (default: the chart's).", valueName: "x.y.z"))
    var appVersion: String?
    @Option(help: ArgumentHelp("Write into this folder.", valueName: "dir")) var output = "charts"
    @Flag(help: "Write nothing; fail if what is there is not what would be written.") var check = false
    @Flag(help: "Also write the package and the index of a chart repository.") var package = false
    @Option(help: ArgumentHelp("Where the packages will be served (default: beside the index).", valueName: "url"))
    var baseUrl = ""
    @Option(help: ArgumentHelp("The moment that the index gives.", valueName: "RFC 3339"), transform: Self.timestamp)
    var created = Timestamp(seconds: 0)

    private static func timestamp(_ text: String) throws -> Timestamp {
        guard let timestamp = Timestamp(text) else {
            throw ValidationError("\"\(text)\" is no time; give one such as 2026-01-31T12:00:00Z")
        }
        return timestamp
    }

    func run() async throws {
        let generation: ChartGeneration
        do {
            generation = try ChartGeneration(version: version, appVersion: appVersion, output: output)
        } catch {
            throw ValidationError("\(error)")
        }
        if check { return try generation.check() }
        print(try generation.writeFolder())
        guard package else { return }
        for path in try await generation.writePackage(baseURL: baseUrl, created: created) { print(path) }
    }
}
