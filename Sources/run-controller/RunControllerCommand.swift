import ArgumentParser
import KubeObjects
import RunController

/// `run-controller`: makes Jobs of runs, and tells how they went.
@main
struct RunControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-controller",
        abstract: "Makes a Job of each run and reports how it went.",
        usage: "run-controller [<options>]\nrun-controller crds",
        discussion: """
            Works until SIGTERM or SIGINT. Every option can also be given as an environment variable: \
            --watch-namespaces as RUN_CONTROLLER_WATCH_NAMESPACES. Inside a pod the service account is used unless a \
            kubeconfig is given.
            """,
        version: ProjectVersion.current,
        subcommands: [PrintDefinitions.self])

    @Option(help: ArgumentHelp("The kubeconfig file.", valueName: "file")) var kubeconfig: String?
    @Option(help: ArgumentHelp("The kubeconfig's context.", valueName: "name")) var context: String?
    @Option(help: ArgumentHelp("Look into these namespaces only.", valueName: "a,b")) var watchNamespaces: String?
    @Option(help: ArgumentHelp("Run these families only.", valueName: "a,b")) var families: String?
    @Option(help: ArgumentHelp("How many runs of a family are looked at at once (4).", valueName: "n"))
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
    @Option(help: ArgumentHelp("From trace and debug to error and critical (info).", valueName: "level"))
    var logLevel: String?
    @Option(help: ArgumentHelp("text or json (text).", valueName: "format")) var logFormat: String?

    func run() async throws {
        let given: [RunControllerSetting: String?] = [
            .kubeconfig: kubeconfig, .context: context, .watchNamespaces: watchNamespaces, .families: families,
            .concurrency: concurrency, .templateGrace: templateGrace, .allowHostPath: allowHostPath,
            .callbackAllow: callbackAllow, .customTaskTimeout: customTaskTimeout, .runTimeoutScope: runTimeoutScope,
            .listen: listen, .leaderElect: leaderElect, .leaseNamespace: leaseNamespace, .logLevel: logLevel,
            .logFormat: logFormat,
        ]
        let program: RunControllerProgram
        do {
            program = try RunControllerProgram(settings: given.compactMapValues(\.self))
        } catch {
            throw ValidationError("\(error)")
        }
        try await program.run()
    }
}

/// Prints the definitions, to be applied before the first start.
struct PrintDefinitions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crds", abstract: "Print the custom resource definitions, for kubectl apply -f -.")

    @Flag(help: "With those of Tekton's runs, for clusters without Tekton.") var tekton = false

    func run() throws {
        print(RunControllerProgram.definitionsText(withTekton: tekton))
    }
}
