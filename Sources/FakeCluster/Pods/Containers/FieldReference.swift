import KubeObjects

/// The fields of a pod that its containers may ask for (downward API).
enum FieldReference {
    /// The value of a field path, such as `metadata.labels['app']`; nil if it is none that may be asked for.
    ///
    /// Whole maps (`metadata.labels`, for volumes only) are lines `key="value"`, sorted by key.
    static func value(of path: String, in pod: KubeObject, node: NodeIdentity) -> String? {
        if let (map, key) = subscripted(path) {
            switch map {
            case "metadata.labels": return pod.labels[key] ?? ""
            case "metadata.annotations": return pod.annotations[key] ?? ""
            default: return nil
            }
        }
        switch path {
        case "metadata.name": return pod.name ?? ""
        case "metadata.namespace": return pod.namespace ?? ""
        case "metadata.uid": return pod.uid ?? ""
        case "metadata.labels": return lines(pod.labels)
        case "metadata.annotations": return lines(pod.annotations)
        case "spec.nodeName": return pod[path: "spec", "nodeName"]?.string ?? node.name
        case "spec.serviceAccountName": return pod[path: "spec", "serviceAccountName"]?.string ?? ""
        case "status.hostIP", "status.hostIPs": return node.address
        case "status.podIP", "status.podIPs": return node.podAddress(of: pod)
        default: return nil
        }
    }

    /// Takes `map['key']` apart.
    private static func subscripted(_ path: String) -> (map: String, key: String)? {
        guard path.hasSuffix("']"), let bracket = path.firstIndex(of: "[") else { return nil }
        let key = path[path.index(after: bracket)...].dropFirst().dropLast(2)
        return (String(path[..<bracket]), String(key))
    }

    private static func lines(_ map: [String: String]) -> String {
        map.sorted { $0.key < $1.key }.map { "\($0.key)=\(JSONValue.string($0.value).encodedString())" }
            .joined(separator: "\n")
    }
}

/// What the node is called and where it and its pods are.
struct NodeIdentity: Sendable, Hashable {
    /// The node's name.
    var name: String
    /// The node's address.
    var address = "127.0.0.1"

    /// The address of a pod. Pods share the host's network, so each has a loopback address of its own, which follows from
    /// its uid: several can listen on the same port, each at its address.
    func podAddress(of pod: KubeObject) -> String {
        // FNV-1a; the first of the three numbers keeps clear of 127.0, where the host's own programs listen.
        let hash = (pod.uid ?? "").utf8.reduce(2_166_136_261 as UInt32) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return "127.\((hash >> 16) % 254 + 1).\((hash >> 8) & 255).\(hash % 254 + 1)"
    }
}
