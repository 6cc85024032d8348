import KubeObjects
import KubeWire
import Logging

/// Deletes the objects of CustomResourceDefinitions that are being deleted, then lets the definitions go (the finalizing
/// controller of apiextensions-apiserver).
struct CustomResourceCleanup: Sendable {
    let access: any ClusterAccess
    let time: TimeSource
    let logger: Logger

    /// Runs until cancelled.
    func run() async {
        let queue = WorkQueue<String>(time: time)
        await ControllerLoop(queue: queue, time: time, logger: logger).run {
            for await change in access.changes(of: [.customResourceDefinitions]) {
                guard change.kind != .deleted, change.object.isBeingDeleted, let name = change.object.name else {
                    continue
                }
                queue.add(name)
            }
        } reconcile: { name in
            try await reconcile(name)
        }
    }

    /// Brings one definition further; returns when to look again while objects with finalizers are left.
    private func reconcile(_ name: String) async throws -> Duration? {
        guard var crd = try await access.get(.customResourceDefinitions, ObjectKey(name: name)), crd.isBeingDeleted,
            crd.finalizers.contains(CustomResourceDefinitionStatus.cleanupFinalizer)
        else { return nil }
        if let resource = ResourceDefinition.custom(crd).first?.resource {
            for object in try await access.list(resource, namespace: nil) where !object.isBeingDeleted {
                try await remove(resource, object.key)
            }
            let remaining = try await access.list(resource, namespace: nil).count
            if remaining > 0 {
                try await report(
                    &crd, "InstanceDeletionInProgress", "CustomResource deletion is in progress")
                return .seconds(1)
            }
        }
        try await report(&crd, "InstanceDeletionCompleted", "removed all instances")
        let finalizers = crd.finalizers.filter { $0 != CustomResourceDefinitionStatus.cleanupFinalizer }
        crd.metadata["finalizers"] = finalizers.isEmpty ? nil : .array(finalizers.map { .string($0) })
        _ = try await access.update(.customResourceDefinitions, crd)
        return nil
    }

    private func remove(_ resource: APIResource, _ key: ObjectKey) async throws(KubeStatus) {
        do {
            try await access.delete(resource, key, DeletionOptions())
        } catch {
            // Somebody may have been faster.
            if !error.isNotFound { throw error }
        }
    }

    /// Sets the condition `Terminating`: as long as objects are left it is true.
    private func report(_ crd: inout KubeObject, _ reason: String, _ message: String) async throws {
        var status = CustomResourceDefinitionStatus(crd["status"] ?? [:], now: time.now())
        let isDone = reason == "InstanceDeletionCompleted"
        if status.condition("Terminating")?["reason"] == .string(reason) { return }
        status.set("Terminating", isDone ? "False" : "True", reason, message)
        crd["status"] = status.json
        crd = try await access.updateStatus(.customResourceDefinitions, crd)
    }
}
