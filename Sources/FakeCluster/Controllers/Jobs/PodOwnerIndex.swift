import KubeObjects
import Synchronization

/// Which pods belong to which owner, by the owner's uid: keys only, the pods themselves are read when they are needed.
final class PodOwnerIndex: Sendable {
    fileprivate struct State {
        var pods: [String: Set<ObjectKey>] = [:]
        var owners: [ObjectKey: String] = [:]
    }

    private let state = Mutex(State())

    /// Takes note of a pod; returns its owner's uid.
    @discardableResult
    func add(_ pod: KubeObject) -> String? {
        let (key, owner) = (pod.key, pod.controllerReference?.uid)
        state.withLock { state in
            if let former = state.owners[key], former != owner { state.remove(key, former) }
            guard let owner else { return }
            state.owners[key] = owner
            state.pods[owner, default: []].insert(key)
        }
        return owner
    }

    /// Takes note that a pod is gone.
    func remove(_ key: ObjectKey) {
        state.withLock { state in
            guard let owner = state.owners[key] else { return }
            state.remove(key, owner)
        }
    }

    /// The pods of an owner.
    func pods(of owner: String) -> [ObjectKey] { state.withLock { $0.pods[owner]?.sorted() ?? [] } }
}

extension PodOwnerIndex.State {
    mutating func remove(_ key: ObjectKey, _ owner: String) {
        owners[key] = nil
        pods[owner]?.remove(key)
        if pods[owner]?.isEmpty == true { pods[owner] = nil }
    }
}
