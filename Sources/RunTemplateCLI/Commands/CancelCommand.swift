import ArgumentParser

/// Ends runs.
struct CancelCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "cancel", _superCommandName: "kubectl run-template",
        abstract: "End runs now, each as its kind does it.",
        discussion: """
            A JobRun and a Tekton run stay and say that they were cancelled. An ExtendedJob stays, its Job is deleted. A \
            KubernetesJob is suspended. A Run of acme.com is deleted.
            """)

    @OptionGroup var named: NamedRuns

    func execute(_ session: Session) async throws -> Int32 {
        let found = try await named.find(session)
        return try await found.each(session) { run in
            if let outcome = run.outcome {
                session.errors.line("\(run.reference) is over already: it \(outcome.summary)")
            } else {
                switch try await RunEnding(client: found.client).cancel(run) {
                // Where there is nothing to end, what was asked for holds already.
                case .taken(let word), .refused(let word): session.errors.line("\(run.reference) \(word)")
                }
            }
            return RunExitCode.success
        }
    }
}
