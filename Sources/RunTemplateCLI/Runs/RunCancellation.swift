import KubeClient
import KubeObjects
import KubeWire

/// Asks the controller to end a run.
struct RunCancellation {
    let client: KubeClient

    /// Sets `spec.cancel`. Returns the run as it is then.
    @discardableResult
    func cancel(namespace: String, name: String) async throws -> KubeObject {
        try await client.patch(
            .jobRuns, namespace: namespace, name: name, type: .merge, ["spec": ["cancel": true]],
            options: WriteOptions(fieldManager: "kubectl-run_template"))
    }
}
