import ArgumentParser

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
    @Option(help: ArgumentHelp("Who writes, for the server's records.", visibility: .hidden))
    var fieldManager = "kubectl-run_template"

    /// The run that these flags ask for.
    func request(template: String, trailing: [String]) throws -> RunRequest {
        guard arguments.isEmpty || trailing.isEmpty else {
            throw CommandFailure("give the arguments with --args or behind --, not both", exitCode: RunExitCode.usage)
        }
        guard name == nil || generateName == nil else {
            throw CommandFailure("--name and --generate-name exclude each other", exitCode: RunExitCode.usage)
        }
        let words = arguments.isEmpty ? trailing : arguments
        guard !command || !words.isEmpty else {
            throw CommandFailure("--command needs the command behind --", exitCode: RunExitCode.usage)
        }
        var request = RunRequest(template: template, name: name, generateName: generateName)
        request.container = container
        if command { request.command = words } else { request.args = words }
        request.parameters = try parameters.map { text in
            let (name, value) = try Self.pair(text, flag: "--param")
            return RunRequest.Parameter(name: name, value: value)
        }
        for entry in labels.flatMap({ $0.split(separator: ",") }) {
            let (key, value) = try Self.pair(String(entry), flag: "--labels")
            request.labels[key] = value
        }
        for entry in annotations {
            let (key, value) = try Self.pair(entry, flag: "--annotation")
            request.annotations[key] = value
        }
        return request
    }

    private static func pair(_ text: String, flag: String) throws(CommandFailure) -> (String, String) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw CommandFailure("\(flag) \(text): NAME=VALUE is expected", exitCode: RunExitCode.usage)
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}
