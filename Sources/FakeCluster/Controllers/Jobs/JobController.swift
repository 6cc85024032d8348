import KubeObjects
import KubeWire
import Logging

/// Runs Jobs: makes their pods, counts their ends, and says when they are done (`job-controller` of v1.36), and removes
/// finished Jobs whose time to live is over.
struct JobController: Sendable {
    /// What is looked at: a Job, or a pod that may have lost its Job.
    enum Key: Hashable, Sendable {
        case job(ObjectKey)
        case pod(ObjectKey)
    }

    static let source = EventRecorder.Source(component: "job-controller")

    let access: any ClusterAccess
    let time: TimeSource
    let recorder: EventRecorder
    let logger: Logger
    private let index = OwnerIndex()
    let backOffs = JobBackOffTable()

    init(access: any ClusterAccess, time: TimeSource, recorder: EventRecorder, logger: Logger) {
        self.access = access
        self.time = time
        self.recorder = recorder
        self.logger = logger
    }

    /// Runs until cancelled.
    func run() async {
        let queue = WorkQueue<Key>(time: time)
        await ControllerLoop(queue: queue, time: time, logger: logger).run {
            await feed(queue)
        } reconcile: { key in
            switch key {
            case .job(let key): return try await sync(key)
            case .pod(let key):
                try await releaseOrphan(key)
                return nil
            }
        }
    }

    private func feed(_ queue: WorkQueue<Key>) async {
        let changes = access.changes(of: [.jobs, .pods])
        // Known before any Job is looked at, lest its pods are taken for missing.
        for pod in (try? await access.list(.pods, namespace: nil)) ?? [] { index.add(pod) }
        for await change in changes {
            let object = change.object
            if change.resource.plural == APIResource.jobs.plural {
                queue.add(.job(object.key))
                guard change.kind == .deleted, let uid = object.uid else { continue }
                backOffs[uid] = nil
                for pod in index.dependents(of: uid) { queue.add(.pod(pod)) }
            } else if change.kind == .deleted {
                index.remove(object.key)
                if let owner = object.controllerReference { queue.add(.job(Self.key(of: owner, object))) }
            } else {
                index.add(object)
                if let owner = object.controllerReference, owner.kind == "Job" {
                    queue.add(.job(Self.key(of: owner, object)))
                }
                if object.finalizers.contains(JobPod.trackingFinalizer) { queue.add(.pod(object.key)) }
            }
        }
    }

    static func key(of owner: OwnerReference, _ pod: KubeObject) -> ObjectKey {
        ObjectKey(namespace: pod.namespace ?? "", name: owner.name)
    }

    /// Brings one Job in order; returns when to look again.
    private func sync(_ key: ObjectKey) async throws -> Duration? {
        guard let job = try await access.get(.jobs, key), let uid = job.uid else { return nil }
        let spec = JobSpecification(job)
        let status = JobStatus(job)
        guard !status.isFinished else {
            backOffs[uid] = nil
            return try await expire(job, status, spec)
        }
        guard !spec.isManagedElsewhere else { return nil }
        let former = backOffs[uid] ?? JobBackOff()
        var sync = JobSync(job, pods: try await pods(of: uid), backOff: former, now: time.now())
        var activeCount = sync.active.count
        var again = sync.timeToDeadline
        var refusal: KubeStatus?
        if sync.outcome != nil {
            try await delete(sync.active, of: job, &sync, uncounted: false)
            activeCount = 0
        } else if !sync.isDeleting {
            let changes = sync.podChanges()
            try await delete(changes.deletions, of: job, &sync, uncounted: true)
            let created = await create(changes.creations, of: job, sync)
            activeCount = sync.active.count + created.count
            refusal = created.refusal
            if let delay = changes.retryAfter { again = min(again ?? delay, delay) }
            sync.noteCompletion(active: activeCount)
            if sync.outcome == nil { suspendOrResume(&sync, job) }
        }
        sync.status.active = activeCount
        sync.status.ready = sync.active.count { $0.isReady }
        sync.status.terminating = sync.terminating
        try await finish(job, &sync, formerStatus: status, formerBackOff: former)
        // Only now: that the Job has begun is on record though its pods are refused.
        if let refusal { throw refusal }
        return again.map { max(.milliseconds(1), $0) }
    }

    private func pods(of uid: String) async throws(KubeStatus) -> [JobPod] {
        var pods: [JobPod] = []
        for key in index.dependents(of: uid) {
            guard let pod = try await access.get(.pods, key), pod.controllerReference?.uid == uid else { continue }
            pods.append(JobPod(pod))
        }
        return pods
    }

    private func suspendOrResume(_ sync: inout JobSync, _ job: KubeObject) {
        let isSuspended = sync.spec.isSuspended
        let verb = isSuspended ? "suspended" : "resumed"
        let hasChanged = sync.status.set(
            JobStatus.Condition(
                type: "Suspended", isTrue: isSuspended, reason: isSuspended ? "JobSuspended" : "JobResumed",
                message: "Job \(verb)", time: sync.now))
        guard hasChanged else { return }
        // A suspended Job has not begun (KEP-5440); the deadline counts from the last time that it was resumed.
        sync.status.startTime = isSuspended ? nil : sync.now
        recorder.record(job, from: Self.source, reason: isSuspended ? "Suspended" : "Resumed", message: "Job \(verb)")
    }

    /// Deletes pods.
    /// - Parameter uncounted: whether they are released first, lest their end counts as a failure: they are deleted because
    ///   the Job is suspended or wants fewer pods, not because it is over.
    private func delete(
        _ pods: [JobPod], of job: KubeObject, _ sync: inout JobSync, uncounted: Bool
    ) async throws(KubeStatus) {
        var deleted: [JobPod] = []
        defer { sync.noteDeleted(deleted) }
        for pod in pods {
            if uncounted, pod.hasFinalizer { try await release(pod.object) }
            do throws(KubeStatus) {
                try await access.delete(.pods, pod.object.key, DeletionOptions(uid: pod.uid))
            } catch {
                guard error.isNotFound || error.isConflict else { throw error }
            }
            deleted.append(pod)
            recorder.record(
                job, from: Self.source, reason: "SuccessfulDelete", message: "Deleted pod: \(pod.name)")
        }
    }

    /// Makes pods; returns how many, and why there are no more.
    private func create(
        _ indexes: [Int?], of job: KubeObject, _ sync: JobSync
    ) async -> (count: Int, refusal: KubeStatus?) {
        guard !indexes.isEmpty else { return (0, nil) }
        let template = JobPodTemplate(job)
        for (count, index) in indexes.enumerated() {
            do throws(KubeStatus) {
                let pod = try await access.create(
                    .pods, template.pod(index: index, replacing: index.flatMap { sync.delayed[$0] }))
                self.index.add(pod)
                recorder.record(
                    job, from: Self.source, reason: "SuccessfulCreate", message: "Created pod: \(pod.name ?? "")")
            } catch {
                recorder.record(
                    job, from: Self.source, .warning, reason: "FailedCreate",
                    message: "Error creating: \(error.message)")
                return (count, error)
            }
        }
        return (indexes.count, nil)
    }

    /// Removes a finished Job when its time to live is over (`ttl-after-finished-controller`); returns when it will be.
    private func expire(
        _ job: KubeObject, _ status: JobStatus, _ spec: JobSpecification
    ) async throws(KubeStatus) -> Duration? {
        guard let seconds = spec.ttlSecondsAfterFinished, !job.isBeingDeleted,
            let end = status.conditions.first(where: { $0.isTrue && ["Complete", "Failed"].contains($0.type) })?.time
        else { return nil }
        let left = end + .seconds(seconds) - time.now()
        guard left <= .zero else { return left }
        do throws(KubeStatus) {
            try await access.delete(
                .jobs, job.key, DeletionOptions(uid: job.uid, propagationPolicy: .foreground))
        } catch {
            guard error.isNotFound else { throw error }
        }
        return nil
    }
}
