import KubeObjects
import Synchronization

/// All objects of the cluster: written to disk before anyone sees them, read from memory.
///
/// Writes go through one thread. It takes everything that is waiting, stores it with one commit (so many writers share
/// one flush of the disk), then shows it to readers and watches, then answers the writers. Versions come from one
/// counter for all resources and never go back.
final class ObjectStore: Sendable {
    /// Called for every change after it is stored and before its writer is answered, in order.
    typealias Observer = @Sendable (GroupResource, StoreEvent) -> Void

    struct State {
        var tables: [GroupResource: ResourceTable] = [:]
        /// The version of the latest write.
        var version: UInt64
        /// The oldest version that a table without a compaction of its own can go back to.
        var baseVersion: UInt64
        var nextWatcher: UInt64 = 0
        var sinks: [UInt64: ChangeSink] = [:]
        var queue: [(write: StoreWrite, answer: CheckedContinuation<StoreOutcome, Never>)] = []
        var isWriting = false
        /// Revisions that no one needs any more, to be dropped with the next commit.
        var forgotten: [UInt64] = []
        var compactions: [GroupResource: UInt64] = [:]
    }

    let state: Mutex<State>
    let log: RevisionLog
    let historyLimit: Int
    let observer: Observer

    /// Opens a store.
    /// - Parameters:
    ///   - path: the SQLite file.
    ///   - isDurable: whether a write must survive a power failure.
    ///   - historyLimit: how many changes of each resource are kept for watches to resume from.
    ///   - observer: called for every change after it is stored and before its writer is answered, in order.
    init(path: String, isDurable: Bool, historyLimit: Int = 4096, observer: @escaping Observer = { _, _ in }) throws {
        log = try RevisionLog(path: path, isDurable: isDurable)
        self.historyLimit = historyLimit
        self.observer = observer
        state = Mutex(try Self.load(from: log))
    }

    private static func load(from log: RevisionLog) throws -> State {
        let compactions = try log.compactions()
        let base = compactions[allResources] ?? 0
        // Revision 1 is the empty store.
        var state = State(version: max(1, base), baseVersion: base)
        try log.load { revision in
            let value = try JSONValue(parsing: revision.bytes)
            guard let object = KubeObject(value) else { return }
            let stored = StoredObject(stored: object, bytes: revision.bytes, version: revision.version)
            let oldest = max(base, compactions[revision.resource] ?? 0)
            state.tables[revision.resource, default: ResourceTable(oldestVersion: oldest)].restore(
                stored, isDeletion: revision.isDeletion)
            state.version = max(state.version, revision.version)
        }
        for (resource, version) in compactions {
            state.version = max(state.version, version)
            if resource != allResources, state.tables[resource] == nil {
                state.tables[resource] = ResourceTable(oldestVersion: version)
            }
        }
        return state
    }

    /// Stands for every resource in the table of compactions.
    static let allResources = GroupResource(group: "", resource: "")

    /// The version of the latest write.
    var version: UInt64 { state.withLock { $0.version } }

    /// Whether nothing was ever stored.
    var isEmpty: Bool { state.withLock { $0.version == 1 } }

    /// An object; nil if there is none of this name.
    func object(_ resource: GroupResource, _ key: ObjectKey) -> StoredObject? {
        state.withLock { $0.tables[resource]?.object(key) }
    }

    /// The objects of a resource, of one namespace or all, in order, and the version of the store that they show.
    func objects(
        _ resource: GroupResource, in namespace: String?
    ) -> (version: UInt64, objects: ArraySlice<StoredObject>) {
        state.withLock { ($0.version, $0.tables[resource]?.objects(in: namespace) ?? []) }
    }

    /// The objects of a resource as they were at a version, in order; nil if that is too long ago.
    func objects(_ resource: GroupResource, at version: UInt64) -> [StoredObject]? {
        let (table, base) = state.withLock { ($0.tables[resource], $0.baseVersion) }
        guard let table else { return version >= base ? [] : nil }
        return table.objects(at: version)
    }

    /// The resources of which something is or was stored.
    var resources: [GroupResource] { state.withLock { Array($0.tables.keys) } }

    /// Writes on a condition; returns once the write is on disk and visible, or has failed.
    func commit(_ write: StoreWrite) async -> StoreOutcome {
        await withCheckedContinuation { answer in
            let mustStart = state.withLock { state in
                state.queue.append((write, answer))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if mustStart { log.schedule { [self] writer in drain(into: writer) } }
        }
    }

    /// Stores the first objects of a new store, before anything reads it. Watches can go on from after them at the
    /// earliest.
    func seed(_ objects: [(resource: GroupResource, object: KubeObject)]) throws {
        let first = version + 1
        let stored = objects.enumerated().map { offset, entry in
            (resource: entry.resource, object: StoredObject(entry.object, version: first + UInt64(offset)))
        }
        let last = stored.last?.object.version ?? version
        let revisions = stored.map {
            RevisionLog.Revision(
                version: $0.object.version, resource: $0.resource, isDeletion: false, bytes: $0.object.bytes)
        }
        try log.append(revisions, compactions: [Self.allResources: last])
        state.withLock { state in
            for (resource, object) in stored {
                state.tables[resource, default: ResourceTable(oldestVersion: last)].restore(object, isDeletion: false)
            }
            state.version = last
            state.baseVersion = last
        }
    }
}

/// Why the store cannot be used.
package struct StoreError: Error, CustomStringConvertible {
    /// What happened.
    var message: String
    /// What happened.
    package var description: String { message }
}
