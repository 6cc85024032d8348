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
    /// A Job that has to be gone before the next one may be made; that it goes is put on record first.
    let former: ObservedJob?
    /// A Job that nobody asks for, beside the one that does the work, or did: it goes, and nothing waits for that.
    let superfluous: ObservedJob?
    /// Whether the Job that does what the run asks for was to go before: it is on record as replaced, or another one is as
    /// the run's.
    let isTakenBack: Bool

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
        // A Job that goes, and that is not on record as the one that does the work, was replaced, or superfluous. Before
        // anything is on record it was superfluous if another one stays.
        func isLeaving(_ job: ObservedJob) -> Bool {
            guard job.isBeingDeleted, job.result == nil else { return false }
            guard let named = status.job else { return observation.jobs.contains { !$0.isBeingDeleted } }
            return recorded == nil || named.uid != job.reference.uid
        }
        let doing = observation.jobs.filter { job in
            RunWork(of: job)?.isSame(as: wanted) == true && !isLeaving(job)
        }
        // Two for the same work, made by two versions of this controller: the older one has done more of it.
        let current = doing.first { $0.reference.uid == status.job?.uid } ?? doing.first
        let others = observation.jobs.filter { $0 != current }
        let isDone = recorded?.isSame(as: wanted) == true && status.observedGeneration == run.generation
        let isPlaceTaken = current != nil || isDone
        job = current
        former = isPlaceTaken ? nil : others.first { !$0.isHeld } ?? others.first
        superfluous = isPlaceTaken ? others.first { !$0.isBeingDeleted } : nil
        let isReplaced = recorded == nil && status.job?.uid == current?.reference.uid
        let isFormer = recorded != nil && status.job?.uid == superfluous?.reference.uid
        isTakenBack = current != nil && status.job != nil && (isReplaced || isFormer)
        self.recorded = recorded
        self.wanted = wanted
    }

    /// Whether the status tells of the work that is asked for. As long as another Job stands in its place, it is to be done
    /// again: the run was edited, that Job made, and the edit taken back.
    var isRecorded: Bool { former == nil && recorded?.isSame(as: wanted) == true }
}

extension ObservedJob {
    /// Whether the Job would be gone, but for its finalizers. One of those may be that of the garbage collector: to ask for its
    /// deletion once more, in the background, would leave its pods running.
    var isHeld: Bool { isBeingDeleted && !finalizers.isEmpty }
}
