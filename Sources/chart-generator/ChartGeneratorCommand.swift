import ArgumentParser
import ChartGenerator
import KubeObjects
import ProgramStart

/// `chart-generator`: Helm charts from the code's own definitions.
@main
struct ChartGeneratorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chart-generator", abstract: "Makes Helm charts: the controller's own, and of your JobTemplates.",
        discussion:
            "Ends with 1 if something cannot be made or --check finds a difference, with 2 if the command line is wrong.",
        version: ProjectVersion.current, subcommands: [ControllerCommand.self, TemplatesCommand.self])

    static func main() async { await start() }
}

/// The controller's chart.
struct ControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller", abstract: "Make the chart that installs the run controller.",
        discussion: """
            Writes the folder OUTPUT/job-template-run, and with --package also OUTPUT/job-template-run-VERSION.tgz and \
            its entry in OUTPUT/index.yaml. The same version gives the same bytes.
            """)

    @Option(help: ArgumentHelp("The chart's version.", valueName: "x.y.z")) var version = ProjectVersion.current
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

/// The chart of users' own templates.
struct TemplatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "templates", abstract: "Make a chart of JobTemplates.",
        discussion: """
            The chart's values are the defaults of the templates' parameters, and their containers' images and \
            resources; with the defaults it renders the templates as they are. Run again, it brings the chart up to date \
            and keeps what was changed by hand: each value that was set, and each file that was edited, which it names.
            """)

    @Argument(help: ArgumentHelp("Manifests, or folders of them.", valueName: "path")) var sources: [String]
    @Option(
        name: .shortAndLong, help: ArgumentHelp("The chart's folder; its name becomes the chart's.", valueName: "chart")
    )
    var output: String
    @Option(help: ArgumentHelp("The chart's version (default: as it is, or 0.1.0).", valueName: "x.y.z"))
    var version: String?
    @Flag(help: "Write nothing; fail if the chart is not up to date.") var check = false
    @Flag(help: "Write over what was changed by hand.") var force = false

    func validate() throws {
        do {
            try TemplateChartGeneration.check(output: output, version: version)
        } catch { throw ValidationError("\(error)") }
    }

    func run() throws {
        let generation = try TemplateChartGeneration(
            sources: sources, output: output, version: version, isForced: force)
        for notice in generation.notices { ErrorOutput.writeLine(notice) }
        if check { return try generation.check() }
        for path in try generation.write() { print(path) }
    }
}
