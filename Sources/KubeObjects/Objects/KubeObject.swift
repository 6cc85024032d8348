/// Any object of the API: a JSON tree with `apiVersion`, `kind` and `metadata`, read in place.
///
/// Every layer hands objects on in this form; what a part needs it reads through the accessors, and everything else
/// stays as it came, unknown fields included.
public struct KubeObject: Sendable, Hashable {
    /// The whole object.
    public var json: JSONObject

    /// Wraps a tree as it is.
    public init(_ json: JSONObject) { self.json = json }

    /// Wraps a tree; nil if it is no JSON object.
    public init?(_ json: JSONValue) {
        guard let object = json.object else { return nil }
        self.json = object
    }

    /// A new object with a name.
    public init(apiVersion: String, kind: String, namespace: String? = nil, name: String) {
        var metadata: JSONObject = ["name": .string(name)]
        if let namespace, !namespace.isEmpty { metadata["namespace"] = .string(namespace) }
        json = ["apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": .object(metadata)]
    }

    /// A top-level member, such as `spec`.
    public subscript(key: String) -> JSONValue? {
        get { json[key] }
        set { json[key] = newValue }
    }

    /// The value at a path of member names; nil as soon as one is missing.
    public subscript(path first: String, _ rest: String...) -> JSONValue? {
        var value = json[first]
        for key in rest { value = value?[key] }
        return value
    }

    /// The object as a JSON value.
    public var value: JSONValue { .object(json) }
}

extension KubeObject {
    /// `apiVersion`; empty if absent.
    public var apiVersion: String { json["apiVersion"]?.string ?? "" }
    /// `kind`; empty if absent.
    public var kind: String { json["kind"]?.string ?? "" }
    /// The type of the object.
    public var groupVersionKind: GroupVersionKind { GroupVersionKind(apiVersion: apiVersion, kind: kind) }

    /// `metadata`, empty if absent.
    public var metadata: JSONObject {
        get { json["metadata"]?.object ?? [:] }
        set { json["metadata"] = .object(newValue) }
    }

    /// `metadata.name`.
    public var name: String? { json["metadata"]?["name"]?.string }
    /// `metadata.namespace`; nil for a cluster-scoped object.
    public var namespace: String? { json["metadata"]?["namespace"]?.string }
    /// `metadata.uid`, set by the server.
    public var uid: String? { json["metadata"]?["uid"]?.string }
    /// `metadata.resourceVersion`: opaque but for equality and, since Kubernetes 1.35, order (KEP-5504).
    public var resourceVersion: String? { json["metadata"]?["resourceVersion"]?.string }
    /// `metadata.generation`: counts changes of the desired state; 0 if absent.
    public var generation: Int64 { json["metadata"]?["generation"]?.integer ?? 0 }
    /// `metadata.creationTimestamp`.
    public var creationTimestamp: Timestamp? { json["metadata"]?["creationTimestamp"]?.string.flatMap(Timestamp.init) }
    /// `metadata.deletionTimestamp`, set once deletion was asked for.
    public var deletionTimestamp: Timestamp? { json["metadata"]?["deletionTimestamp"]?.string.flatMap(Timestamp.init) }
    /// Whether deletion was asked for.
    public var isBeingDeleted: Bool { json["metadata"]?["deletionTimestamp"]?.string != nil }
    /// Namespace and name.
    public var key: ObjectKey { ObjectKey(namespace: namespace ?? "", name: name ?? "") }

    /// `metadata.labels`; entries that are no strings are left out.
    public var labels: [String: String] { Self.strings(json["metadata"]?["labels"]) }
    /// `metadata.annotations`; entries that are no strings are left out.
    public var annotations: [String: String] { Self.strings(json["metadata"]?["annotations"]) }
    /// `metadata.finalizers`.
    public var finalizers: [String] { json["metadata"]?["finalizers"]?.array?.compactMap(\.string) ?? [] }
    /// `metadata.ownerReferences`; malformed entries are left out.
    public var ownerReferences: [OwnerReference] {
        json["metadata"]?["ownerReferences"]?.array?.compactMap(OwnerReference.init) ?? []
    }
    /// The owner that manages this object, if any.
    public var controllerReference: OwnerReference? { ownerReferences.first { $0.controller == true } }

    private static func strings(_ map: JSONValue?) -> [String: String] {
        guard let members = map?.object else { return [:] }
        var result = [String: String](minimumCapacity: members.count)
        for (key, value) in members { result[key] = value.string }
        return result
    }
}
