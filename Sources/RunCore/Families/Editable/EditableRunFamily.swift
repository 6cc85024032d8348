import KubeObjects

/// A family whose run holds its whole Job itself and may be edited at any time.
///
/// What can be changed of a Job is changed in place. Any other edit is another piece of work: the Job made from the former
/// words is deleted, then a new one is made. Two digests tell works apart, that of the plan and that of the run's own words
/// (``RunWork``): one of them stays where the work stays. Both stand in the Job's annotations from the start. They are in
/// the status, as `digest` and `wordsDigest`, from when the Job is on record until another work is to take its place; a run
/// whose Job was removed by its TTL is therefore not run again.
///
/// That a Job is replaced is on record before it is deleted: `jobRef` then names a Job and `digest` nothing. Whoever takes
/// the edit back while a finalizer holds the Job gets another Job, and nobody takes the deletion for somebody else's.
/// Only a Job beside the right one goes without that: one that was made so late that nobody saw it, by a request whose
/// answer was lost, or by another controller.
protocol EditableRunFamily: RunFamily {
    /// Fields of the Job's spec that are changed in place. They are no part of the plan's digest.
    var inPlaceFields: [String] { get }
    /// Which of these the run gives itself. Any other has its default when the Job is made, and is then left to others, such
    /// as a controller that queues Jobs by suspending them.
    func givenFields(of run: KubeObject) -> [String]

    /// The Job that the run asks for now.
    func desiredPlan(of run: KubeObject, settings: RunSettings) throws(RunRejection) -> RunPlan
    /// What of the run tells works apart, as it stands there: everything that may need another Job.
    func words(of run: KubeObject) -> JSONValue
    /// What has to be there before the Job and is not; nil if nothing.
    func obstacle(for run: KubeObject, inputs: PlanInputs) -> RunWait?
    /// Adds to a status what only this family says.
    /// - Parameter job: The Job that the status names.
    func complete(_ status: inout JSONObject, of run: KubeObject, observation: RunObservation, job: JobReference?)
    /// What to tell whoever made the run, when it is looked at for the first time.
    func warnings(about run: KubeObject) -> [EventNote]
}

extension EditableRunFamily {
    func obstacle(for run: KubeObject, inputs: PlanInputs) -> RunWait? { nil }
    func complete(_ status: inout JSONObject, of run: KubeObject, observation: RunObservation, job: JobReference?) {}
    func warnings(about run: KubeObject) -> [EventNote] { [] }

    /// The digest of what cannot be changed in place.
    func digest(of spec: JSONObject, with more: JSONObject = [:]) -> String {
        var fixed = spec
        for field in inPlaceFields { fixed[field] = nil }
        return Digest.canonical(more.isEmpty ? .object(fixed) : ["spec": .object(fixed), "with": .object(more)])
    }

    /// A Job of the run, with what it was made from on it.
    func job(
        _ name: String, in namespace: String, of run: KubeObject, labels: JSONObject, spec: JSONObject, digest: String
    ) -> KubeObject {
        var job = KubeObject(apiVersion: "batch/v1", kind: "Job", namespace: namespace, name: name)
        var annotations: JSONObject = [
            AnnotationKey.planDigest: .string(digest),
            AnnotationKey.wordsDigest: .string(Digest.canonical(words(of: run))),
            AnnotationKey.givenFields: .string(givenFields(of: run).joined(separator: ",")),
        ]
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
        guard !run.isBeingDeleted else { return .none }
        guard status.phase?.isFinal != true || status.observedGeneration != run.generation else {
            return clear(run, of: inputs.observation)
        }
        let desired: RunPlan
        do throws(RunRejection) {
            desired = try acceptedPlan(of: run, inputs.observation, settings: inputs.settings)
        } catch {
            return isAccepted(run) ? .none : .reject(error)
        }
        let work = work(of: run, desired, inputs.observation)
        if let former = work.former { return replace(former, status, work.recorded) }
        let change =
            work.job.map { steer($0, toward: desired, for: run, status, isTakenBack: work.isTakenBack) } ?? .none
        if let job = work.superfluous {
            // Neither waits for the other longer than it takes to be refused.
            let mayChange = change != .none && status.reason != RunReason.jobChangeFailed.rawValue
            return mayChange ? change : .delete(job.reference)
        }
        guard work.job == nil else { return change }
        guard !work.isRecorded else { return .none }
        return obstacle(for: run, inputs: inputs).map { .wait($0) } ?? .create(desired)
    }

    /// The run is over: no Job of it goes on but one that does what is on record. One may have been made so late that nobody
    /// saw it, or have been under way when the run was refused.
    private func clear(_ run: KubeObject, of observation: RunObservation) -> PlanOutcome {
        let own = RunWork(recordedOf: run) == nil ? nil : RunStatus(of: run).job?.uid
        let rest = observation.jobs.first { $0.result == nil && !$0.isBeingDeleted && $0.reference.uid != own }
        return rest.map { .delete($0.reference) } ?? .none
    }

    /// Says that a Job is replaced, deletes it, waits until it is gone. One whose end is on record has nothing left to lose.
    private func replace(_ former: ObservedJob, _ status: RunStatus, _ recorded: RunWork?) -> PlanOutcome {
        let isNamed = status.job?.uid == former.reference.uid
        let mayGo = isNamed && (recorded == nil || former.result != nil && status.phase?.isFinal == true)
        guard former.isHeld || !mayGo else { return .delete(former.reference) }
        var message = "the Job \(former.reference.key), made from what the run said before, is being deleted"
        if !former.holds.isEmpty {
            message += "; it stays as long as it has finalizers: \(former.holds.joined(separator: ", "))"
        }
        return .wait(RunWait(reason: .waitingForFormerJob, message: message))
    }

    /// Changes of a Job that does what the run asks for what is to be changed in place: what the run gives, and what it no
    /// longer gives, which goes back to its default. The rest is left alone: an admission webhook or a queue may see to it.
    /// - Parameter isTakenBack: Whether the Job was to go. That it is to stay is noted on it before it is on record: a request
    ///   to delete it that comes late finds another version of it.
    private func steer(
        _ job: ObservedJob, toward desired: RunPlan, for run: KubeObject, _ status: RunStatus, isTakenBack: Bool
    ) -> PlanOutcome {
        guard !job.isBeingDeleted else { return .none }
        let fields = givenFields(of: run)
        let refusals: [RunReason] = [.jobChangeFailed, .jobDeleteFailed]
        // Whether the run has changed and the Job not yet with it. Of a Job that does not tell which fields it was given, only
        // then is a field that the run does not give one that it no longer gives.
        let isRefused = refusals.contains { $0.rawValue == status.reason }
        let isEdited = isRefused || status.observedGeneration ?? 1 < run.generation
        let spec = desired.job["spec"]
        let given = job.annotations[AnnotationKey.givenFields]
        let isOurs = Set(given?.split(separator: ",").map(String.init) ?? [])
        var changes = JSONObject()
        for field in inPlaceFields where job.result == nil || field == "ttlSecondsAfterFinished" {
            let wanted = spec?[field]
            guard wanted != job.spec[field] else { continue }
            let isNoLongerGiven = given == nil ? isEdited : isOurs.contains(field)
            if fields.contains(field) || isNoLongerGiven { changes[field] = wanted ?? JSONValue.null }
        }
        let told = fields.joined(separator: ",")
        var notes: JSONObject = [:]
        if given != told, given != nil || !changes.isEmpty { notes[AnnotationKey.givenFields] = .string(told) }
        let generation = "\(run.generation)"
        if isTakenBack, job.result == nil, job.annotations[AnnotationKey.takenBack] != generation {
            notes[AnnotationKey.takenBack] = .string(generation)
        }
        guard !changes.isEmpty || !notes.isEmpty else { return .none }
        var patch: JSONObject = changes.isEmpty ? [:] : ["spec": .object(changes)]
        if !notes.isEmpty { patch["metadata"] = ["annotations": .object(notes)] }
        return .patch(JobPatch(job: job.reference, mergePatch: patch))
    }

    /// How the run's Jobs stand to what it asks for now.
    func work(of run: KubeObject, _ desired: RunPlan, _ observation: RunObservation) -> EditedWork {
        EditedWork(
            of: run, RunWork(plan: desired.digest, words: Digest.canonical(words(of: run))), observation)
    }

    /// The same; nil if what the run asks for is refused.
    func work(of input: ReportInput) -> EditedWork? {
        if let desired = try? acceptedPlan(of: input.run, input.observation, settings: input.settings) {
            return work(of: input.run, desired, input.observation)
        }
        guard isAccepted(input.run), let recorded = RunWork(recordedOf: input.run) else { return nil }
        return EditedWork(of: input.run, recorded, input.observation)
    }

    /// The Job that the run asks for now. What goes on was accepted: where the settings of a controller would refuse it by
    /// now, it lets it go on, and still does what the run says of the fields that are changed in place. A Job that is not on
    /// record yet, because a controller ended right after it had made it, was accepted, too.
    private func acceptedPlan(
        of run: KubeObject, _ observation: RunObservation, settings: RunSettings
    ) throws(RunRejection) -> RunPlan {
        do throws(RunRejection) {
            return try desiredPlan(of: run, settings: settings)
        } catch {
            guard let plan = try? desiredPlan(of: run, settings: settings.allowingAll) else { throw error }
            let wanted = RunWork(plan: plan.digest, words: Digest.canonical(words(of: run)))
            let accepted = [RunWork(recordedOf: run)] + observation.jobs.map(RunWork.init(of:))
            guard accepted.contains(where: { $0?.isSame(as: wanted) == true }) else { throw error }
            return plan
        }
    }

    /// Whether the work on record is that of the run as it is now, which a controller of another version may refuse.
    private func isAccepted(_ run: KubeObject) -> Bool {
        RunWork(recordedOf: run) != nil && RunStatus(of: run).observedGeneration == run.generation
    }
}
