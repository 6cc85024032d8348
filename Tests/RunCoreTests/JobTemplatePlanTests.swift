import KubeObjects
import RunCore
import Testing

struct JobTemplatePlanTests {
    private let family = JobTemplateFamily()

    private func plan(_ spec: JSONObject = [:], template: KubeObject = Fixture.template()) throws -> RunPlan {
        let outcome = family.plan(Fixture.run(spec), inputs: Fixture.inputs(template: template))
        guard case .create(let plan) = outcome else {
            Issue.record("no Job is planned: \(outcome)")
            throw RunRejection(reason: .invalidRun, message: "\(outcome)")
        }
        return plan
    }

    private func rejection(_ spec: JSONObject, template: KubeObject = Fixture.template()) -> RunRejection? {
        guard case .reject(let rejection) = family.plan(Fixture.run(spec), inputs: Fixture.inputs(template: template))
        else { return nil }
        return rejection
    }

    private func container(_ plan: RunPlan, _ position: Int = 0) -> JSONValue? {
        plan.job[path: "spec", "template", "spec", "containers"]?[position]
    }

    @Test func theJobIsOwnedNamedAndMarked() throws {
        let job = try plan().job
        #expect(job.name == JobName.name(run: "greet-1", uid: "run-uid"))
        #expect(job.namespace == "demo")
        let owner = try #require(job.controllerReference)
        #expect(owner.uid == "run-uid" && owner.kind == "JobRun" && owner.blockOwnerDeletion == true)
        for labels in [job.labels, KubeObject(job[path: "spec", "template"] ?? [:])?.labels ?? [:]] {
            #expect(labels["cellbytes.io/job-run"] == "greet-1")
            #expect(labels["cellbytes.io/job-template"] == "greet")
            #expect(labels["app.kubernetes.io/managed-by"] == "run-controller")
        }
    }

    struct OriginalStatus: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: JSONValue
        var phase: RunPhase?
        var waits = false
    }

    /// Statuses as the original controller wrote them.
    static let originals = [
        OriginalStatus(
            testDescription: "complete",
            status: [
                "startTime": "2026-01-01T00:00:00Z", "completionTime": "2026-01-01T00:00:05Z", "succeeded": 1,
                "conditions": [
                    ["type": "SuccessCriteriaMet", "status": "True"], ["type": "Complete", "status": "True"],
                ],
            ], phase: .succeeded),
        OriginalStatus(
            testDescription: "failed",
            status: [
                "startTime": "2026-01-01T00:00:00Z", "failed": 3,
                "conditions": [["type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"]],
            ], phase: .failed),
        OriginalStatus(
            testDescription: "too late",
            status: ["conditions": [["type": "Failed", "status": "True", "reason": "DeadlineExceeded"]]],
            phase: .timedOut),
        OriginalStatus(
            testDescription: "no template", status: ["failed": 1, "error": "JobTemplate 'x' not found"], phase: .failed),
        OriginalStatus(
            testDescription: "running",
            status: ["startTime": "2026-01-01T00:00:00Z", "active": 1, "conditions": []], waits: true),
        OriginalStatus(
            testDescription: "running, one pod failed",
            status: ["startTime": "2026-01-01T00:00:00Z", "active": 1, "failed": 1, "conditions": []], waits: true),
        OriginalStatus(
            testDescription: "suspended", status: ["conditions": [["type": "Suspended", "status": "True"]]],
            waits: true),
    ]

    @Test(arguments: originals)
    func aRunThatTheOriginalControllerBeganIsNotRunAgain(_ original: OriginalStatus) {
        var run = Fixture.run()
        run["status"] = original.status
        #expect(RunStatus(of: run).phase == original.phase)
        let outcome = family.plan(run, inputs: Fixture.inputs(template: Fixture.template()))
        if original.waits {
            guard case .wait(let wait) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(wait.reason == .begunElsewhere)
        } else {
            #expect(outcome == .none)
        }
        let report = family.report(
            ReportInput(
                run: run, outcome: outcome, refusal: nil, observation: RunObservation(jobs: [], pods: []),
                now: Fixture.now))
        #expect(report.status?["reason"] == (original.waits ? "BegunElsewhere" : nil))
        guard let status = report.status else { return }
        // What it now says keeps it from being started, too.
        run["status"] = .object(status)
        #expect(family.plan(run, inputs: Fixture.inputs(template: Fixture.template())) == outcome)
    }

    @Test func theSameInputsGiveTheSamePlan() throws {
        #expect(try plan() == plan())
        #expect(try plan().digest != plan(["args": ["other"]]).digest)
    }

    @Test func emptyListsKeepTheTemplates() throws {
        let container = try container(plan(["command": [], "args": []]))
        #expect(container?["command"] == ["echo"])
        #expect(container?["args"] == ["hello"])
    }

    @Test func commandAndArgsReplaceEachOnItsOwn() throws {
        #expect(try container(plan(["args": ["a", "b"]]))?["args"] == ["a", "b"])
        #expect(try container(plan(["args": ["a", "b"]]))?["command"] == ["echo"])
        #expect(try container(plan(["command": ["printf"]]))?["args"] == ["hello"])
    }

    @Test func theRunChoosesTheContainer() throws {
        let template = Fixture.template {
            $0["spec"]?.set(
                [["name": "main", "image": "a"], ["name": "side", "image": "b"]],
                at: ["template", "spec", "containers"])
        }
        let plan = try plan(["container": "side", "args": ["x"]], template: template)
        #expect(container(plan)?["args"] == nil)
        #expect(container(plan, 1)?["args"] == ["x"])
        #expect(plan.container == "side")
        let annotations = plan.job[path: "spec", "template", "metadata", "annotations"]
        #expect(annotations?["kubectl.kubernetes.io/default-container"] == "side")
        let fault = try #require(rejection(["container": "no"], template: template))
        #expect(fault.reason == .containerNotFound)
        #expect(fault.message.contains("\"main\", \"side\""))
    }

    @Test func theTemplatesDefaultContainerIsTheTarget() throws {
        let template = Fixture.template {
            $0["spec"]?.set(
                [["name": "main", "image": "a"], ["name": "side", "image": "b"]],
                at: ["template", "spec", "containers"])
            $0["spec"]?.set(
                ["kubectl.kubernetes.io/default-container": "side"], at: ["template", "metadata", "annotations"])
        }
        #expect(try container(plan(["args": ["x"]], template: template), 1)?["args"] == ["x"])
    }

    @Test func overridesNeedTheTemplatesLeave() throws {
        let fault = try #require(rejection(["image": "evil", "backoffLimit": 3]))
        #expect(fault.reason == .overrideNotAllowed)
        #expect(fault.message.contains("spec.image, spec.backoffLimit"))
        #expect(fault.message.contains("JobTemplate \"greet\" allows command, args, parameters"))
        let closed = Fixture.template { $0["overridable"] = [] }
        #expect(rejection(["args": ["x"]], template: closed)?.message.contains("allows no overrides") == true)
    }

    @Test func overridesReplaceOrCompleteWhatTheTemplateHas() throws {
        let template = Fixture.template {
            $0["overridable"] = ["*"]
            $0["spec"]?.set(["tier": "x"], at: ["template", "metadata", "labels"])
        }
        let plan = try plan(
            [
                "env": [["name": "A", "value": "1"]], "resources": ["limits": ["cpu": "1"]],
                "nodeSelector": ["disk": "ssd"], "ttlSecondsAfterFinished": 60,
                "labels": ["team": "data", "cellbytes.io/job-run": "forged"], "serviceAccountName": "builder",
            ], template: template)
        #expect(container(plan)?["env"] == [["name": "A", "value": "1"]])
        #expect(container(plan)?["resources"] == ["limits": ["cpu": "1"]])
        let pod = plan.job[path: "spec", "template", "spec"]
        #expect(pod?["nodeSelector"] == ["disk": "ssd"])
        #expect(pod?["serviceAccountName"] == "builder")
        #expect(plan.job[path: "spec", "ttlSecondsAfterFinished"] == 60)
        #expect(plan.job.labels["team"] == "data")
        #expect(plan.job.labels["cellbytes.io/job-run"] == "greet-1")
        #expect(plan.job[path: "spec", "template", "metadata", "labels", "tier"] == "x")
        #expect(plan.job[path: "spec", "template", "metadata", "labels", "team"] == "data")
    }

    @Test func aCallbacksTokenStaysInTheRun() throws {
        let job = try plan(["callbackUrl": "https://hooks.example.test/done", "callbackToken": "s3cr3t"]).job
        #expect(job.annotations["cellbytes.io/callback-url"] == "https://hooks.example.test/done")
        #expect(!job.value.encodedString().contains("s3cr3t"))
    }

    @Test func longNamesAreKeptInAnnotations() throws {
        let name = String(repeating: "long.", count: 40) + "run"
        var run = Fixture.run()
        run.metadata["name"] = .string(name)
        guard case .create(let plan) = family.plan(run, inputs: Fixture.inputs()) else {
            Issue.record("no plan")
            return
        }
        #expect((plan.job.labels["cellbytes.io/job-run"] ?? "").count <= 63)
        #expect(plan.job.annotations["cellbytes.io/job-run"] == name)
        #expect(plan.job[path: "spec", "template", "metadata", "annotations", "cellbytes.io/job-run"] == .string(name))
    }

    @Test func templatesWithoutAContainerAreRefused() throws {
        let empty = Fixture.template { $0["spec"] = ["template": ["spec": [:]]] }
        #expect(rejection([:], template: empty)?.reason == .invalidTemplate)
        let bare = Fixture.template { $0["spec"] = nil }
        #expect(rejection([:], template: bare)?.reason == .invalidTemplate)
    }

    @Test func aMissingTemplateIsWaitedForAndThenRefused() throws {
        let run = Fixture.run()
        guard case .wait(let wait) = family.plan(run, inputs: Fixture.inputs(template: nil, after: .seconds(9))) else {
            Issue.record("no wait")
            return
        }
        #expect(wait.reason == .waitingForTemplate)
        #expect(wait.until == Fixture.now + .seconds(10))
        let late = family.plan(run, inputs: Fixture.inputs(template: nil, after: .seconds(10)))
        #expect(
            late == .reject(RunRejection(reason: .templateNotFound, message: "JobTemplate 'greet' not found")))
    }

    @Test func aRunStartsOneJobOnly() {
        let seen = Fixture.run(status: ["phase": "Running", "jobRef": ["name": "j", "uid": "u"]])
        #expect(family.plan(seen, inputs: Fixture.inputs()) == .none)
        #expect(family.plan(Fixture.run(), inputs: Fixture.inputs(jobs: [Fixture.job()])) == .none)
        #expect(family.plan(Fixture.run(status: ["phase": "Failed"]), inputs: Fixture.inputs()) == .none)
    }

    /// Made so late that nobody saw it before the run was over: it does not go on. The one on record is left to itself.
    @Test func aJobThatTurnsUpAfterTheEndIsDeleted() {
        let job = Fixture.job()
        let late = PlanOutcome.delete(JobReference(key: job.key, uid: "job-uid"))
        let failed: JSONObject = ["phase": "Failed", "reason": "TemplateNotFound"]
        #expect(family.plan(Fixture.run(status: failed), inputs: Fixture.inputs(jobs: [job])) == late)
        var named = failed
        named["jobRef"] = ["name": .string(job.name ?? ""), "uid": "job-uid"]
        #expect(family.plan(Fixture.run(status: named), inputs: Fixture.inputs(jobs: [job])) == .none)
    }

    @Test func aCancelledRunsJobIsDeletedUnlessItIsOver() {
        let run = Fixture.run(["cancel": true])
        let job = Fixture.job()
        let reference = JobReference(key: job.key, uid: "job-uid")
        #expect(family.plan(run, inputs: Fixture.inputs(jobs: [job])) == .delete(reference))
        #expect(family.plan(run, inputs: Fixture.inputs()) == .none)
        let done = Fixture.job(status: ["conditions": [Fixture.condition("Complete")]])
        #expect(family.plan(run, inputs: Fixture.inputs(jobs: [done])) == .none)
    }

    @Test func onlyARunThatSpeaksOfItSuspendsAndResumes() throws {
        let held = Fixture.job(suspended: true)
        #expect(family.plan(Fixture.run(), inputs: Fixture.inputs(jobs: [held])) == .none)
        let patch = JobPatch(
            job: JobReference(key: held.key, uid: "job-uid"), mergePatch: ["spec": ["suspend": false]])
        #expect(family.plan(Fixture.run(["suspend": false]), inputs: Fixture.inputs(jobs: [held])) == .patch(patch))
        #expect(family.plan(Fixture.run(["suspend": true]), inputs: Fixture.inputs(jobs: [held])) == .none)
        #expect(try plan(["suspend": true]).job[path: "spec", "suspend"] == true)
    }
}
