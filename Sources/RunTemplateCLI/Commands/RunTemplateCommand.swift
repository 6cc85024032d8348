import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// The plugin's root: starts a run of a template and follows it.
struct RunTemplateCommand: TemplateVerb {
    static let configuration = CommandConfiguration(
        commandName: "kubectl run-template",
        abstract: "Run a JobTemplate with other arguments, follow its logs, exit with its code.",
        usage: """
            kubectl run-template TEMPLATE [flags] [-- ARG...]
            kubectl run-template VERB [flags]
            """,
        discussion: """
            Everything behind -- replaces the arguments of the template's container. The template's parameters are \
            flags: kubectl run-template TEMPLATE --help shows them. The logs go to standard output, everything else to \
            standard error. The exit code is that of the run's container; 2 is a wrong command line, 124 a time limit, \
            125 a run that could not start or was lost, 130 an interrupt.
            A template that bears the name of a verb is reached as jt/NAME.
            """,
        version: RunTemplate.version,
        subcommands: [
            ListCommand.self, DescribeCommand.self, ParametersCommand.self, RenderCommand.self, DiffCommand.self,
            RunsCommand.self, GetCommand.self, LogsCommand.self, WaitCommand.self, CancelCommand.self,
            DeleteCommand.self, VersionCommand.self,
        ])

    @Argument(help: "The JobTemplate.")
    var template: String?
    @OptionGroup(title: "Run") var run: RunArguments
    @OptionGroup(title: "Overrides, as far as the template allows them") var overrides: OverrideArguments
    @OptionGroup(title: "Creating") var creation: CreationArguments
    @OptionGroup(title: "Following") var following: FollowArguments
    @OptionGroup(title: "Template and server") var source: TemplateSource
    @Argument(parsing: .postTerminator, help: ArgumentHelp("Arguments of the container.", valueName: "arg"))
    var trailing: [String] = []

    func execute(_ session: Session, _ flags: ParameterFlags) async throws -> Int32 {
        // What is wrong with the command line is said before a server is asked.
        var request = try RunRequest(template, run, overrides, trailing)
        try creation.check(source)
        if source.file != nil, creation.isOffline {
            request.namespace = source.connection.namespace ?? request.namespace
            return try show(try await TemplateRun(request, source, flags, session).plan(), session)
        }
        let client = try source.connection.client(session)
        request.namespace = client.defaultNamespace
        // What the controller would refuse is refused before anything exists.
        let planned = try await TemplateRun(request, source, flags, session).plan()
        if creation.isOffline { return try show(planned, session) }
        try planned.require(container: following.exitCodeFrom)
        let options = WriteOptions(
            fieldManager: run.fieldManager, isDryRun: creation.dryRun == .server,
            fieldValidation: creation.validate.fieldValidation)
        let created = try await RunCreation(client: client, options: options).create(planned.request)
        if creation.dryRun == .server {
            creation.print([created, planned.job], format: following.output, session)
            return RunExitCode.success
        }
        if !following.quiet { session.errors.line("\(OutputFormat.reference(created)) created") }
        return try await RunEscort(
            client: client, session: session, arguments: following, hint: source.connection.namespace,
            expected: planned.expected
        ).accompany(created)
    }

    /// Shows what would be, and creates nothing.
    private func show(_ planned: PlannedRun, _ session: Session) throws -> Int32 {
        if creation.diff {
            session.output.text(planned.differences)
        } else {
            creation.print([planned.run, planned.job], format: following.output, session)
        }
        return RunExitCode.success
    }
}
