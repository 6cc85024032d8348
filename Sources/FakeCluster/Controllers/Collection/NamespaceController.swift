import KubeObjects
import KubeWire
import Logging
import Synchronization

/// Empties namespaces that are being deleted, pods first, then lets them go (`namespace-controller`).
struct NamespaceController: Sendable {
    let access: any ClusterAccess
    let time: TimeSource
    let logger: Logger

    /// The finalizer in `spec.finalizers` that holds a namespace until it is empty.
    private static let finalizer = "kubernetes"

    /// How long a namespace is seen to be terminating before its content goes, so that late writers are told so instead
    /// of finding no namespace (`namespaceDeletionGracePeriod` of kube-controller-manager).
    private static let gracePeriod = Duration.seconds(5)

    /// Runs until cancelled.
    func run() async {
        let queue = WorkQueue<String>(time: time)
        await ControllerLoop(queue: queue, time: time, logger: logger).run {
            // The namespaces that are being deleted, and when their grace is over.
            var terminating: [String: Timestamp] = [:]
            for await change in access.changes(of: nil) {
                if change.resource.groupResource == APIResource.namespaces.groupResource {
                    let name = change.object.name ?? ""
                    if change.kind == .deleted || !change.object.isBeingDeleted {
                        terminating[name] = nil
                    } else {
                        let end = terminating[name] ?? time.now() + Self.gracePeriod
                        terminating[name] = end
                        queue.add(name, after: end - time.now())
                    }
                } else if !terminating.isEmpty, change.kind != .modified, let namespace = change.object.namespace,
                    let end = terminating[namespace]
                {
                    queue.add(namespace, after: end - time.now())
                }
            }
        } reconcile: { name in
            try await empty(name)
            return nil
        }
    }

    private func empty(_ name: String) async throws {
        guard var namespace = try await access.get(.namespaces, ObjectKey(name: name)), namespace.isBeingDeleted,
            let finalizers = namespace[path: "spec", "finalizers"]?.array,
            finalizers.contains(.string(Self.finalizer))
        else { return }
        var remaining = try await delete([.pods], in: name)
        if remaining.isEmpty {
            let resources = access.storedResources().filter { $0.isNamespaced && $0 != .pods }
            remaining = try await delete(resources, in: name)
        }
        guard remaining.isEmpty else { return try await report(remaining, in: namespace) }
        namespace["spec"]?["finalizers"] = .array(finalizers.filter { $0.string != Self.finalizer })
        try await access.finalize(namespace)
    }

    /// What is still there of a resource.
    private struct Remainder {
        var resource: APIResource
        var objects: [KubeObject]
    }

    /// Deletes all objects of some resources in a namespace; returns what is there after that.
    private func delete(_ resources: [APIResource], in namespace: String) async throws -> [Remainder] {
        var remaining: [Remainder] = []
        for resource in resources {
            for object in try await access.list(resource, namespace: namespace) where !object.isBeingDeleted {
                do throws(KubeStatus) {
                    try await access.delete(
                        resource, object.key, DeletionOptions(uid: object.uid, propagationPolicy: .background))
                } catch {
                    guard error.isNotFound || error.isConflict else { throw error }
                }
            }
            let objects = try await access.list(resource, namespace: namespace)
            if !objects.isEmpty { remaining.append(Remainder(resource: resource, objects: objects)) }
        }
        return remaining
    }

    /// Writes into the namespace's status what is waited for.
    private func report(_ remaining: [Remainder], in namespace: KubeObject) async throws {
        var finalizers: [String: Int] = [:]
        for finalizer in remaining.flatMap(\.objects).flatMap(\.finalizers) { finalizers[finalizer, default: 0] += 1 }
        let content = remaining.map { "\($0.resource.groupResource). has \($0.objects.count) resource instances" }
        let held = finalizers.sorted { $0.key < $1.key }.map { "\($0.key) in \($0.value) resource instances" }
        let conditions: [(String, Bool, String, String)] = [
            (
                "NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered",
                "All resources successfully discovered"
            ),
            (
                "NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
                "All legacy kube types successfully parsed"
            ),
            (
                "NamespaceDeletionContentFailure", false, "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization"
            ),
            (
                "NamespaceContentRemaining", true, "SomeResourcesRemain",
                "Some resources are remaining: \(content.joined(separator: ", "))"
            ),
            (
                "NamespaceFinalizersRemaining", !held.isEmpty,
                held.isEmpty ? "ContentHasNoFinalizers" : "SomeFinalizersRemain",
                held.isEmpty
                    ? "All content-preserving finalizers finished"
                    : "Some content in the namespace has finalizers remaining: \(held.joined(separator: ", "))"
            ),
        ]
        var object = namespace
        let former = object[path: "status", "conditions"]?.array ?? []
        let now = time.now().rfc3339
        var status = object["status"] ?? [:]
        status["conditions"] = .array(
            conditions.map { type, isTrue, reason, message in
                let status: JSONValue = isTrue ? "True" : "False"
                let present = former.first { $0["type"]?.string == type && $0["status"] == status }
                return [
                    "type": .string(type), "status": status,
                    "lastTransitionTime": present?["lastTransitionTime"] ?? .string(now), "reason": .string(reason),
                    "message": .string(message),
                ]
            })
        guard object["status"] != status else { return }
        object["status"] = status
        _ = try await access.updateStatus(.namespaces, object)
    }
}
