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
    @OptionGroup(title: "Output (yaml if absent)") var printing: OutputArguments

    func execute(_ session: Session, _ flags: ParameterFlags) async throws -> Int32 {
        let job = try await asked.plan(template, flags, session).job
        session.output.text(try (printing.format ?? .yaml).text(job))
        return RunExitCode.success
    }
}
