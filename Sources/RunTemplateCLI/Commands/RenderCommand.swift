import ArgumentParser
import KubeClient
import KubeObjects

/// Shows the Job that a run would make.
struct RenderCommand: TemplateVerb {
    static let configuration = CommandConfiguration(
        commandName: "render", _superCommandName: "kubectl run-template",
        abstract: "Show the Job that a run of a template would make.")

    @Argument(help: "The JobTemplate.")
    var template: String?
    @OptionGroup var asked: AskedRun
    @Option(name: [.customShort("o"), .long], help: "yaml or json.")
    var output: OutputFormat = .yaml

    func execute(_ session: Session, _ flags: ParameterFlags) async throws -> Int32 {
        session.output.text(output.text(try await asked.plan(template, flags, session).job))
        return RunExitCode.success
    }
}
