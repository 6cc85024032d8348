import KubeObjects
import RunCore
import TestSupport
import Testing

/// What a Tekton run says, beside the golden cases.
struct CustomTaskReportTests {
    private let family = CustomTaskFamily(.customRun)
    private let now = CustomTaskPlanTests.now

    private func job(status: JSONObject = [:]) -> KubeObject {
        var job = KubeObject(apiVersion: "batch/v1", kind: "Job", namespace: "ci", name: "step-job")
        job.metadata["uid"] = "job-uid"
        job.metadata["creationTimestamp"] = .string(now.rfc3339)
        job["status"] = .object(status)
        return job
    }

    private func pod(_ status: JSONObject) -> KubeObject {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", namespace: "ci", name: "step-pod")
        pod.metadata["ownerReferences"] = OwnerReference(controllerOf: job()).map { [$0.json] }
        pod["spec"] = ["containers": [["name": "main"]]]
        pod["status"] = .object(status)
        return pod
    }

    private func report(
        _ run: KubeObject, _ outcome: PlanOutcome = .none, jobs: [KubeObject] = [], pods: [KubeObject] = [],
        after: Duration = .seconds(10)
    ) -> RunReport {
        family.report(
            ReportInput(
                run: run, outcome: outcome, observation: RunObservation(jobs: jobs, pods: pods), now: now + after))
    }

    private func run(_ more: JSONObject = [:], status: JSONObject? = nil) -> KubeObject {
        CustomTaskPlanTests.run(.customRun, CustomTaskPlanTests.job(more), status: status)
    }

    private func succeeded(_ report: RunReport) -> JSONValue? { report.status?["conditions"]?[0] }

    private func over(_ message: String) -> (job: KubeObject, pod: KubeObject) {
        let end = JSONValue.string((now + .seconds(3)).rfc3339)
        let complete: JSONValue = ["type": "Complete", "status": "True", "lastTransitionTime": end]
        return (
            job(status: ["startTime": end, "completionTime": end, "succeeded": 1, "conditions": [complete]]),
            pod([
                "phase": "Succeeded",
                "containerStatuses": [
                    ["name": "main", "state": ["terminated": ["exitCode": 0, "message": .string(message)]]]
                ],
            ])
        )
    }

    /// The keys that Tekton's webhook knows; it refuses all others, at every depth.
    @Test func nothingButTektonsKeys() {
        var conditions: [JSONValue] = [
            ["type": "Other", "status": "True", "observedGeneration": 1, "lastProbeTime": "x"],
            ["type": "Succeeded", "status": "Unknown", "lastTransitionTime": "2020-01-01T00:00:00Z"],
        ]
        conditions.reverse()
        let (job, pod) = over("{\"a\":1}")
        let status = report(
            run(status: ["conditions": .array(conditions), "jobRef": ["name": "x"], "phase": "Running"]), jobs: [job],
            pods: [pod]
        ).status
        let known = [
            "conditions", "startTime", "completionTime", "results", "retriesStatus", "observedGeneration",
            "extraFields",
            "annotations",
        ]
        #expect(status?.keys.filter { !known.contains($0) } == [])
        let members = ["type", "status", "severity", "lastTransitionTime", "reason", "message"]
        for condition in status?["conditions"]?.array ?? [] {
            #expect(condition.object?.keys.filter { !members.contains($0) } == [])
        }
        #expect(status?["conditions"]?.array?.map { $0["type"] } == ["Succeeded", "Other"])
        #expect(status?["results"] == [["name": "a", "value": "1"]])
        #expect(status?["completionTime"]?.string == (now + .seconds(3)).rfc3339)
    }

    @Test func theConditionsTimeIsThatOfItsStatus() {
        let since: JSONValue = "2020-01-01T00:00:00Z"
        let before: JSONObject = [
            "startTime": .string(now.rfc3339),
            "conditions": [
                ["type": "Succeeded", "status": "Unknown", "reason": "Started", "lastTransitionTime": since]
            ],
        ]
        let running = job(status: ["startTime": .string(now.rfc3339), "active": 1])
        let started = pod([
            "phase": "Running", "containerStatuses": [["name": "main", "state": ["running": [:]]]],
        ])
        let report = report(run(status: before), jobs: [running], pods: [started])
        #expect(succeeded(report)?["reason"] == "Running")
        #expect(succeeded(report)?["lastTransitionTime"] == since)
        #expect(report.requeueAfter == .seconds(3590))
    }

    struct MessageCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What the container left behind.
        let file: String
        /// How many other containers the pod has: init containers, main ones, those for debugging.
        var others = (initial: 0, main: 0, debug: 0)
        /// Where it is cut, if the run fails for it.
        let cutAt: Int?

        /// What the kubelet makes of the file.
        var message: String {
            let containers = 1 + others.initial + others.main + others.debug
            return String(decoding: file.utf8.suffix(4096).prefix((12 << 10) / containers), as: UTF8.self)
        }
    }

    private static func results(_ size: Int) -> String {
        let frame = #"{"first": "1", "second": ""}"#
        return frame.replacing(#""}"#, with: String(repeating: "x", count: size - frame.utf8.count) + #""}"#)
    }

    static let messages = [
        MessageCase(testDescription: "as long as it may be", file: results(4096), cutAt: nil),
        MessageCase(testDescription: "a byte too long", file: results(4097), cutAt: 4096),
        MessageCase(testDescription: "with a line break behind it", file: results(4096) + "\n", cutAt: 4096),
        MessageCase(
            testDescription: "three containers", file: results(4096), others: (initial: 1, main: 1, debug: 0),
            cutAt: nil),
        MessageCase(
            testDescription: "four containers", file: results(3073), others: (initial: 1, main: 2, debug: 0),
            cutAt: 3072),
        MessageCase(
            testDescription: "four containers, and it fits", file: results(3072),
            others: (initial: 1, main: 2, debug: 0),
            cutAt: nil),
        MessageCase(
            testDescription: "one of four is for debugging", file: results(3073),
            others: (initial: 2, main: 0, debug: 1),
            cutAt: 3072),
        MessageCase(
            testDescription: "cut at both ends",
            file: String(results(2500).dropLast()) + ", " + results(3000).dropFirst(),
            others: (initial: 3, main: 2, debug: 0), cutAt: 2048),
        MessageCase(testDescription: "a long text", file: String(repeating: "all is well ", count: 400), cutAt: nil),
        MessageCase(
            testDescription: "a log of objects", file: String(repeating: #"{"level": "info"}"# + "\n", count: 400),
            cutAt: nil),
        MessageCase(testDescription: "a short text that looks like results", file: "{", cutAt: nil),
    ]

    @Test(arguments: messages)
    func resultsThatWereCutFailTheRun(_ row: MessageCase) {
        var (job, pod) = over(row.message)
        let ended: JSONValue = ["terminated": ["exitCode": 0, "reason": "Completed"]]
        func statuses(_ name: String, _ count: Int) -> [JSONValue] {
            (0..<count).map { ["name": .string("\(name)-\($0)"), "state": ended] }
        }
        let own = pod[path: "status", "containerStatuses"]?.array ?? []
        pod["status"]?["containerStatuses"] = .array(own + statuses("main", row.others.main))
        pod["status"]?["initContainerStatuses"] = .array(statuses("init", row.others.initial))
        pod["status"]?["ephemeralContainerStatuses"] = .array(statuses("debug", row.others.debug))
        let report = report(run(), jobs: [job], pods: [Trimming.pod(pod)])
        #expect(report.isFinal && report.ended == (row.cutAt == nil ? .succeeded : .failed))
        guard let cutAt = row.cutAt else { return }
        #expect(succeeded(report)?["reason"] == "ResultsTooLarge")
        #expect(succeeded(report)?["message"]?.string?.contains("into the \(cutAt) bytes") == true)
    }

    @Test func aCancelRequestBeatsAllButSuccess() {
        let cancelled = run(["status": "RunCancelled", "statusMessage": "stop", "timeout": "1s", "retries": 3])
        let live = job(status: ["startTime": .string(now.rfc3339)])
        let plan = family.plan(
            cancelled, inputs: PlanInputs(observation: RunObservation(jobs: [live], pods: []), now: now + .seconds(5)))
        #expect(plan == .delete(JobReference(key: live.key, uid: "job-uid")))
        let gone = report(cancelled, plan)
        #expect(succeeded(gone)?["reason"] == "CustomRunCancelled" && succeeded(gone)?["message"] == "stop")
        let failed = job(status: [
            "conditions": [["type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"]]
        ])
        #expect(succeeded(report(cancelled, jobs: [failed]))?["reason"] == "CustomRunCancelled")
        let (complete, pod) = over("")
        #expect(succeeded(report(cancelled, jobs: [complete], pods: [pod]))?["status"] == "True")
    }

    /// Tekton's own controllers disagree on what the limit of a Run is for: the operator decides. That of a CustomRun is
    /// always the attempt's.
    @Test(arguments: [
        (CustomTaskKind.run, TimeoutScope.total, "RunTimedOut"), (.run, .perAttempt, "Retrying"),
        (.customRun, .total, "Retrying"), (.customRun, .perAttempt, "Retrying"),
    ])
    func theLimitIsForTheRunOrForEachAttempt(_ kind: CustomTaskKind, _ scope: TimeoutScope, _ expected: String) {
        let family = CustomTaskFamily(kind)
        var settings = RunSettings()
        settings.runTimeoutScope = scope
        let spec = CustomTaskPlanTests.job(of: kind, ["timeout": "60s", "retries": 1])
        func report(_ status: JSONObject?, _ outcome: PlanOutcome, jobs: [KubeObject], after: Duration) -> RunReport {
            let run = CustomTaskPlanTests.run(kind, spec, status: status)
            return family.report(
                ReportInput(
                    run: run, outcome: outcome, observation: RunObservation(jobs: jobs, pods: []), now: now + after,
                    settings: settings))
        }
        func plan(_ status: JSONObject?, jobs: [KubeObject], after: Duration) -> PlanOutcome {
            family.plan(
                CustomTaskPlanTests.run(kind, spec, status: status),
                inputs: PlanInputs(
                    observation: RunObservation(jobs: jobs, pods: []), now: now + after, settings: settings))
        }
        let live = job(status: ["startTime": .string(now.rfc3339), "active": 1])
        let begun = report(nil, .none, jobs: [live], after: .seconds(10))
        #expect(plan(begun.status, jobs: [live], after: .seconds(50)) == .none)
        let deletion = plan(begun.status, jobs: [live], after: .seconds(61))
        #expect(deletion == .delete(JobReference(key: live.key, uid: "job-uid")))
        let over = report(begun.status, deletion, jobs: [], after: .seconds(61))
        #expect(succeeded(over)?["reason"]?.string == expected)
        guard expected == "Retrying" else {
            #expect(over.isFinal)
            return
        }
        // The next attempt has a limit of its own.
        guard case .create(let next) = plan(over.status, jobs: [], after: .seconds(62)) else {
            Issue.record("there is no second attempt")
            return
        }
        #expect(next.job[path: "spec", "activeDeadlineSeconds"]?.integer ?? 0 > 50)
    }

    @Test func aRunThatIsOverIsLeftAlone() {
        let over = run(
            ["status": "RunCancelled"], status: ["conditions": [["type": "Succeeded", "status": "True"]]])
        #expect(family.plan(over, inputs: PlanInputs(now: now)) == .none)
        let report = report(over)
        #expect(report.status == nil && report.isFinal)
    }

    @Test func otherRequestsAreToldOfOnce() {
        let running = job(status: ["startTime": .string(now.rfc3339), "active": 1])
        let report = report(run(["status": "Pause"]), jobs: [running])
        #expect(report.events.map(\.reason) == ["InvalidSpec"])
        #expect(succeeded(report)?["status"] == "Unknown")
    }

    @Test func thePageNamesEveryReason() throws {
        let page = try Repository.text("docs/reference/custom-task.md")
        for reason in CustomTaskReason.allCases {
            #expect(page.contains("`\(reason.isPrefixed ? "Run" : "")\(reason.rawValue)`"), "\(reason)")
        }
    }

    /// A Job whose outcome is settled may account for its pods a moment longer than the limit; then it is stopped.
    @Test func aLimitThatPassesWhileTheJobEndsIsLookedAtAgain() {
        let run = run(["timeout": "5s"])
        let target: JSONValue = ["type": "SuccessCriteriaMet", "status": "True"]
        let ending = job(status: ["startTime": .string(now.rfc3339), "conditions": [target]])
        func plan(_ run: KubeObject, after: Duration) -> PlanOutcome {
            let observation = RunObservation(jobs: [ending], pods: [])
            return family.plan(run, inputs: PlanInputs(observation: observation, now: now + after))
        }
        let held = report(run, jobs: [ending], after: .seconds(6))
        #expect(held.status == nil && held.requeueAfter == .seconds(1))
        #expect(plan(run, after: .seconds(6)) == .none)
        // The Job is on record before it is deleted.
        let recorded = report(run, plan(run, after: .seconds(8)), jobs: [ending], after: .seconds(8))
        #expect(recorded.status?["extraFields"]?["jobRef"]?["uid"] == "job-uid")
        let known = self.run(["timeout": "5s"], status: recorded.status)
        #expect(plan(known, after: .seconds(6)) == .none)
        let deletion = plan(known, after: .seconds(8))
        #expect(deletion == .delete(JobReference(key: ending.key, uid: "job-uid")))
        #expect(succeeded(report(known, deletion, after: .seconds(8)))?["reason"] == "CustomRunTimedOut")
    }
}
