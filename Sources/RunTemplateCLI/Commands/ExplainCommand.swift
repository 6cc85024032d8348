import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire

/// Tells what became of a run, and what to do next.
struct ExplainCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "explain", _superCommandName: "kubectl run-template",
        abstract:
            "Tell what a run waits for or why it ended as it did, from its objects and events, and what to do next.")

    @OptionGroup var named: NamedRuns

    func execute(_ session: Session) async throws -> Int32 {
        let found = try await named.find(session)
        var isFirst = true
        return try await found.each(session) { run in
            let story = try await RunStory.read(run, found.client).text(now: session.time.now())
            if !isFirst { session.output.line("") }
            isFirst = false
            session.output.text(story)
            return RunExitCode.success
        }
    }
}
