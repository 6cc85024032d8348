import KubeObjects

/// The objects of one resource and its latest changes.
struct ResourceTable: Sendable {
    /// The objects in order of namespace and name.
    private(set) var objects: [StoredObject] = []
    /// The latest changes, oldest first, without a gap since ``oldestVersion``.
    private(set) var history: [StoreEvent] = []
    /// Changes after this version are all in the history.
    private(set) var oldestVersion: UInt64
    /// Who is told that there are changes, by the watcher's number.
    var watchers: [UInt64: AsyncStream<Void>.Continuation] = [:]

    /// A table whose history begins after a version.
    init(oldestVersion: UInt64) {
        self.oldestVersion = oldestVersion
    }

    /// The object of this name.
    func object(_ key: ObjectKey) -> StoredObject? {
        let place = insertionPlace(of: key)
        return place < objects.count && objects[place].key == key ? objects[place] : nil
    }

    /// The objects of a namespace, or all, in order.
    func objects(in namespace: String?) -> ArraySlice<StoredObject> {
        guard let namespace else { return objects[...] }
        let start = insertionPlace(of: ObjectKey(namespace: namespace, name: ""))
        var end = start
        while end < objects.count, objects[end].key.namespace == namespace { end += 1 }
        return objects[start..<end]
    }

    /// The objects as they were at an older version, in order; nil if the history does not reach back so far.
    func objects(at version: UInt64) -> [StoredObject]? {
        guard version >= oldestVersion else { return nil }
        var past = ResourceTable(oldestVersion: 0)
        past.objects = objects
        for event in history.reversed() {
            if event.version <= version { break }
            if let previous = event.previous { past.put(previous) } else { past.remove(event.object.key) }
        }
        return past.objects
    }

    /// The changes after a version, oldest first; nil if some are no longer kept.
    func events(after version: UInt64, limit: Int) -> ArraySlice<StoreEvent>? {
        guard version >= oldestVersion else { return nil }
        var low = 0
        var high = history.count
        while low < high {
            let middle = (low + high) / 2
            if history[middle].version <= version { low = middle + 1 } else { high = middle }
        }
        return history[low...].prefix(limit)
    }

    /// Of how many of the latest changes the objects' trees are kept: watches that keep up look into no older ones.
    private static let treeLimit = 256

    /// Makes a change.
    mutating func apply(_ event: StoreEvent) {
        if event.isDeletion { remove(event.object.key) } else { put(event.object) }
        history.append(event)
        guard history.count > Self.treeLimit else { return }
        let old = history[history.count - 1 - Self.treeLimit]
        old.previous?.dropTree()
        if old.isDeletion { old.object.dropTree() }
    }

    /// Takes over a revision from disk: as a change if it is younger than what was compacted, else as the state then.
    mutating func restore(_ stored: StoredObject, isDeletion: Bool) {
        let event = StoreEvent(object: stored, previous: object(stored.key), isDeletion: isDeletion)
        apply(event)
        if stored.version <= oldestVersion { history.removeLast() }
    }

    /// Forgets the oldest changes once there are a quarter more than `limit`.
    /// - Returns: the versions of stored revisions that nothing needs any more.
    mutating func compact(to limit: Int) -> [UInt64] {
        history.count > limit + limit / 4 ? forget(history.count - limit) : []
    }

    /// Forgets the changes up to a version.
    /// - Returns: the versions of stored revisions that nothing needs any more.
    mutating func compact(upTo version: UInt64) -> [UInt64] {
        forget(history.firstIndex { $0.version > version } ?? history.count)
    }

    private mutating func forget(_ count: Int) -> [UInt64] {
        let forgotten = history.prefix(count)
        var versions: [UInt64] = []
        for event in forgotten {
            if let previous = event.previous { versions.append(previous.version) }
            if event.isDeletion { versions.append(event.version) }
            oldestVersion = event.version
        }
        history.removeFirst(count)
        return versions
    }

    private mutating func put(_ object: StoredObject) {
        let place = insertionPlace(of: object.key)
        if place < objects.count, objects[place].key == object.key {
            objects[place] = object
        } else {
            objects.insert(object, at: place)
        }
    }

    private mutating func remove(_ key: ObjectKey) {
        let place = insertionPlace(of: key)
        if place < objects.count, objects[place].key == key { objects.remove(at: place) }
    }

    private func insertionPlace(of key: ObjectKey) -> Int {
        var low = 0
        var high = objects.count
        while low < high {
            let middle = (low + high) / 2
            if objects[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
