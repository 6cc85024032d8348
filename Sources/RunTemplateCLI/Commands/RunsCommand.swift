import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Shows the runs.
struct RunsCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "runs", _superCommandName: "kubectl run-template", abstract: "Show the runs.")

    @Argument(help: "Only the runs of this template.")
    var template: String?
    @OptionGroup var listing: ListArguments
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    func execute(_ session: Session) async throws -> Int32 {
        let name = try template.map { try TemplateLookup.name($0) }
        let client = try connection.client(session)
        var items = try await listing.items(of: .jobRuns, client)
        if let name { items = items.filter { JobRun($0).templateRef == name } }
        listing.show(items, client, session) {
            Table(
                runs: items, withNamespace: listing.allNamespaces, isWide: listing.output == .wide,
                now: session.time.now())
        }
        return RunExitCode.success
    }
}
