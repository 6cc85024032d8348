import KubeObjects
import KubeWire
import Logging

/// The loop of a controller whose objects own others: a change of an owner or of one of its dependents brings the owner
/// in order.
struct OwnerLoop: Sendable {
    let access: any ClusterAccess
    let time: TimeSource
    let logger: Logger
    /// What the controller brings in order.
    let owners: APIResource
    /// What belongs to them.
    let dependents: APIResource
    /// Whose the dependents are, kept up by the loop.
    let index = OwnerIndex()

    /// Runs until cancelled.
    /// - Parameter reconcile: brings one owner in order; returns when to look again, if not only on the next change.
    func run(reconcile: @escaping @Sendable (ObjectKey) async throws -> Duration?) async {
        let queue = WorkQueue<ObjectKey>(time: time)
        await ControllerLoop(queue: queue, time: time, logger: logger).run(
            feed: { await feed(queue) }, reconcile: reconcile)
    }

    private func feed(_ queue: WorkQueue<ObjectKey>) async {
        let changes = access.changes(of: [owners, dependents])
        // Known before any owner is looked at, lest its dependents are taken for missing.
        for object in (try? await access.list(dependents, namespace: nil)) ?? [] { index.add(object) }
        for await change in changes {
            let object = change.object
            if change.resource.groupResource == owners.groupResource {
                queue.add(object.key)
                continue
            }
            if change.kind == .deleted { index.remove(object.key) } else { index.add(object) }
            guard let owner = object.controllerReference, owner.kind == owners.kind else { continue }
            queue.add(ObjectKey(namespace: object.namespace ?? "", name: owner.name))
        }
    }
}
