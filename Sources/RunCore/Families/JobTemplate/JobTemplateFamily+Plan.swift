public import KubeObjects

extension JobTemplateFamily {
    /// One Job a run, whatever happens: none while the run waits for its template, none after a Job was seen once.
    public func plan(_ object: KubeObject, inputs: PlanInputs) -> PlanOutcome {
        let run = JobRun(object)
        let status = RunStatus(of: object)
        guard !object.isBeingDeleted else { return .none }
        if let job = inputs.observation.job { return steer(job, for: run, status) }
        guard status.phase?.isFinal != true, !run.isCancelled, status.job == nil else { return .none }
        guard !status.isBegunElsewhere else {
            return .wait(
                RunWait(
                    reason: .begunElsewhere,
                    message: "another controller has made this run's Job; make the run the Job's controller, or delete "
                        + "the run"))
        }
        return start(run, inputs: inputs)
    }

    /// The Job exists: suspend it, resume it or end it, if the run says so.
    private func steer(_ job: ObservedJob, for run: JobRun, _ status: RunStatus) -> PlanOutcome {
        guard job.result == nil, !job.isBeingDeleted else { return .none }
        // Made so late that nobody saw it before the run was over.
        let isStray = status.phase?.isFinal == true && status.job?.uid != job.reference.uid
        if run.isCancelled || isStray { return .delete(job.reference) }
        // A run that does not speak of it leaves the Job to whoever suspended or resumed it by hand.
        guard let suspend = run.suspend, suspend != job.isSuspended else { return .none }
        return .patch(JobPatch(job: job.reference, mergePatch: ["spec": ["suspend": .bool(suspend)]]))
    }

    private func start(_ run: JobRun, inputs: PlanInputs) -> PlanOutcome {
        guard let name = run.templateRef else {
            return .reject(RunRejection(reason: .invalidRun, message: "templateRef must be specified"))
        }
        guard let template = inputs.references[Self.reference(to: name, from: run.object)] else {
            return wait(forTemplate: name, run.object, inputs)
        }
        do {
            return .create(try JobTemplatePlanner(run: run, template: JobTemplate(template)).plan())
        } catch {
            return .reject(error)
        }
    }

    private func wait(forTemplate name: String, _ run: KubeObject, _ inputs: PlanInputs) -> PlanOutcome {
        let message = "JobTemplate '\(name)' not found"
        let created = run.creationTimestamp ?? inputs.now
        // Never longer than the grace from now, should the server's clock be ahead of ours.
        let until = min(created, inputs.now) + inputs.settings.templateGrace
        guard inputs.now < until else {
            return .reject(RunRejection(reason: .templateNotFound, message: message))
        }
        return .wait(RunWait(reason: .waitingForTemplate, message: message, until: until))
    }
}
