public import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
public import Logging

/// A small controller: runs a command for each ConfigMap that is labelled `example.com/run: "true"`, as a Job of the same
/// name, and says in the annotation `example.com/result` what became of it.
public struct ConfigJobs: Sendable {
    private let client: KubeClient
    private let logger: Logger

    /// A controller over a client.
    public init(client: KubeClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// Works until the task is cancelled.
    public func run() async throws {
        var wanted = Informer.Configuration(resource: .configMaps)
        wanted.labelSelector = "example.com/run=true"
        let configs = Informer(wanted, client: client, logger: logger)
        let jobs = Informer(Informer.Configuration(resource: .jobs), client: client, logger: logger)
        let controller = Controller(
            name: "config-jobs",
            reconciler: ConfigJobReconciler(client: client, configs: configs.store, jobs: jobs.store),
            informers: [configs, jobs], logger: logger)
        configs.addHandler { controller.queue.add($0.key) }
        // A Job has its ConfigMap's name.
        jobs.addHandler { controller.queue.add($0.key) }
        try await ControllerManager(informers: [configs, jobs], controllers: [controller], logger: logger).run()
    }
}

/// Brings one ConfigMap's Job about.
struct ConfigJobReconciler: Reconciler {
    let client: KubeClient
    let configs: Store
    let jobs: Store

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let config = configs.get(key), !config.isBeingDeleted else { return .awaitChange }
        guard let job = jobs.get(key) else {
            do {
                _ = try await client.create(.jobs, Self.job(for: config))
            } catch let status as KubeStatus where status.reason == .alreadyExists {
                // The store does not show it yet.
            }
            return .awaitChange
        }
        guard let result = Self.result(of: job), config.annotations["example.com/result"] != result else {
            return .awaitChange
        }
        _ = try await client.patch(
            .configMaps, namespace: key.namespace, name: key.name, type: .merge,
            ["metadata": ["annotations": ["example.com/result": .string(result)]]])
        return .awaitChange
    }

    private static func job(for config: KubeObject) -> KubeObject {
        var job = KubeObject(
            apiVersion: "batch/v1", kind: "Job", namespace: config.namespace, name: config.name ?? "")
        if let owner = OwnerReference(controllerOf: config) { job.metadata["ownerReferences"] = [owner.json] }
        let command = config[path: "data", "command"]?.string ?? "true"
        job["spec"] = [
            "backoffLimit": 0,
            "template": [
                "spec": [
                    "restartPolicy": "Never",
                    "containers": [["name": "main", "image": "busybox", "command": ["sh", "-c", .string(command)]]],
                ]
            ],
        ]
        return job
    }

    private static func result(of job: KubeObject) -> String? {
        let conditions = job[path: "status", "conditions"]?.array ?? []
        return ["Complete", "Failed"].first { type in
            conditions.contains { $0["type"]?.string == type && $0["status"] == "True" }
        }
    }
}
