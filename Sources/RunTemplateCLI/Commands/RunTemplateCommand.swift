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
            \(LocalRun.usage)
            kubectl run-template VERB [flags]
            """,
        discussion: """
            Everything behind -- replaces the arguments of the template's container. The template's parameters are \
            flags: kubectl run-template TEMPLATE --help shows them. The logs go to standard output, everything else to \
            standard error. The exit code is that of the run's container; 2 is a wrong command line, 124 a time limit, \
            125 a run that could not start or was lost, 130 an interrupt.
            A template that bears the name of a verb is reached as jt/NAME. An errand (an ExtendedJob that is started by \
            hand) is started as errand/NAME.
            Runs are named by NAME (a JobRun) or TYPE/NAME: jobrun, run.acme.com, kubernetesjob, extendedjob, \
            run.tekton.dev, customrun, or their short names.
            The flags that kubectl takes everywhere (kubectl options) are taken here, too. \
            \(FlagTable.idle.names.map { "--\($0)" }.joined(separator: ", ")) mean nothing here.
            """,
        version: RunTemplate.version,
        subcommands: [
            ListCommand.self, DescribeCommand.self, ParametersCommand.self, RenderCommand.self, DiffCommand.self,
            RunsCommand.self, GetCommand.self, LogsCommand.self, WaitCommand.self, ExplainCommand.self,
            CancelCommand.self, RerunCommand.self, DeleteCommand.self, CompletionCommand.self, VersionCommand.self,
        ])

    @Argument(help: "The JobTemplate, or errand/NAME.")
    var template: String?
    @OptionGroup var asked: AskedRun
    @OptionGroup(title: "Creating") var creation: CreationArguments
    @Flag(
        help: """
            Runs the template of -f on a cluster of its own on this machine, which is gone afterwards. local TEMPLATE says \
            the same.
            """)
    var local = false
    @OptionGroup(title: "Following") var following: FollowArguments

    var exitsAsRun: Bool { creation.creates && !following.detach }

    func execute(_ session: Session, _ flags: ParameterFlags) async throws -> Int32 {
        try check()
        guard local, let file = asked.source.file else { return try await run(session, flags) }
        // This is the plugin within the cluster: from here on the template is on the server.
        // The manifests are its owner's; whom --as names may be allowed by them to do the rest, and to do nothing before.
        let client = try asked.source.connection.withoutImpersonation.client(session)
        try await LocalManifests(client: client, validation: creation.validate).apply(file)
        var command = self
        command.asked.source.file = nil
        return try await command.run(session, flags)
    }

    private func run(_ session: Session, _ flags: ParameterFlags) async throws -> Int32 {
        if let template, let errand = try ErrandName(template) {
            try errand.refuse(GivenChanges(asked.run, asked.overrides, asked.trailing, flags), asked.run, asked.source)
            return try await start(session).start(errand: errand.run)
        }
        // What the controller would refuse is refused before anything exists.
        let planned: PlannedRun
        do {
            planned = try await asked.plan(template, flags, session)
        } catch var unknown as UnknownTemplate {
            unknown.verbs = RunTemplate.verbs
            throw unknown
        }
        if creation.isOffline { return try creation.show(planned, format: following.output, session) }
        try planned.require(container: following.exitCodeFrom)
        return try await start(session).start(planned.request.draft, job: planned.job)
    }

    private func start(_ session: Session) throws -> RunStart {
        RunStart(
            client: try asked.source.connection.client(session), session: session, creation: creation,
            following: following, fieldManager: asked.run.fieldManager, hint: asked.source.connection.namespace,
            isLocal: local)
    }

    /// Refuses flags that do not go together.
    func check() throws(CommandFailure) {
        try following.check()
        try creation.check()
        if local, asked.source.file == nil {
            throw CommandFailure("--local needs -f: the file or folder of the template", exitCode: RunExitCode.usage)
        }
        if local, let other = asked.source.connection.serverFlags.first {
            throw CommandFailure(
                "--local runs on a cluster of its own, which is known without \(other)", exitCode: RunExitCode.usage)
        }
        if local, following.detach {
            throw CommandFailure(
                "--detach: the cluster of --local ends with the command, and the run with it",
                exitCode: RunExitCode.usage)
        }
        if asked.source.file != nil, !creation.isOffline, !local {
            throw CommandFailure(
                "-f takes the template from a file, but runs are made from templates on the server; "
                    + "add --local, --diff or --dry-run=client, or apply the file first", exitCode: RunExitCode.usage)
        }
    }
}
