import KubeObjects

/// Objects by key, with indexes: the table inside a ``Store``.
struct StoreTable: Sendable {
    private struct Index: Sendable {
        var indexer: Indexer
        var keys: [String: Set<ObjectKey>] = [:]
    }

    private(set) var objects: [ObjectKey: PackedObject] = [:]
    private var indexes: [Index]

    init(indexers: [Indexer]) {
        indexes = indexers.map { Index(indexer: $0) }
    }

    func keys(inIndex name: String, _ value: String) -> Set<ObjectKey> {
        indexes.first { $0.indexer.name == name }?.keys[value] ?? []
    }

    /// Changes the table and tells what that did, in order. What changes nothing tells nothing.
    /// - Parameter namespace: what a replacement is all of; nil for every namespace.
    mutating func apply(_ update: StoreUpdate, namespace: String?) -> [StoreChange] {
        switch update {
        case .upsert(let object): upsert(object).map { [$0] } ?? []
        case .remove(let object): remove(object.key, lastState: object).map { [$0] } ?? []
        case .replace(let objects): replace(objects, namespace: namespace)
        }
    }

    private mutating func upsert(_ object: KubeObject) -> StoreChange? {
        let key = object.key
        guard let old = objects.updateValue(PackedObject(object), forKey: key)?.object else {
            reindex(key, old: nil, new: object)
            return .added(object)
        }
        // The same version has the same content: the server said so (API conventions, "resourceVersion").
        if let version = old.resourceVersion, version == object.resourceVersion, old.uid == object.uid { return nil }
        reindex(key, old: old, new: object)
        return .updated(old: old, new: object)
    }

    private mutating func remove(_ key: ObjectKey, lastState: KubeObject?) -> StoreChange? {
        guard let old = objects.removeValue(forKey: key)?.object else { return nil }
        reindex(key, old: old, new: nil)
        return .deleted(lastState ?? old)
    }

    private mutating func replace(_ new: [PackedObject], namespace: String?) -> [StoreChange] {
        let kept = Set(new.map(\.object.key))
        let gone = objects.keys.filter { !kept.contains($0) && (namespace == nil || $0.namespace == namespace) }
        var changes = gone.sorted().compactMap { remove($0, lastState: nil) }
        for packed in new { if let change = upsert(packed.object) { changes.append(change) } }
        return changes
    }

    private mutating func reindex(_ key: ObjectKey, old: KubeObject?, new: KubeObject?) {
        for position in indexes.indices {
            let values = indexes[position].indexer.values
            let before = old.map(values) ?? []
            let after = new.map(values) ?? []
            if before == after { continue }
            for value in before {
                indexes[position].keys[value]?.remove(key)
                if indexes[position].keys[value]?.isEmpty == true { indexes[position].keys[value] = nil }
            }
            for value in after { indexes[position].keys[value, default: []].insert(key) }
        }
    }
}
