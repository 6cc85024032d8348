public import KubeObjects

/// The Jobs of one run and their pods, digested once: all that planning and reporting see of the cluster's work.
public struct RunObservation: Sendable, Hashable {
    /// The Jobs that the run controls, in order of their attempts, those of one attempt oldest first; those that are
    /// being deleted are among them.
    public var jobs: [ObservedJob]
    /// Their pods, oldest first.
    public var pods: [ObservedPod]
    /// Why the API server refuses the Job's pods (quota, admission, a missing service account), in its words; nil if it
    /// does not, or if nobody asked. It stands in the Job's Events only.
    public var podRefusal: String?

    /// Nothing seen.
    public init() {
        jobs = []
        pods = []
    }

    /// Digests the Jobs that the run controls and the pods that these Jobs control.
    public init(jobs: [KubeObject], pods: [KubeObject]) {
        let jobs = jobs.map(ObservedJob.init)
        self.jobs = jobs.sorted { ($0.attempt, $0.age, $0.reference.key) < ($1.attempt, $1.age, $1.reference.key) }
        self.pods = pods.map { pod in
            let job = pod.controllerReference?.uid
            return ObservedPod(pod, container: jobs.first { $0.reference.uid == job }?.container)
        }
        self.pods.sort { ($0.age, $0.name) < ($1.age, $1.name) }
    }

    /// The run's Job of the last attempt.
    public var job: ObservedJob? { jobs.last }

    /// One Job alone, with its pods: of several attempts or replaced Jobs, what a report is about.
    public func only(_ job: ObservedJob) -> RunObservation {
        var observation = RunObservation()
        observation.jobs = [job]
        observation.pods = pods.filter { $0.controller == job.reference.uid }
        if job == self.job { observation.podRefusal = podRefusal }
        return observation
    }

    /// Takes the pods of one Job as they are on the server, whatever was seen of them before.
    public mutating func see(_ objects: [KubeObject], of job: JobReference) {
        pods.removeAll { $0.controller == job.uid }
        let container = jobs.first { $0.reference == job }?.container
        pods += objects.map { ObservedPod($0, container: container) }.filter { $0.controller == job.uid }
        pods.sort { ($0.age, $0.name) < ($1.age, $1.name) }
    }

    /// Whether a container of the run has started.
    public var hasStarted: Bool { pods.contains(where: \.hasStarted) }

    /// Whether the Job is under way, should have pods, and has none: something may be refusing them.
    public var lacksPods: Bool {
        guard let job, job.startTime != nil, job.result == nil,
            !pods.contains(where: { $0.controller == job.reference.uid })
        else { return false }
        return !job.isEnding && !job.isSuspended && !job.isBeingDeleted && (job.active ?? 0) == 0
            && job.spec["parallelism"]?.integer != 0
    }

    /// Whether the Job is over but a pod's end has not arrived yet: pods and Jobs are watched apart, and the one may
    /// be seen before the other.
    public var awaitsPods: Bool {
        guard let job, let result = job.result else { return false }
        if !pods.isEmpty { return pods.contains { !$0.isFinished && !$0.isBeingDeleted } }
        // A deadline has no pod to blame.
        if case .failed(ObservedJob.deadlineExceeded, _) = result { return false }
        return (job.succeeded ?? 0) + (job.failed ?? 0) > 0
    }
}

extension ObservedJob {
    /// What Jobs are sorted by; one without a time was not stored yet and is the youngest.
    fileprivate var age: Timestamp { creationTimestamp ?? Timestamp(seconds: .max) }
}

extension ObservedPod {
    fileprivate var age: Timestamp { creationTimestamp ?? Timestamp(seconds: .max) }
}
