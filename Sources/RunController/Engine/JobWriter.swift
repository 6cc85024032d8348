import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Carries out what a family plans: every request of the engine that changes a Job or what stands before it.
struct JobWriter: Sendable {
    /// What became of a planned request.
    enum Result: Sendable {
        /// The Job was made, or had been made before, or was changed, and is this now; it may be on its way out.
        case written(KubeObject)
        /// The Job was deleted.
        case deleted
        /// The Job that was to be changed or deleted is gone; how it ended is still to be seen.
        case missing
        /// The Job is this now, and was something else when it was decided to delete it.
        case changed(KubeObject)
        /// The server does not carry it out.
        case refused(APIRefusal)
    }

    let client: KubeClient
    let fieldManager: String

    /// Who writes.
    var options: WriteOptions { WriteOptions(fieldManager: fieldManager) }

    /// Makes the Job of a plan, after what it needs.
    /// - Throws: what may go better the next time.
    func create(_ plan: RunPlan, for run: KubeObject) async throws -> Result {
        do {
            let dependents = DependentWriter(client: client, options: options)
            for dependent in plan.dependents {
                if let refusal = try await dependents.write(dependent, for: run) { return .refused(refusal) }
            }
            return .written(
                try await client.create(.jobs, namespace: plan.job.namespace, plan.job, options: options))
        } catch let status as KubeStatus where status.isAlreadyExists {
            return try await adopt(plan.job, for: run)
        } catch let status as KubeStatus {
            guard let refusal = APIRefusal(status) else { throw status }
            return .refused(refusal)
        }
    }

    /// Changes a Job, and no other one of its name.
    func patch(_ patch: JobPatch) async throws -> Result {
        var body = JSONValue.object(patch.mergePatch)
        body.set(.string(patch.job.uid), at: ["metadata", "uid"])
        do {
            return .written(
                try await client.patch(
                    .jobs, namespace: patch.job.key.namespace, name: patch.job.key.name, type: .merge, body,
                    options: options))
        } catch let status as KubeStatus where status.isNotFound {
            return .missing
        } catch let status as KubeStatus {
            guard let refusal = APIRefusal(status) else { throw status }
            return .refused(refusal)
        }
    }

    /// Deletes a Job with its pods, and no other one of its name. One that finalizers hold is changed by that, and stays; its
    /// pods do not go on.
    /// - Parameter seen: The Job as it was looked at. One that has ended meanwhile, or that the run has gone back to, stays: the
    ///   request may come late.
    func delete(_ job: JobReference, as seen: KubeObject?) async throws -> Result {
        // In the background the pods go when the Job has gone.
        let isHeld = seen.map { !ObservedJob($0).finalizers.isEmpty } ?? false
        do {
            let answer = try await client.delete(
                .jobs, namespace: job.key.namespace, name: job.key.name,
                options: DeleteOptions(
                    propagationPolicy: isHeld ? .foreground : .background, uid: job.uid,
                    resourceVersion: seen?.resourceVersion))
            return answer.uid == job.uid && !answer.finalizers.isEmpty ? .written(answer) : .deleted
        } catch let status as KubeStatus where status.isNotFound {
            return .missing
        } catch let status as KubeStatus where status.isConflict {
            // It has changed, or another Job has its name by now.
            guard let found = try await read(job) else { return .missing }
            // Something else was in the way, for a moment or for ever: whoever tries again is not to do so in silence.
            guard let seen, found.resourceVersion != seen.resourceVersion else { throw status }
            return .changed(found)
        } catch let status as KubeStatus {
            guard let refusal = APIRefusal(status) else { throw status }
            return .refused(refusal)
        }
    }

    /// The Job as the server has it; nil if it is gone, or another one has its name.
    func read(_ job: JobReference) async throws -> KubeObject? {
        do {
            let found = try await client.get(.jobs, namespace: job.key.namespace, name: job.key.name)
            return found.uid == job.uid ? found : nil
        } catch let status as KubeStatus where status.isNotFound {
            return nil
        }
    }

    /// The name is taken: by an earlier, cut off try of the same, or by somebody else.
    private func adopt(_ job: KubeObject, for run: KubeObject) async throws -> Result {
        let found = try await client.get(.jobs, namespace: job.namespace, name: job.name ?? "")
        guard found.controllerReference?.uid == run.uid else { return .refused(.nameConflict(job.key)) }
        guard !found.isBeingDeleted else {
            // An earlier Job of this name is on its way out; the name will be free.
            throw KubeStatus(
                code: 409, reason: .conflict, message: "the Job \(job.key) is still being deleted")
        }
        return .written(found)
    }
}
