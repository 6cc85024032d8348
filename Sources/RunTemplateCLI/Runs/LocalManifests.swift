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
            for document in try TemplateFiles.documents(file) {
                let place = "\(file == "-" ? "standard input" : file):\(document.startLine)"
                for object in try Self.objects(document.value, place) { try await apply(object, place) }
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

    /// The object of a document, or the items of a list.
    private static func objects(_ value: JSONValue, _ place: String) throws(CommandFailure) -> [KubeObject] {
        let object = try TemplateFiles.object(value, place)
        guard object.kind.hasSuffix("List"), let items = object["items"]?.array else { return [object] }
        return try items.map { item throws(CommandFailure) in
            try TemplateFiles.object(item, place)
        }
    }

    private func apply(_ object: KubeObject, _ place: String) async throws {
        do {
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
                    resource, namespace: namespace, name: object.name ?? "", type: .merge, object.value,
                    options: options)
            }
        } catch let status as KubeStatus {
            throw CommandFailure("\(place): \(status.message.onOneLine)")
        }
    }
}
