import KubeObjects
import Synchronization

/// Which objects of one resource belong to which controlling owner, by the owner's uid: keys only, the objects are read
/// when they are needed.
final class OwnerIndex: Sendable {
    fileprivate struct State {
        var dependents: [String: Set<ObjectKey>] = [:]
        var owners: [ObjectKey: String] = [:]
    }

    private let state = Mutex(State())

    /// Takes note of an object; returns its owner's uid.
    @discardableResult
    func add(_ object: KubeObject) -> String? {
        let (key, owner) = (object.key, object.controllerReference?.uid)
        state.withLock { state in
            if let former = state.owners[key], former != owner { state.remove(key, former) }
            guard let owner else { return }
            state.owners[key] = owner
            state.dependents[owner, default: []].insert(key)
        }
        return owner
    }

    /// Takes note that an object is gone.
    func remove(_ key: ObjectKey) {
        state.withLock { state in
            guard let owner = state.owners[key] else { return }
            state.remove(key, owner)
        }
    }

    /// The keys of an owner's objects.
    func dependents(of owner: String) -> [ObjectKey] { state.withLock { $0.dependents[owner]?.sorted() ?? [] } }
}

extension OwnerIndex.State {
    mutating func remove(_ key: ObjectKey, _ owner: String) {
        owners[key] = nil
        dependents[owner]?.remove(key)
        if dependents[owner]?.isEmpty == true { dependents[owner] = nil }
    }
}
