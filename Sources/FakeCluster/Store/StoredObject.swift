import KubeObjects
import Synchronization

/// An object at one version, as it is stored: the tree for those who look into it, the bytes for those who send it.
/// Never changes, so readers share it without copying.
final class StoredObject: Sendable {
    /// Namespace and name.
    let key: ObjectKey
    /// The version at which it was written.
    let version: UInt64
    /// The whole object as JSON: `kind`, `apiVersion`, `metadata`, then the rest.
    let bytes: [UInt8]
    /// Nil once it is not worth its memory: a tree takes five times as much as its bytes.
    private let tree: Mutex<KubeObject?>

    /// The whole object in the stored version of its type, with `metadata.resourceVersion`.
    var object: KubeObject {
        if let tree = tree.withLock({ $0 }) { return tree }
        // The store takes nothing that it could not read back: see `StoreOutcome.tooDeep`. Were it not so, an object
        // without its name would be the worse answer.
        return (try? JSONValue(parsing: bytes)).flatMap(KubeObject.init)
            ?? KubeObject(apiVersion: "v1", kind: "Unreadable", namespace: key.namespace, name: key.name)
    }

    /// An object that becomes this version.
    init(_ object: KubeObject, version: UInt64) {
        var stored = object
        stored.json["metadata", default: [:]]["resourceVersion"] = .string(String(version))
        stored = stored.inWireOrder
        self.key = stored.key
        self.version = version
        tree = Mutex(stored)
        self.bytes = stored.value.encoded()
    }

    /// An object as it was read back.
    init(stored object: KubeObject, bytes: [UInt8], version: UInt64) {
        self.key = object.key
        self.version = version
        tree = Mutex(object)
        self.bytes = bytes
    }

    /// Keeps the bytes only: for what hardly anybody will look into any more.
    func dropTree() { tree.withLock { $0 = nil } }

    /// The JSON without `kind` and `apiVersion`, as built-in objects stand in lists: what follows the opening brace.
    var listItem: ArraySlice<UInt8> {
        // The two come first, and are names that need no escaping.
        let type = "{\"kind\":\"\",\"apiVersion\":\"\",".utf8.count
        let object = object
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
