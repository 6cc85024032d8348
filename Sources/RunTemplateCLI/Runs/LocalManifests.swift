import KubeClient
import KubeObjects
import KubeWire

/// Brings the manifests of `-f` into the plugin's own cluster, as `kubectl apply -n NAMESPACE -f PATH` would.
struct LocalManifests {
    let client: KubeClient
    let validation: FieldValidation

    private var options: WriteOptions {
        WriteOptions(fieldManager: RunArguments.standardFieldManager, fieldValidation: validation.fieldValidation)
    }

    /// Makes the namespace, and every object that the manifests have.
    /// - Throws: `CommandFailure` that names file and line.
    func apply(_ path: String) async throws {
        try await makeNamespace(client.defaultNamespace)
        for file in try ManifestPath.files(path) {
            let name = file == "-" ? "standard input" : file
            for document in try TemplateFiles.documents(file) {
                for (object, path) in try Self.objects(document, name) {
                    do {
                        try await apply(object, "\(name):\(document.line(of: path))")
                    } catch let status as KubeStatus {
                        throw CommandFailure(status.located(in: document, at: path, file: name).onOneLine)
                    }
                }
            }
        }
    }

    private func makeNamespace(_ name: String) async throws {
        do {
            let namespace = KubeObject(apiVersion: "v1", kind: "Namespace", name: name)
            _ = try await client.create(.namespaces, namespace, options: options)
        } catch let status as KubeStatus where status.isAlreadyExists {
            // That of everybody, or one that the cluster begins with.
        }
    }

    /// The object of a document, or the items of a list, with the way to each.
    private static func objects(
        _ document: YAMLDocument, _ file: String
    ) throws(CommandFailure) -> [(KubeObject, [JSONPathElement])] {
        let object = try TemplateFiles.object(document.value, "\(file):\(document.startLine)")
        guard object.kind.hasSuffix("List"), let items = object["items"]?.array else { return [(object, [])] }
        return try items.enumerated().map { (index, item) throws(CommandFailure) in
            let path: [JSONPathElement] = ["items", .index(index)]
            return (try TemplateFiles.object(item, "\(file):\(document.line(of: path))"), path)
        }
    }

    private func apply(_ object: KubeObject, _ place: String) async throws {
        guard let resource = try await client.servedResource(of: object.groupVersionKind) else {
            throw CommandFailure(
                "\(place): there is no kind \(object.kind) in \(object.apiVersion); "
                    + "is its CustomResourceDefinition applied first?")
        }
        let namespace = resource.isNamespaced ? object.namespace ?? client.defaultNamespace : nil
        do {
            _ = try await client.create(resource, namespace: namespace, object, options: options)
        } catch let status as KubeStatus where status.isAlreadyExists {
            _ = try await client.patch(
                resource, namespace: namespace, name: object.name ?? "", type: .merge, object.value, options: options)
        }
    }
}
