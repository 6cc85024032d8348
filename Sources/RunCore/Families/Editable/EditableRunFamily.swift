import KubeObjects

/// A family whose run holds its whole Job itself and may be edited at any time.
///
/// What can be changed of a Job is changed in place. Any other edit is another piece of work: the Job made from the former
/// words is deleted, then a new one is made. The digest of the plan tells the two apart; it stands in the Job and, once
/// the Job was seen, in `status.digest`, so that a run whose Job was removed by its TTL is not run again.
protocol EditableRunFamily: RunFamily {
    /// Fields of the Job's spec that are changed in place. They are no part of the plan's digest.
    var inPlaceFields: [String] { get }

    /// The Job that the run asks for now.
    func desiredPlan(of run: KubeObject, settings: RunSettings) throws(RunRejection) -> RunPlan
    /// What has to be there before the Job and is not; nil if nothing.
    func obstacle(for run: KubeObject, inputs: PlanInputs) -> RunWait?
    /// Adds to a status what only this family says.
    func complete(_ status: inout JSONObject, of run: KubeObject, observation: RunObservation)
    /// What to tell whoever made the run, when it is looked at for the first time.
    func warnings(about run: KubeObject) -> [EventNote]
}

extension EditableRunFamily {
    func obstacle(for run: KubeObject, inputs: PlanInputs) -> RunWait? { nil }
    func complete(_ status: inout JSONObject, of run: KubeObject, observation: RunObservation) {}
    func warnings(about run: KubeObject) -> [EventNote] { [] }

    /// The digest of what cannot be changed in place.
    func digest(of spec: JSONObject, with more: JSONObject = [:]) -> String {
        var fixed = spec
        for field in inPlaceFields { fixed[field] = nil }
        return Digest.canonical(more.isEmpty ? .object(fixed) : ["spec": .object(fixed), "with": .object(more)])
    }

    /// A Job of the run, with its digest on it.
    func job(
        _ name: String, in namespace: String, of run: KubeObject, labels: JSONObject, spec: JSONObject, digest: String
    ) -> KubeObject {
        var job = KubeObject(apiVersion: "batch/v1", kind: "Job", namespace: namespace, name: name)
        var annotations: JSONObject = [AnnotationKey.planDigest: .string(digest)]
        if let name = run.name, LabelValue.name(name) != name { annotations[runLabel] = .string(name) }
        job.metadata["labels"] = .object(labels)
        job.metadata["annotations"] = .object(annotations)
        if let owner = OwnerReference(controllerOf: run) { job.metadata["ownerReferences"] = [owner.json] }
        job["spec"] = .object(spec)
        return job
    }
}

// MARK: Planning

extension EditableRunFamily {
    /// One Job for each wording of the run, and never two at once.
    public func plan(_ run: KubeObject, inputs: PlanInputs) -> PlanOutcome {
        let status = RunStatus(of: run)
        guard !run.isBeingDeleted, status.phase?.isFinal != true || status.observedGeneration != run.generation
        else { return .none }
        let desired: RunPlan
        do throws(RunRejection) {
            desired = try desiredPlan(of: run, settings: inputs.settings)
        } catch {
            return .reject(error)
        }
        let digest = workDigest(of: run, desired)
        if let former = inputs.observation.jobs.first(where: { $0.digest != digest }) {
            return former.isBeingDeleted && former.result == nil ? .none : .delete(former.reference)
        }
        if let job = inputs.observation.job {
            let isRefused = status.reason == RunReason.jobChangeFailed.rawValue
            let isEdited = isRefused || status.observedGeneration ?? 1 < run.generation
            return steer(job, toward: desired, isEdited: isEdited)
        }
        guard recordedDigest(of: run) != digest else { return .none }
        return obstacle(for: run, inputs: inputs).map { .wait($0) } ?? .create(desired)
    }

    /// - Parameter isEdited: whether the run has changed and the Job not yet with it: only then is a field that it does not
    ///   give one that it no longer gives. Else it is somebody else's, such as an admission webhook's.
    private func steer(_ job: ObservedJob, toward desired: RunPlan, isEdited: Bool) -> PlanOutcome {
        guard !job.isBeingDeleted else { return .none }
        var changes = JSONObject()
        for field in inPlaceFields where job.result == nil || field == "ttlSecondsAfterFinished" {
            let wanted = desired.job[path: "spec", field]
            if wanted != job.spec[field], wanted != nil || isEdited { changes[field] = wanted ?? JSONValue.null }
        }
        guard !changes.isEmpty else { return .none }
        return .patch(JobPatch(job: job.reference, mergePatch: ["spec": .object(changes)]))
    }

    /// What the run's Job is to be made from. As long as the run is as it was when its status was written, that is what is on
    /// record: another version of this controller may put the same work into other words, and is not to begin it anew.
    func workDigest(of run: KubeObject, _ desired: RunPlan) -> String {
        guard RunStatus(of: run).observedGeneration == run.generation else { return desired.digest }
        return recordedDigest(of: run) ?? desired.digest
    }

    /// What the Job that the status tells of was made from; nil if it tells of none.
    func recordedDigest(of run: KubeObject) -> String? { run[path: "status", "digest"]?.string }
}

extension ObservedJob {
    /// What the Job was made from.
    var digest: String? { annotations[AnnotationKey.planDigest] }
}
