import KubeObjects

/// Objects by key, with indexes: the table inside a ``Store``.
struct StoreTable: Sendable {
    private struct Index: Sendable {
        var indexer: Indexer
        var keys: [String: Set<ObjectKey>] = [:]
    }

    /// An object with its tree, if it has changed lately.
    struct Entry: Sendable {
        var packed: PackedObject
        var tree: KubeObject?

        /// The object.
        var object: KubeObject { tree ?? packed.object }
    }

    private(set) var objects: [ObjectKey: Entry] = [:]
    private var indexes: [Index]
    private var recent = RecentKeys()

    init(indexers: [Indexer]) {
        indexes = indexers.map { Index(indexer: $0) }
    }

    func keys(inIndex name: String, _ value: String) -> Set<ObjectKey> {
        indexes.first { $0.indexer.name == name }?.keys[value] ?? []
    }

    /// Puts an object in, and tells what that changed; nil if nothing.
    mutating func upsert(_ object: KubeObject, packed: PackedObject? = nil) -> StoreChange? {
        let key = object.key
        // A list has more than are looked at; what a watch tells of is looked at many times before it rests.
        let entry = Entry(packed: packed ?? PackedObject(object), tree: packed == nil ? object : nil)
        if packed == nil, let rested = recent.add(key) { objects[rested]?.tree = nil }
        guard let old = objects.updateValue(entry, forKey: key)?.object else {
            reindex(key, old: nil, new: object)
            return .added(object)
        }
        // The same version has the same content: the server said so (API conventions, "resourceVersion").
        if let version = old.resourceVersion, version == object.resourceVersion, old.uid == object.uid { return nil }
        reindex(key, old: old, new: object)
        return .updated(old: old, new: object)
    }

    /// Takes an object out that a watch says is gone, and tells what that changed; nil if nothing.
    mutating func remove(_ key: ObjectKey, lastState: KubeObject) -> StoreChange? {
        take(key).map { _ in .deleted(lastState) }
    }

    /// Takes an object out that a list no longer has, and tells what that changed; nil if nothing.
    ///
    /// Nobody says when it went. The list's version is the one in which it was gone at the latest; its own is from before,
    /// and whoever asks whether it went since a moment must not take that for the answer.
    mutating func remove(_ key: ObjectKey, goneBy version: String?) -> StoreChange? {
        guard var last = take(key) else { return nil }
        if let version { last.metadata["resourceVersion"] = .string(version) }
        return .deleted(last)
    }

    private mutating func take(_ key: ObjectKey) -> KubeObject? {
        guard let old = objects.removeValue(forKey: key)?.object else { return nil }
        reindex(key, old: old, new: nil)
        return old
    }

    /// Takes an object out, unless another one has its name by now.
    mutating func release(_ object: KubeObject) {
        let key = object.key
        guard let known = objects[key]?.object, known.uid == object.uid else { return }
        objects.removeValue(forKey: key)
        reindex(key, old: known, new: nil)
    }

    /// The keys of a namespace, or of all, that are none of these.
    func keys(of namespace: String?, except kept: Set<ObjectKey>) -> [ObjectKey] {
        objects.keys.filter { !kept.contains($0) && (namespace == nil || $0.namespace == namespace) }.sorted()
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

/// The keys of the objects that changed last.
private struct RecentKeys: Sendable {
    /// Of how many objects a store keeps the trees. Each takes about 10 KB.
    private static let limit = 128

    private var keys: [ObjectKey] = []
    private var known: Set<ObjectKey> = []
    private var oldest = 0

    /// Adds a key.
    /// - Returns: the one that it takes the place of.
    mutating func add(_ key: ObjectKey) -> ObjectKey? {
        guard known.insert(key).inserted else { return nil }
        guard keys.count == Self.limit else {
            keys.append(key)
            return nil
        }
        let rested = keys[oldest]
        keys[oldest] = key
        known.remove(rested)
        oldest = (oldest + 1) % Self.limit
        return rested
    }
}
