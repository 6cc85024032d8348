import KubeClient
import KubeObjects
import KubeWire

/// Goes with a run that exists from there to its end, and beyond if it is to be deleted.
struct RunEscort {
    let client: KubeClient
    let session: Session
    let arguments: FollowArguments
    /// The namespace as the user gave it, for commands to try next.
    let hint: String?
    /// How many pods must succeed, if that is known.
    var expected: Int64?
    /// What tells the run from earlier ones of the same object.
    var since: RunSince?

    /// Follows, prints and cleans up as told. Returns the exit code.
    func accompany(_ run: FamilyRun) async throws -> Int32 {
        if arguments.detach {
            try print(run.object)
            sayWhatNext(run)
            return RunExitCode.success
        }
        switch try await follower(of: run).follow() {
        case .over(let last, let exitCode):
            let last = FamilyRun(family: run.family, object: last)
            let outcome = last.outcome
            say("\(last.reference) \(outcome?.summary ?? "is over")")
            try print(last.object)
            if arguments.remove {
                try await RunEnding(client: client).delete(last)
                say("\(last.reference) deleted")
            }
            return exitCode ?? outcome?.exitCode ?? RunExitCode.notStarted
        case .detached(let word, let exitCode, let goesOn):
            say("\(run.reference) \(word)")
            if goesOn { sayWhatNext(run) }
            return exitCode
        }
    }

    /// What follows the run: with a live line, where somebody sits at a terminal.
    private func follower(of run: FamilyRun) -> RunFollower {
        let live = arguments.quiet ? nil : session.liveLine()
        var above = session
        if let live { above = session.above(live) }
        let logs = arguments.output == nil ? above.output : above.errors
        var options = arguments.options
        options.expected = expected
        return RunFollower(
            client: client, run: run, session: above, options: options,
            printer: LogPrinter(sink: logs, style: arguments.logs.style(session)), since: since, live: live)
    }

    private func print(_ run: KubeObject) throws(CommandFailure) {
        if let format = arguments.output { session.output.text(try format.text(run)) }
    }

    private func sayWhatNext(_ run: FamilyRun) {
        let place = hint.map { " -n \($0)" } ?? ""
        say("  logs:    kubectl run-template logs -f \(run.shortName)\(place)")
        say("  wait:    kubectl run-template wait \(run.shortName)\(place)")
        say("  cancel:  kubectl run-template cancel \(run.shortName)\(place)")
    }

    private func say(_ text: String) {
        if !arguments.quiet { session.errors.line(text) }
    }
}
