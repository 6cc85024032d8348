import ArgumentParser

/// What `completion` makes.
enum CompletionTarget: String, CaseIterable, ExpressibleByArgument {
    case bash, zsh, fish, install
}

/// Prints the script that a shell needs, or makes kubectl find the plugin's completion.
struct CompletionCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "completion", _superCommandName: "kubectl run-template",
        abstract: "Complete words in the shell: install it for kubectl, or print a shell's script.",
        discussion: """
            completion install puts kubectl_complete-run_template, which kubectl (1.26 and later) asks, beside the plugin; \
            kubectl's own completion must be on in your shell. The scripts are for the program's own name, \
            kubectl-run_template: source <(kubectl run-template completion bash)
            """)

    @Argument(help: "bash, zsh or fish for a script; install for kubectl.")
    var target: CompletionTarget
    @Option(
        name: .customLong("dir"),
        help: ArgumentHelp("With install: the folder of your PATH to put it in.", valueName: "folder"))
    var folder: String?

    func execute(_ session: Session) async throws -> Int32 {
        if let script = CompletionScript(rawValue: target.rawValue) {
            session.output.text(script.text)
            return RunExitCode.success
        }
        guard let plugin = OwnProgram.path else {
            throw CommandFailure("the plugin cannot find its own file; link it as \(CompletionInstaller.name) yourself")
        }
        let link = try CompletionInstaller(plugin: plugin).install(in: folder)
        session.output.line("\(link) is there; kubectl's completion asks it from now on")
        return RunExitCode.success
    }
}
