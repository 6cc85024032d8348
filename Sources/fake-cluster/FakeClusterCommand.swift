import ArgumentParser
import FakeClusterServer
import KubeObjects
import KubeWire
import ProgramStart
import RunController

/// `fake-cluster`: an API server, controllers and pods on this machine, for tests and first steps.
@main
struct FakeClusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fake-cluster",
        abstract: "A Kubernetes API server over SQLite, with pods as local processes.",
        discussion: """
            Real kubectl, helm and client libraries work against it. A container's command runs as a process of yours, and \
            its image is not looked at, unless --runner podman runs it. A wrong command line ends it with 2.
            """,
        version: ProjectVersion.current,
        subcommands: [Up.self, Run.self])

    static func main() async { await start() }
}

/// What `up` and `run` have in common.
struct SessionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Keep everything in this folder.", valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp("Listen here; port 0 picks a free one. (default: 127.0.0.1:0)", valueName: "host:port"),
        transform: address)
    var listen = ListenAddress(host: "127.0.0.1", port: 0)

    @Flag(help: "Allow --listen on an address that other machines can reach.")
    var allowRemote = false

    @Option(help: ArgumentHelp("Write the kubeconfig to this file.", valueName: "file"))
    var kubeconfig: String?

    @Option(
        help: ArgumentHelp(
            "Apply the manifests of this file; may be given again; - is standard input.", valueName: "file"))
    var apply: [String] = []

    @Flag(help: "Install the job run definitions and run the controller.")
    var withController = false

    @Option(
        help: ArgumentHelp(
            "Make the faults of this plan on purpose: latency, errors, cut connections, stale lists and more.",
            valueName: "file"))
    var faults: String?

    @Option(
        help: """
            What runs pods' containers: process, podman, which runs their images, or script, which plays them as --script \
            says.
            """)
    var runner = Runner.process

    @Option(help: ArgumentHelp("The rules of --runner script.", valueName: "file"))
    var script: String?

    @Option(
        help: ArgumentHelp(
            "How long changes are kept for watches to resume from (5m unless told).", valueName: "duration"),
        transform: duration)
    var historyAge: Duration?

    @Option(
        help: ArgumentHelp(
            "How many reading requests are worked on at once (400 unless told; 0: no limit).", valueName: "count"))
    var maxRequestsInflight: Int?

    @Option(
        help: ArgumentHelp(
            "How many writing requests are worked on at once (200 unless told; 0: no limit).", valueName: "count"))
    var maxMutatingRequestsInflight: Int?

    @Flag(name: [.short, .long], help: "Log what the cluster does to standard error.")
    var verbose = false

    /// What runs pods' containers.
    enum Runner: String, ExpressibleByArgument, CaseIterable {
        case process, podman, script
    }

    func validate() throws {
        for limit in [maxRequestsInflight, maxMutatingRequestsInflight] {
            guard let limit, limit < 0 else { continue }
            throw ValidationError("\(limit) is no number of requests; give 0 for no limit, or more")
        }
        if let refusal = options(dataDirectory: nil).refusal { throw ValidationError(refusal) }
        switch (runner, script) {
        case (.script, nil): throw ValidationError("--runner script needs rules; give them with --script FILE")
        case (.process, _?), (.podman, _?): throw ValidationError("--script is for --runner script only; say that too")
        default: break
        }
    }

    private static func address(_ text: String) throws -> ListenAddress {
        guard let address = ListenAddress(text) else {
            throw ValidationError("\(text) is no address; give HOST:PORT, such as 127.0.0.1:6443")
        }
        return address
    }

    private static func duration(_ text: String) throws -> Duration {
        guard let duration = try? GoDuration.parse(text), duration > .zero else {
            throw ValidationError("\(text) is no duration; give one such as 90s or 5m")
        }
        return duration
    }

    private func options(dataDirectory: String?) -> ClusterSession.Options {
        var options = ClusterSession.Options()
        options.dataDirectory = dataDirectory
        options.listen = listen
        options.allowsRemote = allowRemote
        options.kubeconfig = kubeconfig
        options.manifests = apply
        options.faults = faults
        options.script = script
        options.runsImages = runner == .podman
        options.historyAge = historyAge
        options.requestLimits = (maxRequestsInflight, maxMutatingRequestsInflight)
        options.prelude = withController ? EmbeddedController.definitions : []
        return options
    }

    func session(dataDirectory: String?) -> ClusterSession {
        let companion: ClusterSession.Companion = { [verbose] in
            try await EmbeddedController.run(over: $0, isVerbose: verbose)
        }
        return ClusterSession(
            options: options(dataDirectory: dataDirectory), companions: withController ? [companion] : [],
            isVerbose: verbose)
    }
}

struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start a cluster and keep it running until Ctrl-C.",
        discussion: """
            Prints the line that points kubectl to the cluster. A second `up` on the same folder finds everything again.
            """)

    @OptionGroup var options: SessionOptions

    func run() async throws {
        let directory = options.data ?? ClusterSession.defaultDataDirectory
        let session = options.session(dataDirectory: directory)
        let code = try await ProgramPages.lettingGoOfTheStart { try await session.runUntilSignal() }
        if code != 0 { throw ExitCode(code) }
    }
}

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start a cluster, run one command on it, stop it, and end with the command's exit code.",
        usage: "fake-cluster run [--with-controller] [--apply <file>] [--data <dir>] -- <command> ...",
        discussion: "Where the cluster or the command does not start, the exit code is 125.")

    @OptionGroup var options: SessionOptions

    @Argument(parsing: .postTerminator, help: "The command, after --; KUBECONFIG is set for it.")
    var command: [String] = []

    func validate() throws {
        if command.isEmpty { throw ValidationError("no command given; put it after --, as in: -- kubectl get pods") }
    }

    func run() async throws {
        let session = options.session(dataDirectory: options.data)
        let code: Int32
        do {
            code = try await session.run(command: ChildCommand(command))
        } catch {
            ErrorOutput.writeLine(Self.fullMessage(for: error))
            throw ExitCode(ChildCommand.notStarted)
        }
        throw ExitCode(code)
    }
}
