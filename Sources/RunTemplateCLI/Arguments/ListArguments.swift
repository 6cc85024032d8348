import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire

/// What a list shows, and how.
struct ListArguments: ParsableArguments {
    @Flag(name: [.customShort("A"), .long], help: "All namespaces.")
    var allNamespaces = false
    @Option(name: [.customShort("l"), .customLong("selector")], help: "A label selector.")
    var selector: String?
    @Option(name: [.customShort("o"), .long], help: "name, json, yaml or wide.")
    var output: OutputFormat?

    /// All objects of a resource that are meant.
    func items(of resource: APIResource, _ client: KubeClient) async throws -> [KubeObject] {
        try await client.listAll(
            resource, namespace: allNamespaces ? nil : client.defaultNamespace, selector: selector)
    }

    /// Prints what was found: objects in the format that is wanted, or a table.
    func show(_ items: [KubeObject], _ client: KubeClient, _ session: Session, table: () -> Table) {
        if let output, output != .wide {
            session.output.text(output.text(items))
        } else if items.isEmpty {
            let place = allNamespaces ? "" : " in \(client.defaultNamespace) namespace."
            session.errors.line("No resources found\(place)")
        } else {
            session.output.text(table().text)
        }
    }
}
