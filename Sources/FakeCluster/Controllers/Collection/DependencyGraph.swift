import KubeObjects
import KubeWire

/// Who owns whom, of all objects of the cluster.
struct DependencyGraph: Sendable {
    /// What is known of an object.
    struct Node: Sendable {
        var resource: APIResource
        var key: ObjectKey
        var uid: String
        var owners: [OwnerReference]
        /// Being deleted, and held until its dependents are dealt with.
        var waitsForDependents: Bool

        init?(_ object: KubeObject, of resource: APIResource) {
            guard let uid = object.uid else { return nil }
            self.resource = resource
            self.uid = uid
            key = object.key
            owners = object.ownerReferences
            let finalizers = object.finalizers
            waitsForDependents =
                object.isBeingDeleted
                && (finalizers.contains(Deletion.orphanFinalizer) || finalizers.contains(Deletion.foregroundFinalizer))
        }
    }

    private var nodes: [String: Node] = [:]
    private var dependentsByOwner: [String: Set<String>] = [:]

    /// What is known of an object.
    subscript(uid: String) -> Node? { nodes[uid] }

    /// The objects that name an object as their owner.
    func dependents(of uid: String) -> [Node] { (dependentsByOwner[uid] ?? []).compactMap { nodes[$0] } }

    /// Takes note of an object; returns the objects that are to be looked at.
    mutating func put(_ node: Node) -> [String] {
        let former = nodes.updateValue(node, forKey: node.uid)
        var affected: [String] = []
        if former?.owners != node.owners {
            let lost = Set((former?.owners ?? []).map(\.uid)).subtracting(node.owners.map(\.uid))
            for owner in lost {
                dependentsByOwner[owner]?.remove(node.uid)
                // An owner that waits may have waited for this one.
                if nodes[owner]?.waitsForDependents == true { affected.append(owner) }
            }
            for owner in node.owners { dependentsByOwner[owner.uid, default: []].insert(node.uid) }
            if !node.owners.isEmpty { affected.append(node.uid) }
        }
        if node.waitsForDependents { affected.append(node.uid) }
        return affected
    }

    /// Takes note that an object is gone; returns the objects that are to be looked at.
    mutating func remove(_ uid: String) -> [String] {
        guard let node = nodes.removeValue(forKey: uid) else { return [] }
        var affected = Array(dependentsByOwner[uid] ?? [])
        for owner in node.owners {
            dependentsByOwner[owner.uid]?.remove(uid)
            if dependentsByOwner[owner.uid]?.isEmpty == true { dependentsByOwner[owner.uid] = nil }
            if nodes[owner.uid]?.waitsForDependents == true { affected.append(owner.uid) }
        }
        return affected
    }
}
