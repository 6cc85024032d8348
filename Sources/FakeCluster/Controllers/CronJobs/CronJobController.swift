import FoundationEssentials
import KubeObjects
import KubeWire
import Logging

/// Starts Jobs at their times (`cronjob-controller`).
struct CronJobController: Sendable {
    private static let source = EventRecorder.Source(component: "cronjob-controller")
    private static let timeKey = "batch.kubernetes.io/cronjob-scheduled-timestamp"

    let access: any ClusterAccess
    let time: TimeSource
    let recorder: EventRecorder
    private let loop: OwnerLoop

    init(access: any ClusterAccess, time: TimeSource, recorder: EventRecorder, logger: Logger) {
        self.access = access
        self.time = time
        self.recorder = recorder
        loop = OwnerLoop(access: access, time: time, logger: logger, owners: .cronJobs, dependents: .jobs)
    }

    /// Runs until cancelled.
    func run() async {
        await loop.run { key in
            try await sync(key)
        }
    }

    /// Brings one CronJob in order; returns when its next time comes.
    private func sync(_ key: ObjectKey) async throws -> Duration? {
        guard var cron = try await access.get(.cronJobs, key), let uid = cron.uid, !cron.isBeingDeleted else {
            return nil
        }
        var jobs: [KubeObject] = []
        for key in loop.index.dependents(of: uid) {
            if let job = try await access.get(.jobs, key) { jobs.append(job) }
        }
        var status = cron["status"]?.object ?? [:]
        noteEnded(cron, jobs, &status)
        try await removeOld(cron, jobs)
        var active = jobs.filter { !JobStatus($0).isFinished && !$0.isBeingDeleted }
        let now = time.now()
        var wait: Duration?
        if cron[path: "spec", "suspend"]?.bool != true, let schedule = schedule(of: cron) {
            if let due = due(cron, schedule, now) {
                if let started = try await start(cron, at: due, &active) {
                    active.append(started)
                    status["lastScheduleTime"] = .string(due.rfc3339)
                }
            }
            wait = schedule.next(after: now, offset: offset(of: cron, at: now)).map { $0 - now }
        }
        let references = active.sorted { $0.key < $1.key }.map(Self.reference)
        status["active"] = references.isEmpty ? nil : .array(references)
        if cron["status"]?.object ?? [:] != status {
            cron["status"] = .object(status)
            _ = try await access.updateStatus(.cronJobs, cron)
        }
        return wait
    }

    private func schedule(of cron: KubeObject) -> CronSchedule? {
        let text = cron[path: "spec", "schedule"]?.string ?? ""
        let schedule = CronSchedule(text)
        if schedule == nil {
            recorder.record(
                cron, from: Self.source, .warning, reason: "UnparseableSchedule",
                message: "unparseable schedule: \(text)")
        }
        return schedule
    }

    /// What the CronJob's time zone is ahead of UTC.
    private func offset(of cron: KubeObject, at moment: Timestamp) -> Int64 {
        guard let name = cron[path: "spec", "timeZone"]?.string, let zone = TimeZone(identifier: name) else { return 0 }
        return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.seconds))))
    }

    /// The last time that has come and was not used yet; nil if there is none, or it was too long ago.
    private func due(_ cron: KubeObject, _ schedule: CronSchedule, _ now: Timestamp) -> Timestamp? {
        let last =
            cron[path: "status", "lastScheduleTime"]?.string.flatMap(Timestamp.init) ?? cron.creationTimestamp ?? now
        var begin = last
        if let seconds = cron[path: "spec", "startingDeadlineSeconds"]?.integer {
            begin = max(last, now + (.zero - .seconds(seconds)))
        }
        let offset = offset(of: cron, at: now)
        // From near now further and further back: only the last time counts, however many were missed.
        for hours in [1, 24, 24 * 32, 24 * 366 * 5] {
            let start = max(begin, now + .seconds(-3600 * hours))
            var due: Timestamp?
            while let next = schedule.next(after: due ?? start, offset: offset), next <= now { due = next }
            if due != nil || start == begin { return due }
        }
        return nil
    }

    /// Starts a Job, unless another one runs and may not run beside it.
    private func start(
        _ cron: KubeObject, at due: Timestamp, _ active: inout [KubeObject]
    ) async throws -> KubeObject? {
        let policy = cron[path: "spec", "concurrencyPolicy"]?.string ?? "Allow"
        if policy == "Forbid", !active.isEmpty {
            recorder.record(
                cron, from: Self.source, reason: "JobAlreadyActive",
                message: "Not starting job because prior execution is running and concurrency policy is Forbid")
            return nil
        }
        if policy == "Replace" {
            for job in active { try await delete(job, of: cron) }
            active = []
        }
        do throws(KubeStatus) {
            let job = try await access.create(.jobs, Self.job(of: cron, at: due))
            loop.index.add(job)
            recorder.record(
                cron, from: Self.source, reason: "SuccessfulCreate", message: "Created job \(job.name ?? "")")
            return job
        } catch {
            // Started before, by a sync that could not write it down.
            guard error.isAlreadyExists else { throw error }
            return nil
        }
    }

    private static func job(of cron: KubeObject, at due: Timestamp) -> KubeObject {
        let template = cron[path: "spec", "jobTemplate"]
        // The name says the minute, so that one time gives one Job.
        let name = "\((cron.name ?? "").prefix(52))-\(due.seconds / 60)"
        var job = KubeObject(apiVersion: "batch/v1", kind: "Job", namespace: cron.namespace, name: name)
        job.metadata["labels"] = template?["metadata"]?["labels"]
        var annotations = template?["metadata"]?["annotations"]?.object ?? [:]
        annotations[timeKey] = .string(due.rfc3339)
        job.metadata["annotations"] = .object(annotations)
        job.metadata["ownerReferences"] = OwnerReference(controllerOf: cron).map { .array([$0.json]) }
        job["spec"] = template?["spec"]
        return job
    }

    private func delete(_ job: KubeObject, of cron: KubeObject) async throws(KubeStatus) {
        try await access.delete(.jobs, job.key, DeletionOptions(uid: job.uid, propagationPolicy: .background))
        recorder.record(
            cron, from: Self.source, reason: "SuccessfulDelete", message: "Deleted job \(job.name ?? "")")
    }

    /// Takes note of Jobs that have ended since the last look.
    private func noteEnded(_ cron: KubeObject, _ jobs: [KubeObject], _ status: inout JSONObject) {
        let known = Set((status["active"]?.array ?? []).compactMap { $0["uid"]?.string })
        for job in jobs where known.contains(job.uid ?? "") {
            let ended = JobStatus(job)
            guard ended.isFinished else { continue }
            let word = ended.isTrue("Complete") ? "Complete" : "Failed"
            recorder.record(
                cron, from: Self.source, reason: "SawCompletedJob",
                message: "Saw completed job: \(job.name ?? ""), condition: \(word)")
        }
        let successes = jobs.map { JobStatus($0) }.filter { $0.isTrue("Complete") }.compactMap(\.completionTime)
        if let last = successes.max() { status["lastSuccessfulTime"] = .string(last.rfc3339) }
    }

    /// Removes ended Jobs beyond what the history keeps.
    private func removeOld(_ cron: KubeObject, _ jobs: [KubeObject]) async throws(KubeStatus) {
        let limits = [("Complete", "successfulJobsHistoryLimit", 3), ("Failed", "failedJobsHistoryLimit", 1)]
        for (condition, key, fallback) in limits {
            let limit = Int(cron["spec"]?[key]?.integer ?? Int64(fallback))
            let ended = jobs.filter { JobStatus($0).isTrue(condition) && !$0.isBeingDeleted }
                .sorted { ($0.creationTimestamp ?? .init(seconds: 0)) < ($1.creationTimestamp ?? .init(seconds: 0)) }
            for job in ended.dropLast(limit) { try await delete(job, of: cron) }
        }
    }

    private static func reference(_ job: KubeObject) -> JSONValue {
        [
            "kind": "Job", "namespace": .string(job.namespace ?? ""), "name": .string(job.name ?? ""),
            "uid": .string(job.uid ?? ""), "apiVersion": "batch/v1",
            "resourceVersion": .string(job.resourceVersion ?? ""),
        ]
    }
}
