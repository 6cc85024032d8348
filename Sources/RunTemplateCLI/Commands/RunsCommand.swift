import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Shows the runs of all families.
struct RunsCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "runs", _superCommandName: "kubectl run-template",
        abstract: "Show the runs of all kinds.",
        discussion: """
            JobRuns stand there by their names, all others as TYPE/NAME, as every verb takes them. Kinds that the server \
            does not know, or that you may not list, are passed over unless --type names them.
            """)

    @Argument(help: "Only the runs of this template.")
    var template: String?
    @Option(
        name: .customLong("type"),
        help: ArgumentHelp("Only runs of this type, such as ejob or run.acme.com; may be repeated.", valueName: "type"))
    var types: [String] = []
    @OptionGroup var listing: ListArguments
    @OptionGroup(title: "Server") var connection: ConnectionArguments

    func execute(_ session: Session) async throws -> Int32 {
        let name = try template.map { try TemplateLookup.name($0) }
        let asked = try types.map { type throws(CommandFailure) in try RunTypes.family(type) }
        let client = try connection.client(session)
        var runs = try await find(asked, client)
        if let name { runs = runs.filter { $0.family.templateName(of: $0.object) == name } }
        runs = try listing.sorted(runs) { $0.object.value }
        try listing.show(runs.map(\.object), client, session) {
            Table(
                runs: listing.sortBy == nil ? Table.byAge(runs) : runs, withNamespace: listing.allNamespaces,
                isWide: listing.output?.isWide == true,
                now: session.time.now())
        }
        return RunExitCode.success
    }

    /// The runs of the families that are asked for, else of all: one request each, at the same time.
    private func find(_ asked: [any RunFamily], _ client: KubeClient) async throws -> [FamilyRun] {
        let families = asked.isEmpty ? RunFamilies.all : asked
        let found = try await withThrowingTaskGroup(of: (Int, [FamilyRun]).self) { group in
            for (position, family) in families.enumerated() {
                let isOptional = asked.isEmpty && !RunTypes.isStandard(family)
                group.addTask { (position, try await list(family, isOptional: isOptional, client)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return found.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }

    private func list(_ family: any RunFamily, isOptional: Bool, _ client: KubeClient) async throws -> [FamilyRun] {
        do {
            return try await RunLookup(client: client).list(
                family, allNamespaces: listing.allNamespaces, selector: listing.selector)
        } catch let status as KubeStatus where isOptional && (status.isNotFound || status.code == 403) {
            return []
        } catch let status as KubeStatus where status.isNotFound {
            throw CommandFailure(
                "the server knows no \(family.runResource.definitionName): is the run controller installed?")
        }
    }
}
