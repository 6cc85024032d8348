import ArgumentParser
import KubeObjects

/// What the run is to be: the flags that end up in the JobRun.
struct RunArguments: ParsableArguments {
    @Option(
        name: .customLong("args"), parsing: .unconditionalSingleValue,
        help: "One argument of the container, as it is; may be repeated.")
    var arguments: [String] = []
    @Flag(help: "What stands behind -- (or in --args) replaces the container's command instead of its arguments.")
    var command = false
    @Option(name: [.customShort("c"), .long], help: "The container that arguments and command are for.")
    var container: String?
    @Option(
        name: [.customShort("p"), .customLong("param")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A parameter's value; may be repeated.", valueName: "name=value"))
    var parameters: [String] = []
    @Option(
        help: ArgumentHelp(
            "Parameters from a YAML or JSON object; - is standard input. -p and flags win.", valueName: "file"))
    var paramsFile: String?
    @Option(help: "The run's name; drawn from the template's name if absent.")
    var name: String?
    @Option(help: "What the name that is drawn begins with.")
    var generateName: String?
    @Option(
        name: [.customShort("l"), .customLong("labels")],
        help: ArgumentHelp("Labels of the run, separated by commas.", valueName: "key=value"))
    var labels: [String] = []
    @Option(
        name: .customLong("annotation"),
        help: ArgumentHelp("An annotation of the run; may be repeated.", valueName: "key=value"))
    var annotations: [String] = []
    @Option(
        help: ArgumentHelp(
            "A word for this start of a run: a second call with the same word starts none, and follows the first one's.",
            valueName: "word"))
    var idempotencyKey: String?
    @Option(help: ArgumentHelp("Who writes, for the server's records.", valueName: "name"))
    var fieldManager = Self.standardFieldManager

    /// Who writes, if the user does not say.
    static let standardFieldManager = "kubectl-run-template"

    /// Puts what these flags ask for into a request.
    func apply(to request: inout RunRequest, trailing: [String]) throws {
        guard arguments.isEmpty || trailing.isEmpty else {
            throw CommandFailure("give the arguments with --args or behind --, not both", exitCode: RunExitCode.usage)
        }
        guard name == nil || generateName == nil else {
            throw CommandFailure("--name and --generate-name exclude each other", exitCode: RunExitCode.usage)
        }
        guard idempotencyKey?.isEmpty != true else {
            throw CommandFailure(
                "--idempotency-key: a word is expected; the empty one would be the same for every start",
                exitCode: RunExitCode.usage)
        }
        let words = arguments.isEmpty ? trailing : arguments
        guard !command || !words.isEmpty else {
            throw CommandFailure("--command needs the command behind --", exitCode: RunExitCode.usage)
        }
        request.name = name
        request.generateName = generateName
        request.idempotencyKey = idempotencyKey
        request.container = container ?? request.container
        if command { request.command = words } else if !words.isEmpty { request.args = words }
        let given = try parameters.map { text in
            let (name, value) = try CommandPair.read(text, flag: "--param")
            return RunRequest.Parameter(name: name, value: .string(value))
        }
        if let paramsFile { request.set(try ParameterFile.read(paramsFile)) }
        request.set(given)
        for entry in labels.flatMap({ $0.split(separator: ",") }) {
            let (key, value) = try CommandPair.read(String(entry), flag: "--labels")
            request.labels[key] = value
        }
        for entry in annotations {
            let (key, value) = try CommandPair.read(entry, flag: "--annotation")
            request.annotations[key] = value
        }
    }
}
