public import KubeObjects

extension CustomTaskFamily {
    /// How often a template that is not there is looked for while it is waited for.
    private static let recheck = Duration.seconds(2)

    /// One Job an attempt, as many attempts as `retries` allows, none after the time limit or a cancel request.
    public func plan(_ object: KubeObject, inputs: PlanInputs) -> PlanOutcome {
        let task = CustomTask(object, kind: kind)
        let status = CustomTaskStatus(of: object)
        guard task.target != nil, !object.isBeingDeleted else { return .none }
        let stray = stray(of: object, status, inputs.observation)
        // The next attempt waits for it no longer than it takes to be refused.
        if let stray, status.reason != RunReason.jobDeleteFailed.rawValue { return .delete(stray.reference) }
        let outcome = plan(task, status, inputs)
        return outcome == .none ? stray.map { .delete($0.reference) } ?? .none : outcome
    }

    /// A Job that goes on though its attempt or the run is over: it was made so late that nobody saw it.
    private func stray(
        of run: KubeObject, _ status: CustomTaskStatus, _ observation: RunObservation
    ) -> ObservedJob? {
        let current = JobName.name(run: run.name ?? "", uid: run.uid ?? "", attempt: status.attempt)
        return observation.jobs.first { job in
            guard job.result == nil, !job.isBeingDeleted else { return false }
            return status.isFinal || job.attempt < status.attempt && job.reference.key.name != current
        }
    }

    private func plan(_ task: CustomTask, _ status: CustomTaskStatus, _ inputs: PlanInputs) -> PlanOutcome {
        guard !status.isFinal else { return .none }
        let job = inputs.observation.jobs.last { $0.attempt == status.attempt }
        let deadline = task.deadline(status, job: job, inputs.settings)
        let isOver = task.isCancelled || deadline.map { $0 <= inputs.now } == true
        if let job {
            guard isOver, job.result == nil, !job.isBeingDeleted else { return .none }
            // Its name must be on record before it goes, or another one would be made.
            guard status.job != nil || task.isCancelled else { return .none }
            return .delete(job.reference)
        }
        guard !isOver, status.job == nil else { return .none }
        do {
            try task.check()
            guard let template = try template(of: task, inputs) else { return wait(task, inputs) }
            let begin = deadline.map { $0 - inputs.now } ?? task.timeout(inputs.settings)
            return .create(
                try CustomTaskPlanner(task: task, template: template, attempt: status.attempt, timeLeft: begin).plan())
        } catch {
            return .reject(error)
        }
    }

    /// What the Job is made of; nil if the object that the run refers to is not there yet.
    private func template(of task: CustomTask, _ inputs: PlanInputs) throws(RunRejection) -> CustomTaskTemplate? {
        guard let target = task.target else { return nil }
        if let reference = task.targetReference {
            if let found = inputs.references[reference] { return try target.template(found, task, inputs.settings) }
            let created = task.object.creationTimestamp ?? inputs.now
            guard inputs.now < min(created, inputs.now) + inputs.settings.templateGrace else {
                throw RunRejection(reason: .targetNotFound, message: Self.notFound(reference))
            }
            return nil
        }
        var template = try target.template(target.embedded(in: task), task, inputs.settings)
        template.snapshot = nil
        return template
    }

    private func wait(_ task: CustomTask, _ inputs: PlanInputs) -> PlanOutcome {
        guard let reference = task.targetReference else { return .none }
        let created = task.object.creationTimestamp ?? inputs.now
        let end = min(created, inputs.now) + inputs.settings.templateGrace
        return .wait(
            RunWait(
                reason: .waitingForTemplate, message: Self.notFound(reference),
                until: min(end, inputs.now + Self.recheck)))
    }

    private static func notFound(_ reference: RunReference) -> String {
        "\(reference.resource.kind) \"\(reference.key.name)\" not found"
            + (reference.resource.isNamespaced ? " in namespace \"\(reference.key.namespace)\"" : "")
    }
}
