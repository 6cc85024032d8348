import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Ends runs, each as its family does it.
struct RunEnding {
    let client: KubeClient

    /// What became of the wish to end a run, in words behind the run's name.
    enum Answer: Sendable, Hashable {
        /// The run ends, and how.
        case taken(String)
        /// There is nothing to end, and why.
        case refused(String)
    }

    /// Ends a run that is not over.
    func cancel(_ run: FamilyRun) async throws -> Answer {
        let kind = run.object.kind
        switch run.family.cancellation(of: run.object) {
        case .ask(let patch):
            try await self.patch(run, patch)
            return .taken("is being cancelled")
        case .suspend(let patch):
            try await self.patch(run, patch)
            return .taken(
                "is being suspended, as a \(kind) cannot be cancelled: its pods end, spec.suspend: false resumes it")
        case .deleteJob(let job):
            try await delete(.jobs, namespace: job.key.namespace, name: job.key.name, uid: job.uid)
            return .taken("is being cancelled: its Job \(job.key.name) is deleted, the \(kind) stays")
        case .withdraw(var patch):
            // In the version that was read: a Job that is made meanwhile is deleted instead.
            patch.set(run.object.resourceVersion.map { .string($0) }, at: ["metadata", "resourceVersion"])
            do {
                try await self.patch(run, patch)
            } catch let status as KubeStatus where status.code == 409 {
                return try await cancel(
                    try await RunLookup(client: client).find(RunName(family: run.family, name: run.name)))
            }
            return .taken("is not to start any more: it had no Job yet")
        case .delete:
            try await delete(run)
            return .taken("is deleted with its Job, as a \(kind) of \(run.resource.group) cannot be cancelled")
        case .refuse(let why): return .refused(why)
        }
    }

    /// Deletes a run with its Jobs, pods and logs. That it is gone already is as good.
    func delete(_ run: FamilyRun) async throws {
        try await delete(run.resource, namespace: run.namespace, name: run.name, uid: run.object.uid)
    }

    private func delete(_ resource: APIResource, namespace: String?, name: String, uid: String?) async throws {
        do {
            try await client.delete(
                resource, namespace: namespace, name: name,
                options: DeleteOptions(propagationPolicy: .background, uid: uid))
        } catch let status as KubeStatus where status.isNotFound {
            // Somebody was quicker.
        }
    }

    private func patch(_ run: FamilyRun, _ patch: JSONValue) async throws {
        _ = try await client.patch(
            run.resource, namespace: run.namespace, name: run.name, type: .merge, patch,
            options: WriteOptions(fieldManager: RunArguments.standardFieldManager))
    }
}
