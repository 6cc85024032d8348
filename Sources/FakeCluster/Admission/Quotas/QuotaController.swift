import KubeObjects
import KubeWire
import Logging

/// Counts what there is and keeps it in the status of quotas: when what a quota allows changes, when something that it counts goes or
/// is over, and now and then (controller manager, `resourcequota`).
struct QuotaController: Sendable {
    private static let quotas = APIResource(
        group: "", version: "v1", plural: "resourcequotas", kind: "ResourceQuota")
    /// After how long everything is counted again: a place that was taken for an object that was then not stored is free
    /// again.
    private static let resync = Duration.seconds(300)
    /// After how long it is counted again what has become less, or what is still on its way to the store.
    private static let recount = Duration.seconds(1)

    let access: any ClusterAccess
    let store: ObjectStore
    let ledger: QuotaLedger
    let time: TimeSource
    let logger: Logger

    /// Runs until cancelled.
    func run() async {
        let queue = WorkQueue<ObjectKey>(time: time)
        await ControllerLoop(queue: queue, time: time, logger: logger).run(
            feed: { await feed(queue) },
            reconcile: { try await reconcile($0) ? Self.recount : Self.resync })
    }

    private func feed(_ queue: WorkQueue<ObjectKey>) async {
        for await change in access.changes(of: nil) {
            let object = change.object
            if change.resource.groupResource == QuotaAdmission.quotas, Self.isToBeCounted(change) {
                queue.add(object.key)
            }
            guard let namespace = object.namespace, Self.frees(change) else { continue }
            for quota in store.objects(QuotaAdmission.quotas, in: namespace).objects { queue.add(quota.key) }
        }
    }

    /// A quota that was there at the start is counted even if it was counted before: nobody did while the cluster stood.
    private static func isToBeCounted(_ change: ObjectChange) -> Bool {
        switch change.kind {
        case .added: true
        case .modified: !isCounted(change.object)
        case .deleted: false
        }
    }

    /// Whether the status is about what the quota allows. A place that admission has just taken is no reason to count: the
    /// object that it was taken for may not be stored yet, and would be let in for nothing.
    private static func isCounted(_ quota: KubeObject) -> Bool {
        guard let counted = quota[path: "status", "hard"] else { return false }
        return ResourceAmounts(counted) == ResourceAmounts(quota[path: "spec", "hard"] ?? [:])
    }

    /// Whether something goes, is over or may have become smaller.
    private static func frees(_ change: ObjectChange) -> Bool {
        if change.kind == .deleted { return true }
        guard change.kind == .modified else { return false }
        switch change.resource.groupResource {
        case APIResource.pods.groupResource:
            // Only a resize or a deletion makes a new generation of a pod.
            return change.object.generation > 1
                || ["Failed", "Succeeded"].contains(change.object["status"]?.text("phase") ?? "")
        case GroupResource(group: "", resource: "services"), APIResource.persistentVolumeClaims.groupResource:
            return true
        default: return false
        }
    }

    /// - Returns: whether anything is used less than before, or may be soon.
    private func reconcile(_ key: ObjectKey) async throws -> Bool {
        guard var quota = try await access.get(Self.quotas, key), !quota.isBeingDeleted else { return false }
        let hard = ResourceAmounts(quota[path: "spec", "hard"] ?? [:])
        // Known before the count: what is stored meanwhile is seen there, and whoever takes a place meanwhile changes the quota.
        let claims = ledger.claims(on: key, at: UInt64(quota.resourceVersion ?? "") ?? 0)
        var used: ResourceAmounts = [:]
        for name in hard.keys { used[name] = .zero }
        let scopes = QuotaScopes(quota)
        let now = time.now()
        for resource in access.storedResources().map(\.groupResource) {
            guard !QuotaUsage.names(hard.keys, of: resource).isEmpty else { continue }
            let objects = store.objects(resource, in: key.namespace).objects
            for stored in objects where scopes.contain(stored.object, resource) {
                used.add(QuotaUsage.usage(of: stored.object, resource, now: now).only(hard.keys))
            }
            for claim in claims where claim.resource == resource && !claim.isAmong(objects) {
                if let place = claim.places[key] { used.add(place.amounts.only(hard.keys)) }
            }
        }
        let status = quota["status"] ?? [:]
        let former = ResourceAmounts(status["used"] ?? [:])
        if ResourceAmounts(status["hard"] ?? [:]) == hard, former == used { return !claims.isEmpty }
        quota["status"] = ["hard": hard.json, "used": used.json]
        _ = try await access.updateStatus(Self.quotas, quota)
        return !claims.isEmpty || used.contains { name, amount in former[name].map { amount < $0 } ?? false }
    }
}
