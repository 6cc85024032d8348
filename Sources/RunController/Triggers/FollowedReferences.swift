import KubeObjects
import KubeRuntime
import KubeWire
import RunCore
import Synchronization

/// Watches the ConfigMaps and Secrets of namespaces in which runs of a family are to be looked at again when these
/// change. Of their data a digest is kept, nothing else.
final class FollowedReferences: Sendable {
    private let family: any RunFamily
    private let runs: Store
    private let informers: InformerSet
    private let queue: WorkQueue
    private let watches: [CustomResource: NamespaceWatches]

    init(_ family: any RunFamily, runs: Store, informers: InformerSet, pool: InformerPool, queue: WorkQueue) {
        self.family = family
        self.runs = runs
        self.informers = informers
        self.queue = queue
        let followed = family.referencedResources.filter { [.configMaps, .secrets].contains($0) }
        watches = Dictionary(
            uniqueKeysWithValues: followed.map { ($0, NamespaceWatches(pool: pool) { queue.add($0) }) })
    }

    /// Takes note of what a run wants.
    func runChanged(_ change: StoreChange) {
        var isFollowing = false
        if case .deleted = change {
        } else if !change.object.isBeingDeleted {
            isFollowing = family.followsReferences(of: change.object)
        }
        for (resource, watch) in watches {
            if isFollowing {
                watch.need(change.key.namespace, for: change.key) {
                    informer(resource, namespace: change.key.namespace)
                }
            } else {
                watch.release(change.key.namespace, by: change.key)
            }
        }
    }

    private func informer(_ resource: CustomResource, namespace: String) -> Informer {
        let informer = informers.informer(APIResource(resource), namespace: namespace, keep: Trimming.data)
        informer.addHandler { [family, runs, queue] change in
            let value = FamilyStores.indexValue(resource, change.key)
            for run in runs.find(FamilyStores.referenceIndexer(family), value) { queue.add(run.key) }
        }
        return informer
    }

    /// Whether all that a run can refer to is known.
    func isComplete(for run: KubeObject) -> Bool {
        !watches.isEmpty && family.followsReferences(of: run)
            && watches.values.allSatisfy { $0.store(run.key.namespace) != nil }
    }

    /// What is left of an object that a run refers to; nil if it is not known.
    func find(_ reference: RunReference) -> KubeObject? {
        watches[reference.resource]?.store(reference.key.namespace)?.get(reference.key)
    }
}
