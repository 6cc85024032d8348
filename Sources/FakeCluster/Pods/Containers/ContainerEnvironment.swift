import KubeObjects
import KubeWire

/// Makes the environment of a container: from its own entries, from ConfigMaps, Secrets, fields and resources, and with
/// what the cluster adds.
struct ContainerEnvironment {
    let access: any ClusterAccess
    let pod: KubeObject
    let node: NodeIdentity
    /// Where the API server listens; nil if there is no such address.
    let apiServer: ServerPlace?
    /// What every container gets, such as `PATH` of the host.
    let inherited: [EnvironmentVariable]

    private struct Source: Hashable {
        var resource: APIResource
        var name: String
    }

    /// The environment of a container, in the order in which it is made.
    /// - Throws: ``ContainerConfigError`` if something that it refers to is missing, `KubeStatus` if it cannot be read.
    func make(for container: JSONValue) async throws -> [EnvironmentVariable] {
        var sources: [Source: [String: String]] = [:]
        var own: [EnvironmentVariable] = []
        var values: [String: String] = [:]
        for entry in container["envFrom"]?.array ?? [] {
            for (name, value) in try await expandedSource(entry, &sources) {
                own.append(EnvironmentVariable(name: name, value: value))
                values[name] = value
            }
        }
        let services = serviceVariables
        for entry in container["env"]?.array ?? [] {
            guard let name = entry["name"]?.string else { continue }
            let value: String?
            if let source = entry["valueFrom"] {
                value = try await resolve(source, container, &sources)
            } else {
                value = VariableExpansion.expand(entry["value"]?.string ?? "") { name in
                    values[name] ?? services.first { $0.name == name }?.value
                }
            }
            guard let value else { continue }
            own.append(EnvironmentVariable(name: name, value: value))
            values[name] = value
        }
        return inherited + [EnvironmentVariable(name: "HOSTNAME", value: Self.hostname(of: pod))] + services + own
    }

    /// The pod's host name: `spec.hostname`, else its name, cut to what a host name may have.
    static func hostname(of pod: KubeObject) -> String {
        String((pod[path: "spec", "hostname"]?.string ?? pod.name ?? "").prefix(63))
    }

    /// All entries that an `envFrom` names, with its prefix.
    private func expandedSource(
        _ entry: JSONValue, _ sources: inout [Source: [String: String]]
    ) async throws -> [(String, String)] {
        let prefix = entry["prefix"]?.string ?? ""
        let reference: JSONValue
        let resource: APIResource
        if let configMap = entry["configMapRef"] {
            (reference, resource) = (configMap, .configMaps)
        } else if let secret = entry["secretRef"] {
            (reference, resource) = (secret, .secrets)
        } else {
            return []
        }
        let isOptional = reference["optional"]?.bool ?? false
        let source = Source(resource: resource, name: reference["name"]?.string ?? "")
        guard let data = try await data(of: source, isOptional: isOptional, &sources) else { return [] }
        // A name that no process could look up is left out, as the kubelet does.
        return data.sorted { $0.key < $1.key }.map { (prefix + $0.key, $0.value) }
            .filter { !$0.0.isEmpty && !$0.0.contains("=") }
    }

    /// The value that a `valueFrom` names; nil if it is optional and missing.
    private func resolve(
        _ source: JSONValue, _ container: JSONValue, _ sources: inout [Source: [String: String]]
    ) async throws -> String? {
        if let reference = source["configMapKeyRef"] {
            return try await keyed(reference, .configMaps, &sources)
        }
        if let reference = source["secretKeyRef"] {
            return try await keyed(reference, .secrets, &sources)
        }
        if let path = source["fieldRef"]?["fieldPath"]?.string {
            guard let value = FieldReference.value(of: path, in: pod, node: node) else {
                throw ContainerConfigError(description: "unsupported fieldPath: \(path)")
            }
            return value
        }
        if let reference = source["resourceFieldRef"] {
            return try ResourceReference.value(of: reference, in: pod, container: container)
        }
        return nil
    }

    private func keyed(
        _ reference: JSONValue, _ resource: APIResource, _ sources: inout [Source: [String: String]]
    ) async throws -> String? {
        let isOptional = reference["optional"]?.bool ?? false
        let source = Source(resource: resource, name: reference["name"]?.string ?? "")
        guard let data = try await data(of: source, isOptional: isOptional, &sources) else { return nil }
        let key = reference["key"]?.string ?? ""
        guard let value = data[key] else {
            if isOptional { return nil }
            throw ContainerConfigError(
                description: "couldn't find key \(key) in \(resource.kind) \(pod.namespace ?? "")/\(source.name)")
        }
        return value
    }

    private func data(
        of source: Source, isOptional: Bool, _ sources: inout [Source: [String: String]]
    ) async throws -> [String: String]? {
        if let known = sources[source] { return known }
        let key = ObjectKey(namespace: pod.namespace ?? "", name: source.name)
        guard let object = try await access.get(source.resource, key) else {
            if isOptional { return nil }
            throw ContainerConfigError(description: "\(source.resource.kind.lowercased()) \"\(source.name)\" not found")
        }
        let data = object.configurationData.mapValues { String(decoding: $0, as: UTF8.self) }
        sources[source] = data
        return data
    }

    /// The variables that stand for the service `kubernetes`, which every namespace sees.
    private var serviceVariables: [EnvironmentVariable] {
        guard let apiServer else { return [] }
        let (host, port) = (apiServer.host, apiServer.port)
        let values = [
            ("KUBERNETES_SERVICE_HOST", host), ("KUBERNETES_SERVICE_PORT", "\(port)"),
            ("KUBERNETES_SERVICE_PORT_HTTPS", "\(port)"), ("KUBERNETES_PORT", "tcp://\(host):\(port)"),
            ("KUBERNETES_PORT_443_TCP", "tcp://\(host):\(port)"), ("KUBERNETES_PORT_443_TCP_PROTO", "tcp"),
            ("KUBERNETES_PORT_443_TCP_PORT", "\(port)"), ("KUBERNETES_PORT_443_TCP_ADDR", host),
        ]
        return values.map { EnvironmentVariable(name: $0.0, value: $0.1) }
    }
}

extension KubeObject {
    /// The entries of a ConfigMap (`data` as text, `binaryData` in base64) or a Secret (`data` in base64), decoded.
    var configurationData: [String: [UInt8]] {
        var entries: [String: [UInt8]] = [:]
        let isSecret = kind == "Secret"
        for (key, value) in self["data"]?.object ?? [:] {
            guard let text = value.string else { continue }
            entries[key] = isSecret ? Base64.decode(text) : Array(text.utf8)
        }
        for (key, value) in self["binaryData"]?.object ?? [:] {
            entries[key] = value.string.flatMap(Base64.decode)
        }
        return entries
    }
}
