import ArgumentParser
import KubeClient
import KubeObjects
import RunCore

/// A run of a template as a command line asks for it: the flags that several verbs share.
struct AskedRun: ParsableArguments {
    @OptionGroup(title: "Run") var run: RunArguments
    @OptionGroup(title: "Overrides, as far as the template allows them") var overrides: OverrideArguments
    @OptionGroup(title: "Template and server") var source: TemplateSource
    @Argument(parsing: .postTerminator, help: ArgumentHelp("Arguments of the container.", valueName: "arg"))
    var trailing: [String] = []

    /// The request, as far as it can be known without the template.
    func request(_ template: String?) throws -> RunRequest {
        guard let template else {
            throw CommandFailure(
                "a template is missing: kubectl run-template TEMPLATE; kubectl run-template list shows what there is",
                exitCode: RunExitCode.usage)
        }
        var request = RunRequest(template: try TemplateLookup.name(template), overrides: try overrides.fields())
        try run.apply(to: &request, trailing: trailing)
        return request
    }

    /// The run and its Job, made by the controller's own rules. What is wrong with the command line is said before a
    /// server is asked.
    func plan(_ template: String?, _ flags: ParameterFlags, _ session: Session) async throws -> PlannedRun {
        var request = try request(template)
        request.namespace = try source.namespace(session)
        let template = try await source.template(request.template, session)
        return try request.planned(from: template, flags, now: session.time.now())
    }
}
