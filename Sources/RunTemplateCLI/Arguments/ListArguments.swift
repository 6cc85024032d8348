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

    private static let pageSize = 500

    /// All objects that are meant, read page by page.
    func items(of resource: APIResource, _ client: KubeClient) async throws -> [KubeObject] {
        let namespace = allNamespaces ? nil : client.defaultNamespace
        var options = ListOptions(labelSelector: selector, limit: Self.pageSize)
        var items: [KubeObject] = []
        repeat {
            let page = try await client.list(resource, namespace: namespace, options: options)
            items += page.items
            options.continue = page.continue
        } while options.continue != nil
        return items
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
