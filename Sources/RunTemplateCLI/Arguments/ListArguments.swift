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
    @Flag(help: "No headings above the columns.")
    var noHeaders = false
    @Option(help: ArgumentHelp("Sorts by what a JSONPath leads to, such as .status.startTime.", valueName: "path"))
    var sortBy: String?
    @OptionGroup var printing: OutputArguments

    func validate() throws {
        do {
            _ = try sortBy.map { text throws(CommandFailure) in try ObjectOrder(text) }
        } catch {
            throw ValidationError(error.message)
        }
    }

    /// How objects are printed; nil for a table.
    var output: OutputFormat? { (try? printing.read(hasHeaders: !noHeaders)) ?? nil }

    /// What is listed in the order that is wanted, else as it is.
    func sorted<Value>(_ values: [Value], by json: (Value) -> JSONValue) throws(CommandFailure) -> [Value] {
        guard let sortBy else { return values }
        return try ObjectOrder(sortBy).sorted(values, by: json)
    }

    /// All objects of a resource that are meant.
    func items(of resource: APIResource, _ client: KubeClient) async throws -> [KubeObject] {
        try await client.listAll(
            resource, namespace: allNamespaces ? nil : client.defaultNamespace, selector: selector)
    }

    /// Prints what was found: objects in the format that is wanted, or a table.
    func show(
        _ items: [KubeObject], _ client: KubeClient, _ session: Session, table: () -> Table
    ) throws(CommandFailure) {
        if let output, !output.isWide {
            session.output.text(try output.text(items))
        } else if items.isEmpty {
            let place = allNamespaces ? "" : " in \(client.defaultNamespace) namespace."
            session.errors.line("No resources found\(place)")
        } else {
            session.output.text(table().text(withHeadings: !noHeaders))
        }
    }
}
