import KubeObjects
import RunCore
import Testing

struct JobTemplateReportTests {
    private let family = JobTemplateFamily()

    private func report(
        _ run: KubeObject = Fixture.run(), jobs: [KubeObject] = [Fixture.job()], pods: [KubeObject] = [],
        after: Duration = .seconds(5), refusal: APIRefusal? = nil, outcome: PlanOutcome = .none
    ) -> RunReport {
        family.report(
            ReportInput(
                run: run, outcome: outcome, refusal: refusal, observation: RunObservation(jobs: jobs, pods: pods),
                now: Fixture.now + after))
    }

    private let complete: JSONObject = [
        "startTime": .string(Fixture.now.rfc3339), "completionTime": .string((Fixture.now + .seconds(4)).rfc3339),
        "succeeded": 1, "conditions": [Fixture.condition("Complete", reason: "CompletionsReached")],
    ]
    private let failed: JSONObject = [
        "failed": 1, "conditions": [Fixture.condition("Failed", reason: "BackoffLimitExceeded", message: "too often")],
    ]

    @Test func aJobThatNobodyTouchedYetIsNotWorthAWrite() {
        let report = report(after: .seconds(1))
        #expect(report.status == nil)
        #expect(report.requeueAfter == .seconds(1))
        #expect(self.report(after: .seconds(2)).status?["phase"] == "Pending")
        // A clock that is behind the server's must not hold a status back for ever.
        #expect(self.report(after: .seconds(-60)).status?["phase"] == "Pending")
    }

    @Test func aRunIsRunningOnceAContainerHasStarted() {
        let started: JSONObject = ["startTime": "2026-11-21T06:20:49Z", "active": 1]
        let pending = report(jobs: [Fixture.job(status: started)], pods: [Fixture.pod(status: ["phase": "Pending"])])
        #expect(pending.status?["phase"] == "Pending")
        #expect(pending.status?["active"] == 1)
        #expect(pending.status?["jobRef"]?["uid"] == "job-uid")
        let running = report(jobs: [Fixture.job(status: started)], pods: [Fixture.pod(status: ["phase": "Running"])])
        #expect(running.status?["phase"] == "Running")
        #expect(running.status?["startTime"] == "2026-11-21T06:20:49Z")
    }

    @Test func aCompleteJobIsMirrored() {
        let report = report(jobs: [Fixture.job(status: complete)], pods: [Fixture.endedPod(exitCode: 0)])
        #expect(report.isFinal)
        #expect(report.events.isEmpty)
        #expect(report.status?["phase"] == "Succeeded")
        #expect(report.status?["exitCode"] == 0)
        #expect(report.status?["succeeded"] == 1)
        #expect(report.status?["conditions"] == complete["conditions"])
        #expect(report.status?["completionTime"] == complete["completionTime"])
        #expect(report.status?["duration"] == "4s")
        #expect(report.status?["observedGeneration"] == 1)
    }

    @Test func whatASuccessfulContainerSaysIsAResultOrAMessage() {
        let job = Fixture.job(status: complete)
        let result = report(jobs: [job], pods: [Fixture.endedPod(exitCode: 0, message: #"{"sum": 7}"#)]).status
        #expect(result?["results"] == [["name": "sum", "value": "7"]])
        #expect(result?["message"] == nil)
        let message = report(jobs: [job], pods: [Fixture.endedPod(exitCode: 0, message: "fine")]).status
        #expect(message?["results"] == nil)
        #expect(message?["message"] == "fine")
    }

    @Test func aFailureKeepsWhatTheContainerSaid() {
        let report = report(
            jobs: [Fixture.job(status: failed)],
            pods: [Fixture.endedPod(exitCode: 137, reason: "OOMKilled", message: "too big\n")])
        #expect(report.status?["phase"] == "Failed")
        #expect(report.status?["exitCode"] == 137)
        #expect(report.status?["reason"] == "OOMKilled")
        let message = "container main of pod greet-1-x ended with exit code 137 (OOMKilled): too big"
        #expect(report.status?["message"] == .string(message))
        #expect(report.events == [EventNote(.warning, reason: "OOMKilled", message: message)])
        #expect(report.status?["error"] == nil)
    }

    @Test func theEndWaitsForItsPod() {
        let early = report(jobs: [Fixture.job(status: failed)], pods: [], after: .milliseconds(500))
        #expect(early.status == nil && early.requeueAfter == .milliseconds(1500))
        let late = report(jobs: [Fixture.job(status: failed)], pods: [], after: .seconds(3))
        #expect(late.status?["reason"] == "BackoffLimitExceeded")
        #expect(late.status?["message"] == "too often")
        let remembered = Fixture.run(
            status: ["container": ["pod": "p", "name": "main", "exitCode": 3, "reason": "Error"]])
        let gone = report(remembered, jobs: [Fixture.job(status: failed)], pods: [], after: .seconds(3))
        #expect(gone.status?["exitCode"] == 3)
    }

    @Test func whatLastsMillisecondsIsNotWritten() {
        let ending = Fixture.job(status: ["conditions": [Fixture.condition("SuccessCriteriaMet")]])
        #expect(report(jobs: [ending]).status == nil)
        let failing = Fixture.job(status: ["conditions": [Fixture.condition("FailureTarget")]])
        #expect(report(jobs: [failing]).status == nil)
    }

    @Test func aDeadlineIsATimeOut() {
        let late = Fixture.job(
            status: ["failed": 1, "conditions": [Fixture.condition("Failed", reason: "DeadlineExceeded")]])
        let report = report(jobs: [late], after: .zero)
        #expect(report.status?["phase"] == "TimedOut")
        #expect(report.status?["reason"] == "DeadlineExceeded")
        #expect(report.events.count == 1)
    }

    @Test func anIndexedJobIsDecidedByItsLowestFailedIndex() {
        var job = Fixture.job(status: failed)
        job["spec"]?["completionMode"] = "Indexed"
        let pods = [
            Fixture.endedPod("a", exitCode: 5, index: 2), Fixture.endedPod("b", exitCode: 4, index: 1),
            Fixture.endedPod("c", exitCode: 0, index: 0),
        ]
        #expect(report(jobs: [job], pods: pods).status?["exitCode"] == 4)
        #expect(report(jobs: [Fixture.job(status: failed)], pods: pods).status?["exitCode"] == 4)
    }

    /// A pod with a container `main` and a sidecar `proxy`.
    private func podWithSidecar(
        _ name: String, phase: String, main: Int64?, sidecar: Int64, index: Int? = nil
    ) -> KubeObject {
        func ended(_ code: Int64) -> JSONValue { ["terminated": ["exitCode": .integer(code), "reason": "Error"]] }
        var pod = Fixture.pod(
            name,
            status: [
                "phase": .string(phase),
                "containerStatuses": [["name": "main", "state": main.map(ended) ?? ["running": [:]]]],
                "initContainerStatuses": [
                    ["name": "prepare", "state": ended(0)], ["name": "proxy", "state": ended(sidecar)],
                ],
            ], index: index)
        pod["spec"]?["initContainers"] = [["name": "prepare"], ["name": "proxy", "restartPolicy": "Always"]]
        return pod
    }

    /// A sidecar is stopped when its pod is over, and may not take that well.
    @Test func howASidecarIsStoppedDecidesNothing() {
        var job = Fixture.job(status: failed)
        job["spec"]?["completionMode"] = "Indexed"
        let pods = [
            podWithSidecar("a", phase: "Succeeded", main: 0, sidecar: 143, index: 0),
            podWithSidecar("b", phase: "Running", main: nil, sidecar: 137, index: 1),
            podWithSidecar("c", phase: "Failed", main: 3, sidecar: 143, index: 2),
        ]
        // That a pod succeeded is enough, whatever is known of its containers.
        var unknown = pods
        unknown[0]["spec"]?["initContainers"] = nil
        for pods in [pods, pods.map(Trimming.pod), unknown] {
            let status = report(jobs: [job], pods: pods).status
            #expect(status?["exitCode"] == 3)
            #expect(status?["container"]?["pod"] == "c" && status?["container"]?["name"] == "main")
        }
    }

    /// Unless there is nothing else that failed.
    @Test func aSidecarThatFailsItsPodIsNamed() {
        let pod = podWithSidecar("a", phase: "Failed", main: 0, sidecar: 2)
        let status = report(jobs: [Fixture.job(status: failed)], pods: [Trimming.pod(pod)]).status
        #expect(status?["exitCode"] == 2 && status?["container"]?["name"] == "proxy")
    }

    /// Some put their sidecar first, and name no default container, or one that is not there.
    @Test(arguments: [[:], [AnnotationKey.defaultContainer: "absent"]] as [JSONObject])
    func whatAWebhookPutsBeforeTheContainerIsNotTheContainer(_ annotations: JSONObject) {
        var job = Fixture.job(status: complete)
        job["spec"]?["template"] = [
            "metadata": ["annotations": .object(annotations)],
            "spec": ["containers": [["name": "main", "image": "busybox"], ["name": "more"]]],
        ]
        var pod = Fixture.endedPod(exitCode: 0, message: #"{"rows": 7}"#)
        pod.metadata["ownerReferences"] = [
            ["apiVersion": "batch/v1", "kind": "Job", "name": "greet-1", "uid": "job-uid", "controller": true]
        ]
        pod.metadata["annotations"] = .object(annotations)
        pod["spec"] = ["containers": [["name": "proxy"], ["name": "main"], ["name": "more"]]]
        let proxy: JSONValue = ["name": "proxy", "state": ["terminated": ["exitCode": 0, "reason": "Completed"]]]
        let others = pod["status"]?["containerStatuses"]?.array ?? []
        pod["status"]?["containerStatuses"] = .array([proxy] + others)
        for (job, pod) in [(job, pod), (Trimming.job(job), Trimming.pod(pod))] {
            let status = report(jobs: [job], pods: [pod]).status
            #expect(status?["results"] == [["name": "rows", "value": "7"]])
            #expect(status?["container"]?["name"] == "main")
        }
        #expect(Trimming.job(Trimming.job(job)) == Trimming.job(job))
    }

    @Test func whatFailedOnTheWayToSuccessIsForgotten() {
        let run = Fixture.run(
            status: ["container": ["pod": "p", "name": "main", "exitCode": 3, "reason": "Error", "message": "oh"]])
        let report = report(run, jobs: [Fixture.job(status: complete)], pods: [], after: .seconds(30))
        #expect(report.status?["phase"] == "Succeeded")
        #expect(report.status?["container"] == nil)
        #expect(report.status?["message"] == nil)
    }

    @Test func podsThatTheJobControllerStoppedDoNotDecide() {
        var stopped = Fixture.endedPod("z", exitCode: 143)
        stopped.metadata["deletionTimestamp"] = .string(Fixture.now.rfc3339)
        let job = Fixture.job(status: failed)
        #expect(report(jobs: [job], pods: [Fixture.endedPod("a", exitCode: 9), stopped]).status?["exitCode"] == 9)
        #expect(report(jobs: [job], pods: [stopped]).status?["exitCode"] == 143)
    }

    @Test func theLastFailureDecides() {
        let pods = [
            Fixture.endedPod("b", exitCode: 1, at: Fixture.now),
            Fixture.endedPod("a", exitCode: 2, at: Fixture.now + .seconds(60)),
        ]
        #expect(report(jobs: [Fixture.job(status: failed)], pods: pods).status?["exitCode"] == 2)
    }

    @Test func aRetryKeepsTheLastFailureAndShowsNoExitCode() {
        let retrying = Fixture.job(status: ["startTime": "2026-11-21T06:20:49Z", "active": 1, "failed": 1])
        let report = report(
            jobs: [retrying],
            pods: [Fixture.endedPod("a", exitCode: 2), Fixture.pod("b", status: ["phase": "Running"])])
        #expect(report.status?["phase"] == "Running")
        #expect(report.status?["exitCode"] == nil)
        #expect(report.status?["container"]?["exitCode"] == 2)
        #expect(report.status?["failed"] == 1)
    }

    @Test func aFailureIsWrittenTogetherWithWhatItMeansForTheJob() {
        let before: JSONObject = [
            "phase": "Running", "active": 1, "startTime": "2026-11-21T06:20:49Z", "observedGeneration": 1,
            "jobRef": ["name": .string(Fixture.job().name ?? ""), "uid": "job-uid"],
        ]
        let run = Fixture.run(status: before)
        let job = Fixture.job(status: ["startTime": "2026-11-21T06:20:49Z", "active": 1])
        let pod = Fixture.endedPod(exitCode: 2, at: Fixture.now)
        let early = report(run, jobs: [job], pods: [pod], after: .milliseconds(100))
        #expect(early.status == nil && early.requeueAfter == .milliseconds(1900))
        // A job controller that says nothing must not keep it back.
        #expect(report(run, jobs: [job], pods: [pod], after: .seconds(2)).status?["container"]?["exitCode"] == 2)
        let counted = Fixture.job(status: ["startTime": "2026-11-21T06:20:49Z", "failed": 1])
        let told = report(run, jobs: [counted], pods: [pod], after: .milliseconds(100))
        #expect(told.status?["container"]?["exitCode"] == 2)
    }

    @Test func whatBlocksAPodIsShownInWordsThatStay() {
        let job = Fixture.job(status: ["startTime": "2026-11-21T06:20:49Z", "active": 1])
        func blocked(_ reason: String, _ message: String) -> RunReport {
            let waiting: JSONValue = ["reason": .string(reason), "message": .string(message)]
            return report(
                jobs: [job],
                pods: [
                    Fixture.pod(status: [
                        "phase": "Pending",
                        "containerStatuses": [["name": "main", "image": "no/such", "state": ["waiting": waiting]]],
                    ])
                ])
        }
        let first = blocked("ErrImagePull", "rpc error 1")
        #expect(first.status?["phase"] == "Pending")
        #expect(first.status?["reason"] == "ImagePullBackOff")
        #expect(first.status == blocked("ImagePullBackOff", "Back-off 20s").status)
        #expect(blocked("ContainerCreating", "").status?["reason"] == nil)
    }

    @Test func refusalsAreShownAndFinal() {
        let rejection = RunRejection(reason: .templateNotFound, message: "JobTemplate 'greet' not found")
        let report = report(jobs: [], outcome: .reject(rejection))
        #expect(report.isFinal)
        #expect(report.status?["phase"] == "Failed")
        #expect(report.status?["failed"] == 1)
        #expect(report.status?["error"] == "JobTemplate 'greet' not found")
        let condition = report.status?["conditions"]?[0]
        #expect(condition?["type"] == "Failed" && condition?["status"] == "True")
        #expect(condition?["reason"] == "TemplateNotFound")
        #expect(report.events == [EventNote(.warning, reason: "TemplateNotFound", message: rejection.message)])
    }

    @Test func anEndIsNeverTouchedAgain() {
        let run = Fixture.run(status: ["phase": "Succeeded"])
        #expect(report(run, jobs: []) == RunReport(status: nil, isFinal: true))
        #expect(report(run, jobs: [Fixture.job(status: failed)]) == RunReport(status: nil, isFinal: true))
    }

    @Test func aLostJobIsAFailure() {
        let run = Fixture.run(status: ["phase": "Running", "jobRef": ["name": "j", "uid": "u"], "active": 1])
        let report = report(run, jobs: [])
        #expect(report.status?["reason"] == "JobLost")
        #expect(report.status?["active"] == nil)
        #expect(report.isFinal)
    }

    @Test func aCancelledRunSaysSo() {
        let run = Fixture.run(["cancel": true], status: ["phase": "Running", "jobRef": ["name": "j", "uid": "u"]])
        let report = report(run, jobs: [])
        #expect(report.status?["phase"] == "Cancelled")
        #expect(report.events.map(\.severity) == [.normal])
        let late = self.report(run, jobs: [Fixture.job(status: complete)], pods: [Fixture.endedPod(exitCode: 0)])
        #expect(late.status?["phase"] == "Succeeded")
        let early = self.report(Fixture.run(["cancel": true]), jobs: [])
        #expect(early.status?["message"] == "the run was cancelled before it started")
        #expect(early.status?["jobRef"] == nil)
        // Its Job was made, and is deleted before it was ever on record.
        let job = JobReference(key: ObjectKey(namespace: "demo", name: "j"), uid: "u")
        let soon = self.report(Fixture.run(["cancel": true]), jobs: [], outcome: .delete(job))
        #expect(soon.status?["message"] == "the run was cancelled")
        #expect(soon.status?["jobRef"]?["uid"] == "u")
    }

    @Test func aRefusedJobIsShownAndTriedAgainUnlessItNeverWillDo() throws {
        guard case .create(let plan) = family.plan(Fixture.run(), inputs: Fixture.inputs()) else {
            Issue.record("no plan")
            return
        }
        let quota = APIRefusal(code: 403, reason: "Forbidden", message: "exceeded quota")
        let held = report(jobs: [], refusal: quota, outcome: .create(plan))
        #expect(!held.isFinal)
        #expect(held.status?["phase"] == "Waiting")
        #expect(held.status?["conditions"]?[0]?["type"] == "JobCreated")
        // The same refusal later changes nothing, not even a time.
        let again = report(
            Fixture.run(status: held.status), jobs: [], after: .seconds(60), refusal: quota, outcome: .create(plan))
        #expect(again.status == held.status && again.events.isEmpty)
        let invalid = APIRefusal(code: 422, reason: "Invalid", message: "spec.x")
        #expect(report(jobs: [], refusal: invalid, outcome: .create(plan)).status?["reason"] == "InvalidTemplate")
        let taken = APIRefusal.nameConflict(ObjectKey(namespace: "demo", name: "j"))
        #expect(report(jobs: [], refusal: taken, outcome: .create(plan)).status?["reason"] == "NameConflict")
        let started = Fixture.job(status: ["startTime": "2026-11-21T06:20:49Z", "active": 1])
        let recovered = report(Fixture.run(status: held.status), jobs: [started])
        #expect(recovered.status?["conditions"] == nil)
    }

    @Test func theTemplateIsRememberedThroughTheJob() throws {
        guard case .create(let plan) = family.plan(Fixture.run(), inputs: Fixture.inputs()) else {
            Issue.record("no plan")
            return
        }
        var job = Fixture.job(status: complete)
        job.metadata["annotations"] = plan.job.metadata["annotations"]
        let template = report(jobs: [job], pods: [Fixture.endedPod(exitCode: 0)]).status?["template"]
        #expect(template == plan.template?.json)
        #expect(template?["uid"] == "template-uid")
    }

    /// Who starts a controller anew must find the Job's name, or a Job that is gone would be made again.
    @Test func theJobOfARunThatAnnouncesItsEndIsOnRecordAtOnce() {
        let started = Fixture.job(status: ["startTime": .string(Fixture.now.rfc3339), "active": 1])
        let run = Fixture.run(["callbackUrl": "https://hooks.example.test/done"])
        let report = report(run, jobs: [started], after: .milliseconds(10))
        #expect(report.status?["phase"] == "Pending")
        #expect(report.status?["jobRef"]?["uid"] == "job-uid")
    }

    @Test(
        "an end is announced if the run says so",
        arguments: [
            (nil, 0, true), (nil, 3, true), ("Always", 0, true), ("Always", 3, true), ("Success", 0, true),
            ("Success", 3, false), ("Failure", 0, false), ("Failure", 3, true),
        ] as [(String?, Int64, Bool)])
    func announcements(occasion: String?, exitCode: Int64, isAnnounced: Bool) {
        var spec: JSONObject = ["callbackUrl": "https://hooks.example.test/done"]
        spec["callbackOn"] = occasion.map(JSONValue.string)
        let end = Fixture.now.rfc3339
        let condition: JSONValue = [
            "type": exitCode == 0 ? "Complete" : "Failed", "status": "True", "lastTransitionTime": .string(end),
        ]
        let job = Fixture.job(status: ["startTime": .string(end), "conditions": [condition]])
        let report = report(Fixture.run(spec), jobs: [job], pods: [Fixture.endedPod(exitCode: exitCode)])
        #expect(report.isFinal)
        #expect((report.effect != nil) == isAnnounced)
        #expect((report.status?["callback"]?["state"] == "Pending") == isAnnounced)
    }

    private func running(_ more: JSONObject = [:]) -> KubeObject {
        let job = Fixture.job(status: started)
        let pods = [Fixture.pod(status: ["phase": "Running"])]
        var status = report(jobs: [job], pods: pods).status ?? [:]
        for (key, value) in more { status[key] = value }
        return Fixture.run(status: status)
    }
    private let started: JSONObject = ["startTime": .string(Fixture.now.rfc3339), "active": 1]

    /// The Job controller replaces them, or says that the Job is over.
    @Test func aRunWhosePodsVanishIsStillRunning() {
        let run = running()
        #expect(run[path: "status", "phase"] == "Running")
        let vanished = report(run, jobs: [Fixture.job(status: started)])
        #expect(vanished.status == run["status"]?.object)
        let next = Fixture.pod(status: ["phase": "Pending"])
        #expect(report(run, jobs: [Fixture.job(status: started)], pods: [next]).status == run["status"]?.object)
        // Unless something keeps the next one.
        let waiting: JSONValue = [["name": "main", "state": ["waiting": ["reason": "ImagePullBackOff"]]]]
        let stuck = Fixture.pod(status: ["phase": "Pending", "containerStatuses": waiting])
        let blocked = report(run, jobs: [Fixture.job(status: started)], pods: [stuck]).status
        #expect(blocked?["phase"] == "Pending" && blocked?["reason"] == "ImagePullBackOff")
    }

    /// The Job counts its pod out before it says what that means.
    @Test func aContainerThatEndedAndItsPodAreOneStep() {
        let end = Fixture.endedPod(exitCode: 3, at: Fixture.now + .seconds(4))
        for active: Int64 in [1, 0] {
            let job = Fixture.job(status: ["startTime": .string(Fixture.now.rfc3339), "active": .integer(active)])
            let held = report(running(), jobs: [job], pods: [end], after: .seconds(5))
            #expect(held.status == nil && held.requeueAfter == .seconds(1), "active: \(active)")
            #expect(report(running(), jobs: [job], pods: [end], after: .seconds(6)).status?["container"] != nil)
        }
    }

    /// A Job of many pods changes its counts with each of them.
    @Test func countsAloneAreWrittenEveryFewSeconds() {
        let many = Fixture.job(
            status: ["startTime": .string(Fixture.now.rfc3339), "active": 9, "succeeded": 40, "failed": 1])
        let pods = [Fixture.pod(status: ["phase": "Running"]), Fixture.endedPod("e", exitCode: 2)]
        func report(_ job: KubeObject, written: Duration?) -> RunReport {
            family.report(
                ReportInput(
                    run: running(), outcome: .none, observation: RunObservation(jobs: [job], pods: pods),
                    statusTime: written.map { Fixture.now + (.seconds(60) - $0) }, now: Fixture.now + .seconds(60)))
        }
        let held = report(many, written: .seconds(2))
        #expect(held.status == nil && held.requeueAfter == .seconds(3))
        // Whoever does not know when it was written, or has a clock that went back, writes.
        for written: Duration? in [.seconds(5), nil, .seconds(-60)] {
            #expect(report(many, written: written).status?["succeeded"] == 40, "\(String(describing: written))")
        }
        // Anything else that is new takes the counts along.
        var suspended = many
        suspended["spec"] = ["suspend": true]
        #expect(report(suspended, written: .zero).status?["phase"] == "Suspended")
        var over = many
        over["status"] = .object(complete)
        #expect(report(over, written: .zero).status?["phase"] == "Succeeded")
    }

    /// What is not worth a write is no reason not to look again.
    @Test func aJobWithoutPodsIsAskedAboutThoughNothingIsWritten() {
        let pending = report(jobs: [Fixture.job()], after: .seconds(2)).status
        let begun = Fixture.job(status: ["startTime": .string((Fixture.now + .seconds(2)).rfc3339)])
        let report = report(Fixture.run(status: pending), jobs: [begun], after: .seconds(3))
        #expect(report.status == nil)
        #expect(report.requeueAfter == .seconds(1))
    }

    /// A run that makes several Jobs asks about the last one, whatever is left of the others.
    @Test func onlyTheJobsOwnPodsCount() {
        var other = Fixture.endedPod(exitCode: 3)
        other.metadata["ownerReferences"] = [
            OwnerReference(apiVersion: "batch/v1", kind: "Job", name: "j", uid: "other", controller: true).json
        ]
        let job = Fixture.job(status: ["startTime": .string(Fixture.now.rfc3339)])
        #expect(RunObservation(jobs: [job], pods: [other]).lacksPods)
    }
}
