import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import Logging
import Metrics
import RunCore
import Synchronization

/// Deletes the runs of a template that are over and that it keeps no longer. Its keys are templates.
final class RetentionReconciler: Reconciler {
    let family: any RunFamily
    let resource: CustomResource
    let runs: Store
    let templates: Store
    let client: KubeClient
    let time: TimeSource
    let logger: Logger
    private let deletions: Counter
    /// The uids of runs that could not be deleted when it was tried last.
    private let refused = Mutex<Set<String>>([])

    init(
        family: any RunFamily, resource: CustomResource, runs: Store, templates: Store, client: KubeClient,
        time: TimeSource, logger: Logger
    ) {
        self.family = family
        self.resource = resource
        self.runs = runs
        self.templates = templates
        self.client = client
        self.time = time
        self.logger = logger
        deletions = Counter(label: "runs_deleted_total", dimensions: [("family", family.name)])
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let template = templates.get(key), !template.isBeingDeleted,
            let retention = family.retention(of: template)
        else { return .awaitChange }
        let settled = runs.find(
            FamilyStores.settledIndexer(family), FamilyStores.indexValue(resource, key))
        let verdict = retention.verdict(on: settled.compactMap(family.ended), now: time.now())
        guard verdict.superfluous.isEmpty else { return try await delete(verdict.superfluous) }
        return verdict.next.map { .requeue(after: $0) } ?? .awaitChange
    }

    /// How many runs are deleted in a round: then other templates have their turn, and this one may have changed.
    private static let batch = 100

    /// Deletes runs as they were seen, and with each what it owns. Those that cannot be deleted come last in the next round.
    private func delete(_ runs: [EndedRun]) async throws -> ReconcileResult {
        let (refused, others) = refused.withLock { refused in
            (runs.filter { refused.contains($0.uid) }, runs.filter { !refused.contains($0.uid) })
        }
        var failure: KubeStatus?
        for run in (others + refused).prefix(Self.batch) {
            do {
                try await delete(run)
                self.refused.withLock { _ = $0.remove(run.uid) }
            } catch let status as KubeStatus {
                self.refused.withLock { _ = $0.insert(run.uid) }
                failure = failure ?? status
            }
        }
        // Once there is nothing left but what is refused, it is tried again after a back-off.
        guard others.isEmpty, let failure else { return .requeue(after: .zero) }
        throw failure
    }

    private func delete(_ run: EndedRun) async throws {
        do {
            try await client.delete(
                APIResource(family.runResource), namespace: run.key.namespace, name: run.key.name,
                options: DeleteOptions(
                    propagationPolicy: .background, uid: run.uid, resourceVersion: run.resourceVersion))
            deletions.increment()
            logger.info("run deleted, as its template says", metadata: ["run": "\(run.key)"])
        } catch let status as KubeStatus where status.isNotFound || status.isConflict {
            // Gone already, or changed meanwhile; the store will say so.
        }
    }
}
