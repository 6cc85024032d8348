import KubeObjects
import KubeWire
import Logging
import TestSupport
import Testing

@testable import FakeCluster

/// What becomes of Jobs whose pods do what a test says.
@Suite(.timeLimit(.minutes(5)))
struct JobControllerTests {
    static let key = ObjectKey(namespace: "n", name: "one")

    @Test func aSucceededPodCompletesItsJob() async throws {
        try await withJob(["backoffLimit": 6, "completions": 1, "parallelism": 1]) { cluster, _ in
            let pod = try await cluster.pods(1)[0]
            #expect(pod.metadata["generateName"] == "one-")
            #expect(pod.finalizers == ["batch.kubernetes.io/job-tracking"])
            #expect(pod.controllerReference?.kind == "Job")
            try await cluster.end(pod, "Succeeded")
            let job = try await cluster.job { $0.isTrue("Complete") }
            let status = JobStatus(job)
            #expect(status.conditions.map(\.type) == ["SuccessCriteriaMet", "Complete"])
            #expect(status.conditions.map(\.reason) == ["CompletionsReached", "CompletionsReached"])
            #expect(status.completionTime != nil)
            #expect(
                (status.succeeded, status.active, status.ready, status.terminating) == (1, 0, 0, 0)
                    && status.uncountedSucceeded.isEmpty)
            #expect(try await cluster.get(.pods, pod.key)?.finalizers == [])
        }
    }

    @Test func theBackoffLimitFailsTheJob() async throws {
        try await withJob(["backoffLimit": 0, "completions": 1, "parallelism": 1]) { cluster, _ in
            try await cluster.end(try await cluster.pods(1)[0], "Failed")
            let status = JobStatus(try await cluster.job { $0.isTrue("Failed") })
            #expect(status.conditions.map(\.type) == ["FailureTarget", "Failed"])
            #expect(status.conditions.allSatisfy { $0.reason == "BackoffLimitExceeded" })
            #expect(status.failed == 1 && status.succeeded == 0)
        }
    }

    @Test func aFailedPodIsReplacedAfterTenSecondsThenTwenty() async throws {
        try await withJob(["backoffLimit": 5, "completions": 1, "parallelism": 1]) { cluster, clock in
            for delay in [10, 20] {
                let pod = try await cluster.activePod()
                try await cluster.end(pod, "Failed", at: clock.now)
                _ = try await cluster.job { $0.active == 0 }
                await clock.waitForSleepers()
                #expect(clock.nextDue == clock.now + .seconds(delay))
                clock.advanceToNext()
            }
            let pod = try await cluster.activePod()
            try await cluster.end(pod, "Succeeded")
            #expect(JobStatus(try await cluster.job { $0.isTrue("Complete") }).failed == 2)
        }
    }

    @Test func theDeadlineEndsTheJobAndItsPods() async throws {
        try await withJob(["backoffLimit": 6, "completions": 1, "parallelism": 1, "activeDeadlineSeconds": 60]) {
            cluster, clock in
            _ = try await cluster.pods(1)
            await clock.waitForSleepers()
            clock.advance(by: .seconds(60))
            let status = JobStatus(try await cluster.job { $0.isTrue("Failed") })
            #expect(status.conditions.map(\.reason) == ["DeadlineExceeded", "DeadlineExceeded"])
            #expect(status.conditions[0].message == "Job was active longer than specified deadline")
            #expect(status.failed == 1 && status.active == 0)
            try await cluster.objects(.pods) { $0.isEmpty }
        }
    }

    @Test func anIndexedJobCountsEachIndexOnce() async throws {
        try await withJob(["backoffLimit": 6, "completions": 2, "parallelism": 2, "completionMode": "Indexed"]) {
            cluster, _ in
            let pods = try await cluster.pods(2).sorted { JobPod($0).index ?? 0 < JobPod($1).index ?? 0 }
            let last = pods[1]
            #expect(last.metadata["generateName"] == "one-1-")
            #expect(last.labels["batch.kubernetes.io/job-completion-index"] == "1")
            #expect(last[path: "spec", "hostname"] == "one-1")
            #expect(last[path: "spec", "containers"]?[0]?["env"]?[0]?["name"] == "JOB_COMPLETION_INDEX")
            try await cluster.end(last, "Succeeded")
            let status = JobStatus(try await cluster.job { $0.succeeded == 1 })
            #expect(status.completedIndexes == "1" && status.active == 1)
            try await cluster.end(pods[0], "Succeeded")
            #expect(JobStatus(try await cluster.job { $0.isTrue("Complete") }).completedIndexes == "0,1")
        }
    }

    @Test func aFailurePolicyEndsTheJobAtOnce() async throws {
        let rule: JSONValue = ["action": "FailJob", "onExitCodes": ["operator": "In", "values": [42]]]
        try await withJob([
            "backoffLimit": 6, "completions": 1, "parallelism": 1, "podFailurePolicy": ["rules": [rule]],
            "podReplacementPolicy": "Failed",
        ]) { cluster, _ in
            let pod = try await cluster.pods(1)[0]
            try await cluster.end(pod, "Failed", exitCode: 42)
            let status = JobStatus(try await cluster.job { $0.isTrue("Failed") })
            #expect(status.conditions[0].reason == "PodFailurePolicy")
            #expect(
                status.conditions[0].message
                    == "Container main for pod n/\(pod.name ?? "") failed with exit code 42 matching FailJob rule at index 0"
            )
        }
    }

    @Test func anIgnoredFailureDoesNotCount() async throws {
        let rule: JSONValue = [
            "action": "Ignore", "onPodConditions": [["type": "DisruptionTarget", "status": "True"]],
        ]
        try await withJob([
            "backoffLimit": 0, "completions": 1, "parallelism": 1, "podFailurePolicy": ["rules": [rule]],
            "podReplacementPolicy": "Failed",
        ]) { cluster, clock in
            let pod = try await cluster.pods(1)[0]
            try await cluster.end(pod, "Failed", condition: "DisruptionTarget")
            await clock.waitForSleepers()
            clock.advance(by: .seconds(10))
            let next = try await cluster.activePod()
            #expect(next.uid != pod.uid)
            #expect(JobStatus(try await cluster.job { $0.active == 1 }).failed == 0)
        }
    }

    @Test func eachIndexHasItsOwnLimit() async throws {
        try await withJob([
            "backoffLimit": 100, "backoffLimitPerIndex": 0, "completions": 2, "parallelism": 2,
            "completionMode": "Indexed",
        ]) { cluster, _ in
            for pod in try await cluster.pods(2) {
                try await cluster.end(pod, JobPod(pod).index == 0 ? "Failed" : "Succeeded")
            }
            let status = JobStatus(try await cluster.job { $0.isTrue("Failed") })
            #expect(status.failedIndexes == "0" && status.completedIndexes == "1")
            #expect(status.conditions[0].reason == "FailedIndexes")
        }
    }

    @Test func aSuccessPolicyEndsTheOthers() async throws {
        try await withJob([
            "backoffLimit": 6, "completions": 3, "parallelism": 3, "completionMode": "Indexed",
            "successPolicy": ["rules": [["succeededIndexes": "1"]]],
        ]) { cluster, _ in
            let pods = try await cluster.pods(3)
            for pod in pods where JobPod(pod).index == 1 { try await cluster.end(pod, "Succeeded") }
            let status = JobStatus(try await cluster.job { $0.isTrue("Complete") })
            #expect(status.conditions[0].reason == "SuccessPolicy")
            #expect(status.conditions[0].message == "Matched rules at index 0")
            #expect(status.succeeded == 1 && status.active == 0)
        }
    }

    @Test func aSuspendedJobHasNoPodsUntilItIsResumed() async throws {
        try await withJob(["backoffLimit": 6, "completions": 1, "parallelism": 1, "suspend": true]) { cluster, _ in
            var job = try await cluster.job { $0.isTrue("Suspended") }
            #expect(JobStatus(job).startTime == nil)
            #expect(try await cluster.list(.pods, namespace: nil).isEmpty)
            job["spec"]?["suspend"] = false
            _ = try await cluster.update(.jobs, job)
            _ = try await cluster.pods(1)
            let resumed = JobStatus(try await cluster.job { $0.active == 1 })
            #expect(resumed.condition("Suspended")?.isTrue == false && resumed.startTime != nil)
        }
    }

    @Test func podsThatASuspensionEndsDoNotFailTheJob() async throws {
        // In real time: the controller meets conflicts here, and tries again after a few milliseconds.
        let spec: JSONObject = ["backoffLimit": 0, "completions": 1, "parallelism": 1]
        try await withJob(spec, time: .system) { cluster, _ in
            // Not before the start is on record: what is suspended then has never started.
            _ = try await cluster.job { $0.active == 1 }
            try await cluster.suspend(true)
            let suspended = JobStatus(try await cluster.job { $0.isTrue("Suspended") && $0.active == 0 })
            #expect(suspended.failed == 0 && suspended.startTime == nil)
            try await cluster.objects(.pods) { $0.isEmpty }
            try await cluster.suspend(false)
            let pod = try await cluster.pods(1)[0]
            let resumed = JobStatus(try await cluster.job { $0.active == 1 })
            #expect(resumed.condition("Suspended")?.isTrue == false && resumed.failed == 0)
            #expect(resumed.startTime != nil)
            try await cluster.end(pod, "Succeeded")
            #expect(JobStatus(try await cluster.job { $0.isTrue("Complete") }).failed == 0)
        }
    }

    @Test func aFinishedJobGoesWhenItsTimeIsOver() async throws {
        try await withJob([
            "backoffLimit": 6, "completions": 1, "parallelism": 1, "ttlSecondsAfterFinished": 100,
        ]) { cluster, clock in
            try await cluster.end(try await cluster.pods(1)[0], "Succeeded")
            _ = try await cluster.job { $0.isTrue("Complete") }
            await clock.waitForSleepers()
            clock.advance(by: .seconds(100))
            let job = try await cluster.object(.jobs, Self.key) { $0.isBeingDeleted }
            #expect(job.finalizers == ["foregroundDeletion"])
        }
    }

    private func withJob(
        _ spec: JSONObject, time: TimeSource? = nil,
        _ body: @escaping @Sendable (MemoryCluster, ManualTime) async throws -> Void
    ) async throws {
        let clock = ManualTime()
        let time = time ?? clock.source
        let cluster = MemoryCluster(time: time)
        let logger = Logger(label: "test")
        let recorder = EventRecorder(access: cluster, time: time, logger: logger)
        let controller = JobController(access: cluster, time: time, recorder: recorder, logger: logger)
        var job = KubeObject(apiVersion: "batch/v1", kind: "Job", namespace: "n", name: "one")
        var spec = spec
        spec["template"] = [
            "metadata": ["labels": ["job-name": "one"]],
            "spec": ["restartPolicy": "Never", "containers": [["name": "main", "image": "busybox"]]],
        ]
        job["spec"] = .object(spec)
        _ = try await cluster.create(.jobs, job)
        try await withRunning([{ await controller.run() }]) { try await body(cluster, clock) }
    }
}

extension MemoryCluster {
    fileprivate func job(_ isWanted: @escaping @Sendable (JobStatus) -> Bool) async throws -> KubeObject {
        try await object(.jobs, JobControllerTests.key) { isWanted(JobStatus($0)) }
    }

    /// Suspends or resumes the Job, whatever else is written meanwhile.
    fileprivate func suspend(_ suspends: Bool) async throws {
        var isDone = false
        while !isDone { isDone = try await change(suspends) }
    }

    private func change(_ suspends: Bool) async throws -> Bool {
        var job = try #require(try await get(.jobs, JobControllerTests.key))
        job["spec"]?["suspend"] = .bool(suspends)
        do {
            _ = try await update(.jobs, job)
            return true
        } catch {
            guard error.isConflict else { throw error }
            return false
        }
    }

    fileprivate func pods(_ count: Int) async throws -> [KubeObject] {
        try await objects(.pods) { $0.count == count }
    }

    fileprivate func activePod() async throws -> KubeObject {
        let pods = try await objects(.pods) { $0.contains { JobPod($0).isActive } }
        return try #require(pods.first { JobPod($0).isActive })
    }

    /// Ends a pod as a kubelet would tell it.
    fileprivate func end(
        _ pod: KubeObject, _ phase: String, exitCode: Int64? = nil, condition: String? = nil, at time: Timestamp? = nil
    ) async throws {
        var pod = try #require(try await get(.pods, pod.key))
        let end = (time ?? Timestamp(seconds: 1_767_225_600)).rfc3339
        let code = exitCode ?? (phase == "Succeeded" ? 0 : 1)
        pod["status"] = [
            "phase": .string(phase),
            "conditions": condition.map { [["type": .string($0), "status": "True"]] } ?? [],
            "containerStatuses": [
                ["name": "main", "state": ["terminated": ["exitCode": .integer(code), "finishedAt": .string(end)]]]
            ],
        ]
        _ = try await updateStatus(.pods, pod)
    }
}
