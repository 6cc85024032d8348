import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire

/// Shows the templates.
struct ListCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list", _superCommandName: "kubectl run-template", abstract: "Show the JobTemplates.")

    @OptionGroup var listing: ListArguments
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    func execute(_ session: Session) async throws -> Int32 {
        let client = try connection.client(session)
        let items = try listing.sorted(try await listing.items(of: .jobTemplates, client)) { $0.value }
        try listing.show(items, client, session) {
            Table(templates: items, withNamespace: listing.allNamespaces, now: session.time.now())
        }
        guard listing.output?.isWide != false else { return RunExitCode.success }
        for name in Set(items.compactMap(\.name)).sorted() {
            if let warning = TemplateDescription.reservedName(name) { session.errors.line("Warning: \(warning)") }
        }
        return RunExitCode.success
    }
}
