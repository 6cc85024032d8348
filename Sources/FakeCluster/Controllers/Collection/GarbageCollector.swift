import KubeObjects
import KubeWire
import Logging
import Synchronization

/// Deletes objects whose owners are gone, and does what foreground and orphaning deletion wait for
/// (`garbage-collector-controller`).
struct GarbageCollector: Sendable {
    private let access: any ClusterAccess
    private let time: TimeSource
    private let logger: Logger
    private let graph = SharedGraph()

    private final class SharedGraph: Sendable {
        let state = Mutex(DependencyGraph())
    }

    init(access: any ClusterAccess, time: TimeSource, logger: Logger) {
        self.access = access
        self.time = time
        self.logger = logger
    }

    /// Runs until cancelled.
    func run() async {
        let queue = WorkQueue<String>(time: time)
        await ControllerLoop(queue: queue, time: time, logger: logger).run {
            let changes = access.changes(of: nil)
            await fill()
            for await change in changes {
                for uid in note(change) { queue.add(uid) }
            }
        } reconcile: { uid in
            try await look(at: uid)
            return nil
        }
    }

    /// Notes all objects before the first is looked at: an owner that is to give up its dependents must know them all.
    private func fill() async {
        for resource in access.storedResources() {
            for object in (try? await access.list(resource, namespace: nil)) ?? [] {
                guard let node = DependencyGraph.Node(object, of: resource) else { continue }
                // What follows from them comes with the changes, which begin with the same objects.
                _ = graph.state.withLock { graph in
                    node.owners.isEmpty && !node.waitsForDependents ? graph.put(node) : []
                }
            }
        }
    }

    private func note(_ change: ObjectChange) -> [String] {
        guard let node = DependencyGraph.Node(change.object, of: change.resource) else { return [] }
        return graph.state.withLock { change.kind == .deleted ? $0.remove(node.uid) : $0.put(node) }
    }

    /// Decides about one object.
    private func look(at uid: String) async throws {
        guard let node = graph.state.withLock({ $0[uid] }),
            let object = try await access.get(node.resource, node.key), object.uid == uid
        else { return }
        if object.isBeingDeleted {
            if object.finalizers.contains(Deletion.orphanFinalizer) {
                try await orphanDependents(of: node)
            } else if object.finalizers.contains(Deletion.foregroundFinalizer) {
                try await waitForDependents(of: node)
            }
            return
        }
        try await collect(object, node)
    }

    /// Makes dependents forget their owner, then lets the owner go.
    private func orphanDependents(of node: DependencyGraph.Node) async throws {
        for dependent in graph.state.withLock({ $0.dependents(of: node.uid) }) {
            try await change(dependent) { object in
                Self.removeOwners([node.uid], from: &object)
            }
        }
        try await change(node) { Self.removeFinalizer(Deletion.orphanFinalizer, from: &$0) }
    }

    /// Deletes the dependents that hold an owner up; lets the owner go once there are none.
    private func waitForDependents(of node: DependencyGraph.Node) async throws {
        let dependents = graph.state.withLock { $0.dependents(of: node.uid) }
        let blocking = dependents.filter { dependent in
            dependent.owners.contains { $0.uid == node.uid && $0.blockOwnerDeletion == true }
        }
        guard !blocking.isEmpty else {
            return try await change(node) { Self.removeFinalizer(Deletion.foregroundFinalizer, from: &$0) }
        }
        for dependent in dependents {
            guard let object = try await access.get(dependent.resource, dependent.key), object.uid == dependent.uid,
                !object.isBeingDeleted
            else { continue }
            try await collect(object, dependent)
        }
    }

    /// What has become of an owner.
    private enum OwnerState { case present, waitsForDependents, absent }

    /// Deletes an object whose owners are all gone or going; makes it forget those that are if others are left.
    private func collect(_ object: KubeObject, _ node: DependencyGraph.Node) async throws {
        let owners = object.ownerReferences
        guard !owners.isEmpty else { return }
        var lost: Set<String> = []
        var isOwned = false
        var isAwaited = false
        for owner in owners {
            switch try await state(of: owner, for: node) {
            case .present: isOwned = true
            case .waitsForDependents:
                isAwaited = true
                lost.insert(owner.uid)
            case .absent: lost.insert(owner.uid)
            }
        }
        guard !isOwned else {
            guard !lost.isEmpty else { return }
            return try await change(node) { Self.removeOwners(lost, from: &$0) }
        }
        let hasDependents = graph.state.withLock { !$0.dependents(of: node.uid).isEmpty }
        var options = DeletionOptions(uid: node.uid, propagationPolicy: .background)
        if isAwaited && hasDependents || object.finalizers.contains(Deletion.foregroundFinalizer) {
            options.propagationPolicy = .foreground
        } else if object.finalizers.contains(Deletion.orphanFinalizer) {
            options.propagationPolicy = .orphan
        }
        do throws(KubeStatus) {
            try await access.delete(node.resource, node.key, options)
        } catch {
            // Gone, or another object by now.
            guard error.isNotFound || error.isConflict else { throw error }
        }
    }

    private func state(
        of owner: OwnerReference, for node: DependencyGraph.Node
    ) async throws(KubeStatus) -> OwnerState {
        let group = GroupVersion(apiVersion: owner.apiVersion).group
        let resource = access.storedResources().first { $0.kind == owner.kind && $0.group == group }
        // A kind that is not served (yet) says nothing about its objects, and a cluster-scoped object cannot have an
        // owner in a namespace: such dependents are left alone.
        guard let resource, !resource.isNamespaced || node.resource.isNamespaced else { return .present }
        let key = ObjectKey(namespace: resource.isNamespaced ? node.key.namespace : "", name: owner.name)
        guard let object = try await access.get(resource, key), object.uid == owner.uid else { return .absent }
        let isWaiting = object.isBeingDeleted && object.finalizers.contains(Deletion.foregroundFinalizer)
        return isWaiting ? .waitsForDependents : .present
    }

    /// Changes an object's metadata, on its newest version.
    private func change(
        _ node: DependencyGraph.Node, _ edit: (inout KubeObject) -> Void
    ) async throws(KubeStatus) {
        while let stored = try await access.get(node.resource, node.key), stored.uid == node.uid {
            var object = stored
            edit(&object)
            guard object != stored else { return }
            do throws(KubeStatus) {
                _ = try await access.update(node.resource, object)
                return
            } catch {
                if error.isNotFound { return }
                guard error.isConflict else { throw error }
            }
        }
    }

    private static func removeOwners(_ uids: Set<String>, from object: inout KubeObject) {
        let kept = (object.metadata["ownerReferences"]?.array ?? []).filter { !uids.contains($0["uid"]?.string ?? "") }
        object.metadata["ownerReferences"] = kept.isEmpty ? nil : .array(kept)
    }

    private static func removeFinalizer(_ finalizer: String, from object: inout KubeObject) {
        let kept = object.finalizers.filter { $0 != finalizer }
        object.metadata["finalizers"] = kept.isEmpty ? nil : .array(kept.map { .string($0) })
    }
}
