import KubeObjects

/// A piece of work: what a run asks for, but for what is changed of a Job in place.
struct RunWork: Hashable {
    /// The digest of the plan.
    var plan: String
    /// The digest of the run's own words; nil where a version of this controller noted it that knew only the plan's.
    var words: String?

    /// The plan tells it, and so do the run's own words: another version of this controller may plan the same words
    /// otherwise, and words may change without any change of the plan.
    func isSame(as other: RunWork) -> Bool {
        plan == other.plan || (words != nil && words == other.words)
    }
}

extension RunWork {
    /// What a Job was made from; nil if it does not say.
    init?(of job: ObservedJob) {
        guard let plan = job.annotations[AnnotationKey.planDigest] else { return nil }
        self.init(plan: plan, words: job.annotations[AnnotationKey.wordsDigest])
    }

    /// What the Job that a run's status tells of was made from; nil if it tells of none.
    init?(recordedOf run: KubeObject) {
        guard let plan = run[path: "status", "digest"]?.string else { return nil }
        self.init(plan: plan, words: run[path: "status", "wordsDigest"]?.string)
    }
}

/// How a run's Jobs stand to what it asks for now.
struct EditedWork {
    /// What it asks for.
    let wanted: RunWork
    /// What its status tells of.
    let recorded: RunWork?
    /// The Job that does what it asks for.
    let job: ObservedJob?
    /// A Job that has to be gone before the next one may be made.
    let former: ObservedJob?

    /// - Parameter desired: The work as it would be planned now.
    init(of run: KubeObject, _ desired: RunWork, _ observation: RunObservation) {
        let status = RunStatus(of: run)
        let recorded = RunWork(recordedOf: run)
        var wanted = desired
        // As long as the run is as it was when its status was written, that is what is on record. Another version of this
        // controller may put the same work into other words, and is not to begin it anew.
        if let recorded, status.observedGeneration == run.generation || recorded.isSame(as: desired) {
            wanted.plan = recorded.plan
        }
        func isLeaving(_ job: ObservedJob) -> Bool {
            job.isBeingDeleted && job.result == nil && Self.isReplaced(job, status, recorded)
        }
        let doing = observation.jobs.filter { job in
            RunWork(of: job)?.isSame(as: wanted) == true && !isLeaving(job)
        }
        // Two for the same work, made by two versions of this controller: the older one has done more of it.
        let current = doing.first { $0.reference.uid == status.job?.uid } ?? doing.first
        job = current
        former = observation.jobs.first { $0 != current }
        self.recorded = recorded
        self.wanted = wanted
    }

    /// Whether the status tells of the work that is asked for.
    var isRecorded: Bool { recorded?.isSame(as: wanted) == true }

    /// Whether a run's status says of a Job that another one takes its place.
    static func isReplaced(_ job: ObservedJob, of run: KubeObject) -> Bool {
        isReplaced(job, RunStatus(of: run), RunWork(recordedOf: run))
    }

    /// It names the Job, and no work that this does.
    private static func isReplaced(_ job: ObservedJob, _ status: RunStatus, _ recorded: RunWork?) -> Bool {
        recorded == nil && status.job?.uid == job.reference.uid
    }
}
