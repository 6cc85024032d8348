import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// The plugin's root: starts a run of a template and follows it.
struct RunTemplateCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "kubectl run-template",
        abstract: "Run a JobTemplate with other arguments, follow its logs, exit with its code.",
        usage: """
            kubectl run-template TEMPLATE [flags] [-- ARG...]
            kubectl run-template VERB [flags]
            """,
        discussion: """
            Everything behind -- replaces the arguments of the template's container. The logs go to standard output, \
            everything else to standard error. The exit code is that of the run's container; 2 is a wrong command \
            line, 124 a time limit, 125 a run that could not start or was lost, 130 an interrupt.
            A template that bears the name of a verb is reached as jt/NAME.
            """,
        version: RunTemplate.version,
        subcommands: [
            ListCommand.self, RunsCommand.self, GetCommand.self, LogsCommand.self, WaitCommand.self,
            CancelCommand.self, DeleteCommand.self, VersionCommand.self,
        ])

    @Argument(help: "The JobTemplate.")
    var template: String?
    @OptionGroup(title: "Run") var run: RunArguments
    @OptionGroup(title: "Following") var following: FollowArguments
    @OptionGroup(title: "Server") var connection: ConnectionArguments
    @Argument(parsing: .postTerminator, help: ArgumentHelp("Arguments of the container.", valueName: "arg"))
    var trailing: [String] = []

    func execute(_ session: Session) async throws -> Int32 {
        guard let template else {
            throw CommandFailure(
                "a template is missing: kubectl run-template TEMPLATE; kubectl run-template list shows what there is",
                exitCode: RunExitCode.usage)
        }
        // What is wrong with the command line is said before a server is asked.
        var request = try run.request(template: TemplateLookup.name(template), trailing: trailing)
        let client = try connection.client(session)
        request.namespace = client.defaultNamespace
        let found = try await TemplateLookup(client: client, namespace: request.namespace).find(request.template)
        // What the controller would refuse is refused before anything exists.
        let name = request.name ?? RunName.random(request.namePrefix)
        let plan = try request.plan(template: found, name: name, now: session.time.now())
        if following.dryRun == .client {
            show([request.object(named: name), plan.job], session)
            return RunExitCode.success
        }
        let creation = RunCreation(
            client: client,
            options: WriteOptions(
                fieldManager: run.fieldManager, isDryRun: following.dryRun == .server, fieldValidation: "Strict"))
        let created = try await creation.create(request)
        if following.dryRun == .server {
            show([created], session)
            return RunExitCode.success
        }
        if !following.quiet { session.errors.line("\(OutputFormat.reference(created)) created") }
        return try await RunEscort(
            client: client, session: session, arguments: following, hint: connection.namespace
        ).accompany(created)
    }

    /// Prints what a dry run has made: the run, and the Job if it was rendered here.
    private func show(_ objects: [KubeObject], _ session: Session) {
        switch following.output {
        case .name:
            for object in objects.prefix(1) { session.output.line("\(OutputFormat.reference(object)) (dry run)") }
        case .json where objects.count > 1:
            session.output.text(OutputFormat.json.text(objects))
        case let format:
            session.output.text(objects.map { (format ?? .yaml).text($0) }.joined(separator: "---\n"))
        }
    }
}
