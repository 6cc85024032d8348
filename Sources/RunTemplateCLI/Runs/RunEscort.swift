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
    /// Whether the cluster ends with this command.
    var isLocal = false

    /// Follows, prints and cleans up as told. Returns the exit code.
    func accompany(_ run: FamilyRun) async throws -> Int32 {
        if arguments.detach {
            try print(run.object)
            sayWhatNext(run)
            return RunExitCode.success
        }
        let end: RunFollower.End
        do {
            end = try await follower(of: run).follow { sayEnd($0, of: run) }
        } catch let status as KubeStatus where status.code == 403 {
            say("\(run.reference) goes on, but you may not follow it")
            throw status
        }
        switch end {
        case .over(let last, let exitCode):
            let last = FamilyRun(family: run.family, object: last)
            try print(last.object)
            try await removeIfAsked(last)
            return code(last.outcome, ofContainer: exitCode)
        case .detached(_, let exitCode, let rest):
            if rest == .over { try await removeIfAsked(run) }
            return exitCode
        }
    }

    private func sayEnd(_ end: RunFollower.End, of run: FamilyRun) {
        switch end {
        case .over(let last, _):
            let last = FamilyRun(family: run.family, object: last)
            say("\(last.reference) \(last.outcome?.summary ?? "is over")")
        case .detached(let word, _, let rest):
            say("\(run.reference) \(word)")
            guard rest == .goesOn else { return }
            if isLocal { say("  it ends here, with its cluster") } else { sayWhatNext(run) }
        }
    }

    private func removeIfAsked(_ run: FamilyRun) async throws {
        guard arguments.remove else { return }
        do {
            try await RunEnding(client: client).delete(run)
            say("\(run.reference) deleted")
        } catch  where !(error is CancellationError) {
            // How the run ended is what the caller asked for; that it stays is no news of that.
            session.errors.line("error: \(run.reference) was not deleted: \(CommandFailure(error).message)")
        }
    }

    /// The exit code of a run that is over: that of the container that was asked for, where containers decided the end.
    private func code(_ outcome: RunOutcome?, ofContainer code: Int32?) -> Int32 {
        guard let outcome else { return RunExitCode.notStarted }
        guard let container = arguments.exitCodeFrom, outcome.isOfContainers else { return outcome.exitCode }
        if let code { return code }
        say(
            "the exit code of container \(container) is not known: no pod was seen to end with it; the code is the run's"
        )
        return outcome.exitCode
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
