import KubeObjects
import KubeRuntime
import KubeWire
import RunCore
import Synchronization

/// Informers of one resource in one namespace each, as long as some run needs them.
final class NamespaceWatches: Sendable {
    private struct Watch {
        var informer: Informer
        var users: Set<ObjectKey>
    }

    private let pool: InformerPool
    private let onSync: @Sendable (ObjectKey) -> Void
    private let watches = Mutex<[String: Watch]>([:])

    /// - Parameters:
    ///   - pool: runs the informers.
    ///   - onSync: is told which runs can be looked at once an informer has seen everything.
    init(pool: InformerPool, onSync: @escaping @Sendable (ObjectKey) -> Void) {
        self.pool = pool
        self.onSync = onSync
    }

    /// A run needs the namespace's objects.
    /// - Parameter make: makes the informer if there is none, its handlers included.
    func need(_ namespace: String, for run: ObjectKey, make: () -> Informer) {
        let started = watches.withLock { watches -> Informer? in
            if watches[namespace] != nil {
                watches[namespace]?.users.insert(run)
                return nil
            }
            let informer = make()
            watches[namespace] = Watch(informer: informer, users: [run])
            return informer
        }
        guard let started else { return }
        pool.start(started) { [self] in
            let users = watches.withLock { $0[namespace]?.users ?? [] }
            for user in users { onSync(user) }
        }
    }

    /// A run no longer needs the namespace's objects.
    func release(_ namespace: String, by run: ObjectKey) {
        let stopped = watches.withLock { watches -> Informer? in
            guard watches[namespace]?.users.remove(run) != nil, watches[namespace]?.users.isEmpty == true else {
                return nil
            }
            return watches.removeValue(forKey: namespace)?.informer
        }
        if let stopped { pool.stop(stopped) }
    }

    /// What is known of the namespace's objects; nil as long as not everything has been seen.
    func store(_ namespace: String) -> Store? {
        watches.withLock { $0[namespace]?.informer }.flatMap { $0.hasSynced ? $0.store : nil }
    }
}
