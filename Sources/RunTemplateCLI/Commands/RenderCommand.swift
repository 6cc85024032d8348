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
    @OptionGroup(title: "Run") var run: RunArguments
    @OptionGroup(title: "Overrides, as far as the template allows them") var overrides: OverrideArguments
    @Option(name: [.customShort("o"), .long], help: "yaml or json.")
    var output: OutputFormat = .yaml
    @OptionGroup(title: "Template and server") var source: TemplateSource
    @Argument(parsing: .postTerminator, help: ArgumentHelp("Arguments of the container.", valueName: "arg"))
    var trailing: [String] = []

    func execute(_ session: Session, _ flags: ParameterFlags) async throws -> Int32 {
        var request = try RunRequest(template, run, overrides, trailing)
        request.namespace = try source.namespace(session)
        session.output.text(output.text(try await TemplateRun(request, source, flags, session).plan().job))
        return RunExitCode.success
    }
}

/// Shows what a run's Job has otherwise than the template.
struct DiffCommand: TemplateVerb {
    static let configuration = CommandConfiguration(
        commandName: "diff", _superCommandName: "kubectl run-template",
        abstract: "Show what a run's Job would have otherwise than the template; 1 if anything, as diff ends.")

    @Argument(help: "The JobTemplate.")
    var template: String?
    @OptionGroup(title: "Run") var run: RunArguments
    @OptionGroup(title: "Overrides, as far as the template allows them") var overrides: OverrideArguments
    @OptionGroup(title: "Template and server") var source: TemplateSource
    @Argument(parsing: .postTerminator, help: ArgumentHelp("Arguments of the container.", valueName: "arg"))
    var trailing: [String] = []

    func execute(_ session: Session, _ flags: ParameterFlags) async throws -> Int32 {
        var request = try RunRequest(template, run, overrides, trailing)
        request.namespace = try source.namespace(session)
        let differences = try await TemplateRun(request, source, flags, session).plan().differences
        session.output.text(differences)
        return differences.isEmpty ? RunExitCode.success : 1
    }
}
