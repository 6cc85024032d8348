import ArgumentParser
import KubeClient
import KubeObjects

/// Shows what a run's Job has otherwise than the template, or what two runs have otherwise.
struct DiffCommand: TemplateVerb {
    static let configuration = CommandConfiguration(
        commandName: "diff", _superCommandName: "kubectl run-template",
        abstract: "Show what a run's Job would have otherwise than the template; 1 if anything, as diff ends.",
        usage: """
            kubectl run-template diff TEMPLATE [flags] [-- ARG...]
            kubectl run-template diff RUN RUN
            """,
        discussion: """
            With two runs it shows what they differ in: what was asked for, the Jobs that were made of it, as far as they \
            are still there, and how they ended.
            """)

    @Argument(help: "The JobTemplate, or a run.")
    var template: String?
    @Argument(help: "Another run, to compare the first one with.")
    var other: String?
    @OptionGroup var asked: AskedRun

    func execute(_ session: Session, _ flags: ParameterFlags) async throws -> Int32 {
        let differences: String
        if let template, let other {
            try GivenChanges(asked.run, asked.overrides, asked.trailing, flags).refuse(
                "two runs are compared as they are")
            differences = try await compare(RunName(template), RunName(other), session)
        } else {
            differences = try await asked.plan(template, flags, session).differences
        }
        session.output.text(differences)
        return differences.isEmpty ? RunExitCode.success : 1
    }

    private func compare(_ first: RunName, _ second: RunName, _ session: Session) async throws -> String {
        let client = try asked.source.connection.client(session)
        let old = try await RunLookup(client: client).find(first)
        let new = try await RunLookup(client: client).find(second)
        let (oldJob, newJob) = (try await old.job(client), try await new.job(client))
        // A Job that only one of them still has would be one large difference that says nothing.
        let withJobs = oldJob != nil && newJob != nil
        return UnifiedDiff.text(
            old: RunDigest(run: old, job: withJobs ? oldJob : nil).text,
            new: RunDigest(run: new, job: withJobs ? newJob : nil).text, oldName: old.reference, newName: new.reference)
    }
}
