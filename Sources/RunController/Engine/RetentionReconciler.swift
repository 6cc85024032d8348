import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import Logging
import Metrics
import RunCore

/// Deletes the runs of a template that are over and that it keeps no longer. Its keys are templates.
struct RetentionReconciler: Reconciler {
    let family: any RunFamily
    let resource: CustomResource
    let runs: Store
    let templates: Store
    let client: KubeClient
    let time: TimeSource
    let logger: Logger
    private let deletions: Counter

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
        try await delete(verdict.superfluous.prefix(Self.batch))
        if verdict.superfluous.count > Self.batch { return .requeue(after: .zero) }
        return verdict.next.map { .requeue(after: $0) } ?? .awaitChange
    }

    /// How many runs are deleted in a round: then other templates have their turn, and this one may have changed.
    private static let batch = 100

    /// Deletes runs as they were seen, and with each what it owns. One that cannot be deleted does not keep the others.
    private func delete(_ runs: some Sequence<EndedRun>) async throws {
        var failure: (any Error)?
        for run in runs {
            do { try await delete(run) } catch let status as KubeStatus { failure = failure ?? status }
        }
        if let failure { throw failure }
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
