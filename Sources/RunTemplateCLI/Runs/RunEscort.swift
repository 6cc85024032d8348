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

    /// Follows, prints and cleans up as told. Returns the exit code.
    func accompany(_ run: KubeObject) async throws -> Int32 {
        let name = run.name ?? ""
        if arguments.detach {
            print(run)
            sayWhatNext(name)
            return RunExitCode.success
        }
        switch try await follower(of: run).follow() {
        case .over(let last, let exitCode):
            let outcome = RunOutcome(last)
            say("\(OutputFormat.reference(last)) \(outcome?.summary ?? "is over")")
            print(last)
            if arguments.remove { try await remove(last) }
            return exitCode ?? outcome?.exitCode ?? RunExitCode.notStarted
        case .detached(let word, let exitCode, let goesOn):
            say("\(OutputFormat.reference(run)) \(word)")
            if goesOn { sayWhatNext(name) }
            return exitCode
        }
    }

    /// What follows the run: with a live line, where somebody sits at a terminal.
    private func follower(of run: KubeObject) -> RunFollower {
        let live = arguments.quiet ? nil : session.liveLine()
        var above = session
        if let live { above = session.above(live) }
        let logs = arguments.output == nil ? above.output : above.errors
        var options = arguments.options
        options.expected = expected
        return RunFollower(
            client: client, namespace: run.namespace ?? client.defaultNamespace, name: run.name ?? "", session: above,
            options: options, printer: LogPrinter(sink: logs, style: arguments.logs.style(session)), live: live)
    }

    private func remove(_ run: KubeObject) async throws {
        do {
            try await client.delete(
                .jobRuns, namespace: run.namespace, name: run.name ?? "",
                options: DeleteOptions(propagationPolicy: .background, uid: run.uid))
        } catch let status as KubeStatus where status.isNotFound {
            // Somebody was quicker.
        }
        say("\(OutputFormat.reference(run)) deleted")
    }

    private func print(_ run: KubeObject) {
        if let format = arguments.output { session.output.text(format.text(run)) }
    }

    private func sayWhatNext(_ name: String) {
        let place = hint.map { " -n \($0)" } ?? ""
        say("  logs:    kubectl run-template logs -f \(name)\(place)")
        say("  wait:    kubectl run-template wait \(name)\(place)")
        say("  cancel:  kubectl run-template cancel \(name)\(place)")
    }

    private func say(_ text: String) {
        if !arguments.quiet { session.errors.line(text) }
    }
}
