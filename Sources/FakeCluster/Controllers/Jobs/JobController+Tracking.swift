import KubeObjects
import KubeWire

extension JobController {
    /// Counts what has ended: writes the status with what is to be counted, releases the pods, writes the counters, and
    /// the end of the Job if nothing is left to count.
    func finish(
        _ job: KubeObject, _ sync: inout JobSync, formerStatus: JobStatus, formerBackOff: JobBackOff
    ) async throws(KubeStatus) {
        var job = job
        sync.status.count(except: Set(sync.pods.filter(\.hasFinalizer).map(\.uid)))
        let (released, isAll) = sync.track()
        if let outcome = sync.outcome {
            sync.status.set(outcome.condition(outcome.interimCondition, at: sync.now))
        }
        let isFirst = job["status"]?["uncountedTerminatedPods"] == nil
        if sync.status != formerStatus || isFirst { try await write(sync.status, to: &job) }
        if let uid = job.uid, sync.backOff != formerBackOff { backOffs[uid] = sync.backOff }
        var held = Set(sync.pods.filter(\.hasFinalizer).map(\.uid))
        for pod in released {
            try await release(pod.object)
            held.remove(pod.uid)
        }
        let written = sync.status
        sync.status.count(except: held)
        let isDone = sync.status.uncountedSucceeded.isEmpty && sync.status.uncountedFailed.isEmpty
        guard let outcome = sync.outcome, isAll, isDone, sync.terminating == 0 else {
            if sync.status != written { try await write(sync.status, to: &job) }
            return
        }
        let now = time.now()
        sync.status.set(outcome.condition(outcome.finalCondition, at: now))
        if outcome.hasSucceeded { sync.status.completionTime = now }
        try await write(sync.status, to: &job)
        report(outcome, sync, job)
    }

    private func write(_ status: JobStatus, to job: inout KubeObject) async throws(KubeStatus) {
        job["status"] = status.json
        job = try await access.updateStatus(.jobs, job)
    }

    private func report(_ outcome: JobOutcome, _ sync: JobSync, _ job: KubeObject) {
        guard outcome.hasSucceeded else {
            return recorder.record(
                job, from: Self.source, .warning, reason: outcome.reason, message: outcome.message)
        }
        if let completions = sync.spec.completions, sync.status.succeeded > completions {
            recorder.record(
                job, from: Self.source, .warning, reason: "TooManySucceededPods",
                message: "Too many succeeded pods running after completion count reached")
        }
        recorder.record(job, from: Self.source, reason: "Completed", message: "Job completed")
    }

    /// Removes the tracking finalizer from a pod.
    func release(_ pod: KubeObject) async throws(KubeStatus) {
        var pod = pod
        while true {
            let kept = pod.finalizers.filter { $0 != JobPod.trackingFinalizer }
            pod.metadata["finalizers"] = kept.isEmpty ? nil : .array(kept.map { .string($0) })
            do throws(KubeStatus) {
                _ = try await access.update(.pods, pod)
                return
            } catch {
                if error.isNotFound { return }
                guard error.isConflict else { throw error }
            }
            guard let fresh = try await access.get(.pods, pod.key), fresh.uid == pod.uid else { return }
            pod = fresh
        }
    }

    /// Releases a pod whose Job is gone.
    func releaseOrphan(_ key: ObjectKey) async throws(KubeStatus) {
        guard let pod = try await access.get(.pods, key), pod.finalizers.contains(JobPod.trackingFinalizer) else {
            return
        }
        if let owner = pod.controllerReference {
            guard owner.kind == "Job" else { return }
            let job = try await access.get(.jobs, Self.key(of: owner, pod))
            guard job?.uid != owner.uid else { return }
        }
        try await release(pod)
    }
}

extension JobOutcome {
    fileprivate func condition(_ type: String, at time: Timestamp) -> JobStatus.Condition {
        JobStatus.Condition(type: type, reason: reason, message: message, time: time)
    }
}
