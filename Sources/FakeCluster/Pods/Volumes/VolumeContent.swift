import KubeObjects
import KubeWire

/// Collects the files of volumes that are made of objects: ConfigMaps, Secrets, the pod's own fields.
struct VolumeContent {
    let access: any ClusterAccess
    let pod: KubeObject
    let node: NodeIdentity
    let issueToken: PodRunner.TokenIssuer?

    /// The life that the API server asks for on behalf of every pod; such tokens really live a year, since not all
    /// programs read them again (`--service-account-extend-token-expiration`).
    private static let extendedSeconds: (asked: Int64, given: Int64) = (3607, 365 * 24 * 3600)

    /// Whether a volume is made of objects.
    static func isProjected(_ volume: JSONValue) -> Bool {
        ["configMap", "secret", "downwardAPI", "projected"].contains { volume[$0]?.object != nil }
    }

    /// Whether a volume changes with the objects that it is made of. One with a token is left alone: that lives longer than
    /// any pod here.
    static func isLive(_ volume: JSONValue) -> Bool {
        !(volume["projected"]?["sources"]?.array ?? []).contains { $0["serviceAccountToken"] != nil }
    }

    /// The files of a volume.
    func files(of volume: JSONValue) async throws -> [VolumeWriter.File] {
        if let source = volume["configMap"] {
            return try await keyed(.configMaps, source["name"]?.string, source, mode: mode(of: source))
        }
        if let source = volume["secret"] {
            return try await keyed(.secrets, source["secretName"]?.string, source, mode: mode(of: source))
        }
        if let source = volume["downwardAPI"] { return try fields(source, mode: mode(of: source)) }
        guard let projected = volume["projected"] else { return [] }
        var files: [VolumeWriter.File] = []
        for source in projected["sources"]?.array ?? [] {
            for file in try await self.files(ofSource: source, mode: mode(of: projected)) {
                files.removeAll { $0.path == file.path }
                files.append(file)
            }
        }
        return files
    }

    private func files(ofSource source: JSONValue, mode: Int) async throws -> [VolumeWriter.File] {
        if let reference = source["configMap"] {
            return try await keyed(.configMaps, reference["name"]?.string, reference, mode: mode)
        }
        if let reference = source["secret"] {
            return try await keyed(.secrets, reference["name"]?.string, reference, mode: mode)
        }
        if let reference = source["downwardAPI"] { return try fields(reference, mode: mode) }
        if let reference = source["serviceAccountToken"], let issueToken {
            let asked = reference["expirationSeconds"]?.integer ?? 3600
            let seconds = asked == Self.extendedSeconds.asked ? Self.extendedSeconds.given : asked
            let token = try issueToken(pod, reference["audience"]?.string.map { [$0] } ?? [], seconds)
            return [
                VolumeWriter.File(
                    path: reference["path"]?.string ?? "token", bytes: Array(token.utf8),
                    mode: commonUser == nil ? mode : 0o600, owner: commonUser)
            ]
        }
        return []
    }

    /// The user of all the pod's containers, who alone may read its tokens; nil if they differ or are not said.
    private var commonUser: Int64? {
        let containers = ["initContainers", "containers"].flatMap { pod[path: "spec", $0]?.array ?? [] }
        let common = pod[path: "spec", "securityContext", "runAsUser"]?.integer
        let users = Set(containers.map { $0["securityContext"]?["runAsUser"]?.integer ?? common })
        return users.count == 1 ? users.first ?? nil : nil
    }

    private func mode(of source: JSONValue) -> Int {
        source["defaultMode"]?.integer.flatMap { Int(exactly: $0) } ?? 0o644
    }

    /// The entries of a ConfigMap or Secret; all, or those that `items` names.
    private func keyed(
        _ resource: APIResource, _ name: String?, _ source: JSONValue, mode: Int
    ) async throws -> [VolumeWriter.File] {
        let name = name ?? ""
        // The certificate authority that every pod gets: not worth waiting for.
        let isOptional = source["optional"]?.bool ?? (name == "kube-root-ca.crt")
        guard let object = try await access.get(resource, ObjectKey(namespace: pod.namespace ?? "", name: name)) else {
            if isOptional { return [] }
            throw ContainerConfigError(description: "\(resource.kind.lowercased()) \"\(name)\" not found")
        }
        let data = object.configurationData
        guard let items = source["items"]?.array else {
            return data.sorted { $0.key < $1.key }
                .map { VolumeWriter.File(path: $0.key, bytes: $0.value, mode: mode) }
        }
        return try items.compactMap { item in
            let key = item["key"]?.string ?? ""
            guard let bytes = data[key] else {
                if isOptional { return nil }
                throw ContainerConfigError(
                    description: "references non-existent \(resource.kind.lowercased()) key: \(key)")
            }
            return VolumeWriter.File(
                path: item["path"]?.string ?? key, bytes: bytes,
                mode: item["mode"]?.integer.flatMap { Int(exactly: $0) } ?? mode)
        }
    }

    private func fields(_ source: JSONValue, mode: Int) throws -> [VolumeWriter.File] {
        try (source["items"]?.array ?? []).map { item in
            VolumeWriter.File(
                path: item["path"]?.string ?? "", bytes: Array(try value(of: item).utf8),
                mode: item["mode"]?.integer.flatMap { Int(exactly: $0) } ?? mode)
        }
    }

    private func value(of item: JSONValue) throws -> String {
        if let path = item["fieldRef"]?["fieldPath"]?.string {
            guard let value = FieldReference.value(of: path, in: pod, node: node) else {
                throw ContainerConfigError(description: "unsupported fieldPath: \(path)")
            }
            return value
        }
        guard let reference = item["resourceFieldRef"] else { return "" }
        let name = reference["containerName"]?.string
        let container = pod[path: "spec", "containers"]?.array?.first { $0["name"]?.string == name }
        return try ResourceReference.value(of: reference, in: pod, container: container ?? .null)
    }
}
