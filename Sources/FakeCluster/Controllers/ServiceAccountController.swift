import KubeObjects
import KubeWire
import Logging

/// Gives every active namespace its `default` service account and the ConfigMap `kube-root-ca.crt`, and makes them again
/// when they are deleted (controllers `serviceaccount` and `root-ca-cert-publisher` of the controller manager).
struct ServiceAccountController: Sendable {
    let access: any ClusterAccess
    let time: TimeSource
    let logger: Logger
    /// The certificate authority of the server, PEM; published in each namespace.
    let certificateAuthority: String

    private static let configMapName = "kube-root-ca.crt"

    /// Runs until cancelled.
    func run() async {
        let queue = WorkQueue<String>(time: time)
        await ControllerLoop(queue: queue, time: time, logger: logger).run {
            for await change in access.changes(of: [.namespaces, .serviceAccounts, .configMaps]) {
                guard let name = change.object.name else { continue }
                if change.resource.plural == APIResource.namespaces.plural {
                    if change.kind != .deleted { queue.add(name) }
                } else if name == "default" || name == Self.configMapName, change.kind != .added,
                    let namespace = change.object.namespace
                {
                    queue.add(namespace)
                }
            }
        } reconcile: { namespace in
            try await reconcile(namespace)
            return nil
        }
    }

    private func reconcile(_ name: String) async throws {
        guard let namespace = try await access.get(.namespaces, ObjectKey(name: name)), !namespace.isBeingDeleted,
            namespace[path: "status", "phase"]?.string != "Terminating"
        else { return }
        // Clients take the account as the sign that a namespace is ready, so that it comes last.
        try await publishCertificateAuthority(in: name)
        try await ensure(
            .serviceAccounts, KubeObject(apiVersion: "v1", kind: "ServiceAccount", namespace: name, name: "default"))
    }

    private func publishCertificateAuthority(in namespace: String) async throws {
        var wanted = KubeObject(
            apiVersion: "v1", kind: "ConfigMap", namespace: namespace, name: Self.configMapName)
        wanted.metadata["annotations"] = [
            "kubernetes.io/description":
                "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."
        ]
        wanted["data"] = ["ca.crt": .string(certificateAuthority)]
        guard var present = try await access.get(.configMaps, wanted.key) else {
            try await ensure(.configMaps, wanted)
            return
        }
        guard present["data"] != wanted["data"] else { return }
        present["data"] = wanted["data"]
        _ = try await access.update(.configMaps, present)
    }

    private func ensure(_ resource: APIResource, _ object: KubeObject) async throws(KubeStatus) {
        let present = try await access.get(resource, object.key)
        guard present == nil else { return }
        do throws(KubeStatus) {
            _ = try await access.create(resource, object)
        } catch {
            // Somebody was faster, or the namespace is going.
            if !error.isAlreadyExists && !error.isForbidden { throw error }
        }
    }
}
