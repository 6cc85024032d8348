import KubeObjects

/// A ConfigMap or Secret that pods need.
struct ReferencedObject: Hashable {
    var kind: OutputTarget.Kind
    var name: String
    /// Whether the pods also run without it.
    var isOptional: Bool
}

extension ExtendedJobTemplate {
    /// The ConfigMaps and Secrets that the pods refer to, each once, in order of kind and name.
    var references: [ReferencedObject] {
        var found: [ReferencedObject] = []
        let containers = ["initContainers", "containers"].flatMap { podSpec?[$0]?.array ?? [] }
        for container in containers {
            for variable in container["env"]?.array ?? [] {
                let source = variable["valueFrom"]
                found.add(.configMap, source?["configMapKeyRef"])
                found.add(.secret, source?["secretKeyRef"])
            }
            for source in container["envFrom"]?.array ?? [] {
                found.add(.configMap, source["configMapRef"])
                found.add(.secret, source["secretRef"])
            }
        }
        for volume in podSpec?["volumes"]?.array ?? [] {
            found.add(.configMap, volume["configMap"])
            found.add(.secret, volume["secret"], nameField: "secretName")
            for source in volume["projected"]?["sources"]?.array ?? [] {
                found.add(.configMap, source["configMap"])
                found.add(.secret, source["secret"])
            }
        }
        for secret in podSpec?["imagePullSecrets"]?.array ?? [] { found.add(.secret, secret) }
        return found.merged
    }
}

extension [ReferencedObject] {
    fileprivate mutating func add(_ kind: OutputTarget.Kind, _ source: JSONValue?, nameField: String = "name") {
        guard let name = source?[nameField]?.string, !name.isEmpty else { return }
        append(ReferencedObject(kind: kind, name: name, isOptional: source?["optional"]?.bool ?? false))
    }

    /// Each object once; it is optional only if it is so everywhere.
    fileprivate var merged: [ReferencedObject] {
        var result: [ReferencedObject] = []
        for reference in self {
            if let position = result.firstIndex(where: { $0.kind == reference.kind && $0.name == reference.name }) {
                result[position].isOptional = result[position].isOptional && reference.isOptional
            } else {
                result.append(reference)
            }
        }
        return result.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
    }
}
