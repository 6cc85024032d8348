public import KubeObjects
import Synchronization

/// What is known of the objects of one resource: read by everybody, written by one reflector or more of one
/// ``Informer``.
///
/// A store is always a moment behind the API server. What it shows was true at some time, and later changes come in the
/// order in which the server made them.
public final class Store: Sendable {
    private let table: Mutex<StoreTable>

    fileprivate init(indexers: [Indexer]) {
        table = Mutex(StoreTable(indexers: indexers))
    }

    /// Makes one change. Whoever has to know it is told of what leaves before anybody can see the store without it.
    fileprivate func change(
        leaving: (KubeObject) -> Void, _ body: (inout StoreTable) -> StoreChange?
    ) -> StoreChange? {
        table.withLock { table in
            let change = body(&table)
            if let leaver = change?.leaver { leaving(leaver) }
            return change
        }
    }

    fileprivate func release(_ object: KubeObject) { table.withLock { $0.release(object) } }

    fileprivate func keys(of namespace: String?, except kept: Set<ObjectKey>) -> [ObjectKey] {
        table.withLock { $0.keys(of: namespace, except: kept) }
    }

    /// How many objects there are.
    public var count: Int { table.withLock(\.objects.count) }

    /// The names of all objects, in order.
    public var keys: [ObjectKey] { table.withLock { Array($0.objects.keys) }.sorted() }

    /// The object of this name; nil if the store knows none.
    public func get(_ key: ObjectKey) -> KubeObject? { table.withLock { $0.objects[key] }?.object }

    /// All objects, of one namespace or of all, in order of namespace and name.
    public func all(namespace: String? = nil) -> [KubeObject] {
        let objects = table.withLock { table in
            namespace == nil
                ? Array(table.objects.values) : table.objects.filter { $0.key.namespace == namespace }.map(\.value)
        }
        return objects.map(\.object).sorted { $0.key < $1.key }
    }

    /// The objects that an index has under a value, in order of namespace and name. None if there is no such index.
    public func find(_ indexer: Indexer, _ value: String) -> [KubeObject] {
        let objects = table.withLock { table in
            table.keys(inIndex: indexer.name, value).compactMap { table.objects[$0] }
        }.map(\.object)
        return objects.count > 1 ? objects.sorted { $0.key < $1.key } : objects
    }
}

/// The right to write a store: there is one, and it cannot be copied.
struct StoreWriter: ~Copyable, Sendable {
    /// The store that this writes.
    let store: Store

    /// An empty store.
    init(indexers: [Indexer]) { store = Store(indexers: indexers) }

    /// Changes the store and tells what that did, in order.
    ///
    /// A replacement goes object by object, and each change is told before the next is made: a list may have ten thousand
    /// objects, of which only one at a time is a tree then. In between the store shows old objects beside new ones, as it
    /// does while a watch catches up.
    /// - Parameters:
    ///   - namespace: what a replacement is all of; nil for every namespace.
    ///   - leaving: is told of each object that leaves, in its last state, before anybody can see the store without it. It
    ///     must not touch the store.
    ///   - telling: is told of each change after the store shows it.
    func apply(
        _ update: StoreUpdate, namespace: String?, leaving: (KubeObject) -> Void = { _ in },
        telling: (StoreChange) -> Void
    ) {
        func make(_ body: (inout StoreTable) -> StoreChange?) {
            if let change = store.change(leaving: leaving, body) { telling(change) }
        }
        switch update {
        case .upsert(let object): make { $0.upsert(object) }
        case .remove(let object): make { $0.remove(object.key, lastState: object) }
        case .release(let object): release(object)
        case .replace(let objects, let version):
            for key in store.keys(of: namespace, except: Set(objects.map(\.object.key))) {
                make { $0.remove(key, goneBy: version) }
            }
            for packed in objects {
                let object = packed.object
                make { $0.upsert(object, packed: packed) }
            }
        }
    }

    /// Lets go of an object that nobody needs, and tells nobody.
    func release(_ object: KubeObject) { store.release(object) }
}

extension StoreChange {
    /// The object that is there no more.
    fileprivate var leaver: KubeObject? {
        switch self {
        case .added: nil
        case .updated(let old, let new): old.uid == new.uid ? nil : old
        case .deleted(let last): last
        }
    }
}
