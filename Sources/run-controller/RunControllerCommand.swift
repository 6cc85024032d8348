import ArgumentParser
import KubeObjects
import ProgramStart
import RunController

/// `run-controller`: makes Jobs of runs, and tells how they went.
@main
struct RunControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-controller",
        abstract: "Makes a Job of each run and reports how it went.",
        usage: "run-controller [<options>]\nrun-controller check [<options>]\nrun-controller crds",
        discussion: """
            Works until SIGTERM or SIGINT. Every option can also be given as an environment variable: \
            --watch-namespaces as RUN_CONTROLLER_WATCH_NAMESPACES. Inside a pod the service account is used unless a \
            kubeconfig is given. A wrong command line ends it with 2.
            """,
        version: ProjectVersion.current,
        subcommands: [CheckSetup.self, PrintDefinitions.self])

    @OptionGroup var settings: ControllerSettings

    static func main() async { await start() }

    func run() async throws {
        let program = try settings.program()
        try await ProgramPages.lettingGoOfTheStart { try await program.run() }
    }
}

/// What the controller does, and where.
struct ControllerSettings: ParsableArguments {
    @Option(help: ArgumentHelp("The kubeconfig file.", valueName: "file")) var kubeconfig: String?
    @Option(help: ArgumentHelp("The kubeconfig's context.", valueName: "name")) var context: String?
    @Option(help: ArgumentHelp("Look into these namespaces only.", valueName: "a,b")) var watchNamespaces: String?
    @Option(help: ArgumentHelp("Run these families only.", valueName: "a,b")) var families: String?
    @Option(help: ArgumentHelp("How many runs of a family are looked at at once (16).", valueName: "n"))
    var concurrency: String?
    @Option(help: ArgumentHelp("How long a run waits for its template (10s).", valueName: "duration"))
    var templateGrace: String?
    @Option(help: ArgumentHelp("Let KubernetesJobs mount paths of the node (false).", valueName: "bool"))
    var allowHostPath: String?
    @Option(
        help: ArgumentHelp(
            "Where callbacks may go: hosts, *.SUFFIX or address ranges, with http:// for plain HTTP (https://*).",
            valueName: "a,b"))
    var callbackAllow: String?
    @Option(help: ArgumentHelp("The limit of Tekton runs that name none; 0 for none (60m).", valueName: "duration"))
    var customTaskTimeout: String?
    @Option(help: ArgumentHelp("The timeout of a Tekton Run is for: total or perAttempt (total).", valueName: "scope"))
    var runTimeoutScope: String?
    @Option(help: ArgumentHelp("Serve health and metrics here.", valueName: "host:port")) var listen: String?
    @Option(help: ArgumentHelp("Stand by unless holding a lease (false).", valueName: "bool")) var leaderElect: String?
    @Option(help: ArgumentHelp("The namespace of the lease.", valueName: "name")) var leaseNamespace: String?
    @Option(help: ArgumentHelp("The name of the lease (run-controller).", valueName: "name")) var leaseName: String?
    @Option(help: ArgumentHelp("From trace and debug to error and critical (info).", valueName: "level"))
    var logLevel: String?
    @Option(help: ArgumentHelp("text or json (text).", valueName: "format")) var logFormat: String?

    /// The program with these settings.
    func program() throws -> RunControllerProgram {
        let given: [RunControllerSetting: String?] = [
            .kubeconfig: kubeconfig, .context: context, .watchNamespaces: watchNamespaces, .families: families,
            .concurrency: concurrency, .templateGrace: templateGrace, .allowHostPath: allowHostPath,
            .callbackAllow: callbackAllow, .customTaskTimeout: customTaskTimeout, .runTimeoutScope: runTimeoutScope,
            .listen: listen, .leaderElect: leaderElect, .leaseNamespace: leaseNamespace, .leaseName: leaseName,
            .logLevel: logLevel,
            .logFormat: logFormat,
        ]
        do {
            return try RunControllerProgram(settings: given.compactMapValues(\.self))
        } catch {
            throw ValidationError("\(error)")
        }
    }
}

/// Looks whether a controller with the same settings can work, before or after it is started.
struct CheckSetup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tell whether the controller can work: resources, rights, and who holds the lease.",
        discussion: """
            Takes the controller's own options and credentials. Ends with 1 if something is missing without which it \
            cannot work.
            """)

    @Option(help: ArgumentHelp("Look again until all is well or this time is over (0).", valueName: "duration"))
    var wait = "0"
    @OptionGroup var settings: ControllerSettings

    func run() async throws {
        guard let limit = RunControllerProgram.duration(wait) else {
            throw ValidationError("--wait: \"\(wait)\" is not understood; a duration such as 30s is expected")
        }
        let findings = try await settings.program().check(within: limit)
        for finding in findings { print(finding) }
        if findings.contains(where: { $0.verdict == .bad }) { throw ExitCode.failure }
    }
}

/// Prints the definitions, to be applied before the first start.
struct PrintDefinitions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crds", abstract: "Print the custom resource definitions, for kubectl apply -f -.")

    @Flag(help: "With that of Tekton's CustomRun, for clusters without Tekton.") var tekton = false

    func run() throws {
        print(RunControllerProgram.definitionsText(withTekton: tekton), terminator: "")
    }
}
