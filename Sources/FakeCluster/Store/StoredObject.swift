import KubeObjects

/// An object at one version, as it is stored: the tree for those who look into it, the bytes for those who send it.
/// Never changes, so readers share it without copying.
final class StoredObject: Sendable {
    /// Namespace and name.
    let key: ObjectKey
    /// The version at which it was written.
    let version: UInt64
    /// The whole object in the stored version of its type, with `metadata.resourceVersion`.
    let object: KubeObject
    /// The same as JSON: `kind`, `apiVersion`, `metadata`, then the rest.
    let bytes: [UInt8]

    /// An object that becomes this version.
    init(_ object: KubeObject, version: UInt64) {
        var stored = object
        stored.json["metadata", default: [:]]["resourceVersion"] = .string(String(version))
        stored = stored.inWireOrder
        self.key = stored.key
        self.version = version
        self.object = stored
        self.bytes = stored.value.encoded()
    }

    /// An object as it was read back.
    init(stored object: KubeObject, bytes: [UInt8], version: UInt64) {
        self.key = object.key
        self.version = version
        self.object = object
        self.bytes = bytes
    }

    /// The JSON without `kind` and `apiVersion`, as built-in objects stand in lists: what follows the opening brace.
    var listItem: ArraySlice<UInt8> {
        // The two come first, and are names that need no escaping.
        let type = "{\"kind\":\"\",\"apiVersion\":\"\",".utf8.count
        let rest = type + object.kind.utf8.count + object.apiVersion.utf8.count
        return rest < bytes.count ? bytes[rest...] : bytes[bytes.endIndex...]
    }
}

extension KubeObject {
    /// The same object with `kind`, `apiVersion` and `metadata` first, as the API server writes it.
    var inWireOrder: KubeObject {
        if json.count > 2, json[0].key == "kind", json[1].key == "apiVersion", json[2].key == "metadata" {
            return self
        }
        var ordered: JSONObject = ["kind": .string(kind), "apiVersion": .string(apiVersion)]
        ordered["metadata"] = json["metadata"] ?? [:]
        for (key, value) in json where ordered[key] == nil { ordered[key] = value }
        return KubeObject(ordered)
    }
}
