import KubeObjects
import KubeSchema
import RunCore
import TestSupport
import Testing

/// What a Tekton run becomes, beside the golden cases.
struct CustomTaskPlanTests {
    static let now = Timestamp(seconds: 1_790_000_000)

    static func run(_ kind: CustomTaskKind, _ spec: JSONObject, status: JSONObject? = nil) -> KubeObject {
        let resource = kind.resource
        var run = KubeObject(apiVersion: resource.apiVersion, kind: resource.kind, namespace: "ci", name: "step")
        run.metadata["uid"] = "run-uid"
        run.metadata["generation"] = 1
        run.metadata["creationTimestamp"] = .string(now.rfc3339)
        run["spec"] = .object(spec)
        run["status"] = status.map(JSONValue.object)
        return run
    }

    /// A spec that embeds a Job, with one container and these members beside.
    static func job(
        of kind: CustomTaskKind = .customRun, container: JSONObject = [:], job: JSONObject = [:],
        _ more: JSONObject = [:]
    ) -> JSONObject {
        var main: JSONObject = ["name": "main", "image": "busybox"]
        for (key, value) in container { main[key] = value }
        var spec: JSONObject = ["template": ["spec": ["restartPolicy": "Never", "containers": [.object(main)]]]]
        for (key, value) in job { spec[key] = value }
        var whole: JSONObject = [
            kind == .run ? "spec" : "customSpec": ["apiVersion": "batch/v1", "kind": "Job", "spec": .object(spec)]
        ]
        for (key, value) in more { whole[key] = value }
        return whole
    }

    /// A spec that embeds a KubernetesJob with these members beside its image.
    static func kubernetesJob(_ more: JSONObject) -> JSONObject {
        var spec: JSONObject = ["image": ["repo": "busybox"]]
        for (key, value) in more { spec[key] = value }
        return [
            "customSpec": [
                "apiVersion": "kubernetes.project-planton.org/v1", "kind": "KubernetesJob", "spec": .object(spec),
            ]
        ]
    }

    private func outcome(_ kind: CustomTaskKind, _ spec: JSONObject, template: KubeObject? = nil) -> PlanOutcome {
        let (run, family) = (Self.run(kind, spec), CustomTaskFamily(kind))
        let references = family.references(of: run).compactMap { reference in template.map { (reference, $0) } }
        return family.plan(
            run, inputs: PlanInputs(references: Dictionary(uniqueKeysWithValues: references), now: Self.now))
    }

    /// A Job that goes on and was made so late that nobody saw it, after its attempt or the run was over: it is deleted.
    @Test func aJobThatIsLateIsDeleted() throws {
        let family = CustomTaskFamily(.customRun)
        let spec = Self.job(["retries": 1])
        let condition: (String, String) -> JSONValue = { status, reason in
            [["type": "Succeeded", "status": .string(status), "reason": .string(reason)]]
        }
        func job(_ attempt: Int) throws -> KubeObject {
            let failed = Array(repeating: JSONValue.object([:]), count: attempt)
            let run = Self.run(.customRun, spec, status: ["retriesStatus": .array(failed)])
            guard case .create(let plan) = family.plan(run, inputs: PlanInputs(now: Self.now)) else {
                throw RunRejection(reason: .invalidRun, message: "no Job is made")
            }
            var job = plan.job
            job.metadata["uid"] = .string("job-\(attempt)")
            return job
        }
        let (first, second) = (try job(0), try job(1))
        func plan(_ status: JSONObject, _ jobs: [KubeObject]) -> PlanOutcome {
            let observation = RunObservation(jobs: jobs, pods: [])
            return family.plan(
                Self.run(.customRun, spec, status: status), inputs: PlanInputs(observation: observation, now: Self.now))
        }
        let deletion = PlanOutcome.delete(JobReference(key: first.key, uid: "job-0"))
        let cancelled: JSONObject = ["conditions": condition("False", "CustomRunCancelled")]
        #expect(plan(cancelled, [first]) == deletion)
        #expect(plan(cancelled, []) == .none)
        let again: JSONObject = ["retriesStatus": [[:]], "conditions": condition("Unknown", "CustomRunRetrying")]
        #expect(plan(again, [first]) == deletion)
        #expect(plan(again, [first, second]) == deletion)
        #expect(plan(again, [second]) == .none)
        // One that cannot be deleted keeps the next attempt from nothing.
        let refused: JSONObject = ["retriesStatus": [[:]], "conditions": condition("Unknown", "JobDeleteFailed")]
        guard case .create = plan(refused, [first]) else {
            Issue.record("the next attempt is not made")
            return
        }
        #expect(plan(refused, [first, second]) == deletion)
    }

    /// More retries than anybody counts: a controller that counts them goes on.
    @Test func anyNumberOfRetriesIsTaken() throws {
        let family = CustomTaskFamily(.customRun)
        let run = Self.run(.customRun, Self.job(["retries": .integer(.max)]))
        guard case .create(let plan) = family.plan(run, inputs: PlanInputs(now: Self.now)) else {
            Issue.record("no Job is made")
            return
        }
        var job = plan.job
        job.metadata["uid"] = "job-0"
        job["status"] = ["conditions": [Fixture.condition("Failed", reason: "BackoffLimitExceeded")]]
        let report = family.report(
            ReportInput(
                run: run, outcome: .none, observation: RunObservation(jobs: [job], pods: []), now: Self.now))
        #expect(report.status?["conditions"]?[0]?["reason"] == "Retrying")
    }

    private func planned(
        _ spec: JSONObject, of kind: CustomTaskKind = .customRun, template: KubeObject? = nil
    ) throws -> RunPlan {
        guard case .create(let plan) = outcome(kind, spec, template: template) else {
            throw RunRejection(reason: .invalidRun, message: "\(outcome(kind, spec, template: template))")
        }
        return plan
    }

    private func pod(_ plan: RunPlan) -> JSONValue? { plan.job[path: "spec", "template", "spec"] }

    struct RefusalCase: Sendable, CustomTestStringConvertible {
        let kind: CustomTaskKind
        let spec: JSONObject
        let reason: RunReason
        let message: String
        var testDescription: String { message }
    }

    static let refusals: [RefusalCase] = [
        RefusalCase(
            kind: .customRun, spec: job(["customRef": ["apiVersion": "batch/v1", "kind": "Job"]]), reason: .invalidSpec,
            message: "expected exactly one, got both: spec.customRef, spec.customSpec"),
        RefusalCase(
            kind: .run, spec: ["ref": ["apiVersion": "batch/v1", "kind": "Job", "name": "x"]], reason: .invalidSpec,
            message: "spec.ref.kind: a Job cannot be referred to"),
        RefusalCase(
            kind: .run, spec: ["ref": ["apiVersion": "cellbytes.io/v1", "kind": "JobTemplate", "name": ""]],
            reason: .nameRequired, message: "spec.ref.name"),
        RefusalCase(
            kind: .run,
            spec: ["ref": ["apiVersion": "cellbytes.io/v1", "kind": "JobTemplate", "name": "a", "namespace": "other"]],
            reason: .invalidSpec, message: "\"other\" is not the run's namespace"),
        RefusalCase(
            kind: .customRun,
            spec: ["customRef": ["apiVersion": "cellbytes.io/v1", "kind": "JobTemplate", "resolver": "git"]],
            reason: .invalidSpec, message: "spec.customRef.resolver: not supported"),
        RefusalCase(
            kind: .run,
            spec: ["ref": ["apiVersion": "cellbytes.io/v1", "kind": "JobTemplate", "bundle": "example.com/a"]],
            reason: .invalidSpec, message: "spec.ref.bundle: not supported"),
        RefusalCase(
            kind: .customRun, spec: kubernetesJob(["namespace": ["value": "other"]]), reason: .invalidTemplate,
            message: "spec.namespace.value: \"other\" is not the run's namespace, \"ci\""),
        RefusalCase(
            kind: .customRun, spec: kubernetesJob(["targetCluster": ["clusterName": "a"]]), reason: .unsupported,
            message: "spec.targetCluster"),
        RefusalCase(
            kind: .customRun,
            spec: kubernetesJob([
                "volumeMounts": [["name": "etc", "mountPath": "/etc", "hostPath": ["path": "/etc"]]]
            ]), reason: .hostPathNotAllowed, message: "--allow-host-path"),
        RefusalCase(kind: .customRun, spec: job(["retries": -1]), reason: .invalidSpec, message: "spec.retries: -1"),
        RefusalCase(
            kind: .customRun, spec: job(["timeout": "30"]), reason: .invalidSpec,
            message: "missing unit in duration \"30\""),
        RefusalCase(kind: .customRun, spec: job(["timeout": "-1s"]), reason: .invalidSpec, message: "is negative"),
        RefusalCase(kind: .customRun, spec: job(["timeout": 30]), reason: .invalidSpec, message: "must be a text"),
        RefusalCase(
            kind: .customRun, spec: job(["statusMessage": "so"]), reason: .invalidSpec,
            message: "must be empty while spec.status is empty"),
        RefusalCase(
            kind: .customRun, spec: job(["podTemplate": ["hostNetwork": true]]), reason: .invalidSpec,
            message: "a CustomRun has none"),
        RefusalCase(
            kind: .run, spec: job(of: .run, ["podTemplate": ["containers": []]]), reason: .podTemplateNotSupported,
            message: "\"containers\" cannot be set"),
        RefusalCase(
            kind: .customRun, spec: job(["params": [["name": "a", "value": "1"], ["name": "a", "value": "2"]]]),
            reason: .invalidSpec, message: "spec.params[a].name"),
        RefusalCase(
            kind: .customRun, spec: job(["params": [["name": "a", "value": "1"]]]), reason: .invalidParameter,
            message: "nothing in the template speaks of \"a\"; it takes \"command\", \"args\""),
        RefusalCase(
            kind: .customRun, spec: job(container: ["args": ["$(params.b)"]]), reason: .invalidTemplate,
            message: "template.spec.containers[0].args[0]: parameter \"b\" is not declared"),
        RefusalCase(
            kind: .customRun, spec: job(container: ["args": ["$(workspaces.b.path)"]]), reason: .invalidTemplate,
            message: "$(workspaces.b.path) is not known; there are no workspaces"),
        RefusalCase(
            kind: .customRun, spec: job(["workspaces": [["name": "a"]]]), reason: .invalidSpec,
            message: "spec.workspaces[0]: expected exactly one of"),
        RefusalCase(
            kind: .customRun,
            spec: job(["workspaces": [["name": "a", "emptyDir": [:], "secret": ["secretName": "s"]]]]),
            reason: .invalidSpec, message: "got emptyDir, secret"),
        RefusalCase(
            kind: .customRun, spec: job(["workspaces": [["name": "a", "persistentVolumeClaim": [:]]]]),
            reason: .invalidSpec, message: "spec.workspaces[0].persistentVolumeClaim.claimName: required"),
        RefusalCase(
            kind: .customRun,
            spec: job(["workspaces": [["name": "a", "emptyDir": [:]], ["name": "a", "emptyDir": [:]]]]),
            reason: .invalidSpec, message: "\"a\" is there twice"),
        RefusalCase(
            kind: .customRun, spec: job(["workspaces": [["name": "../etc", "emptyDir": [:]]]]), reason: .invalidSpec,
            message: "cannot be the last part of a path"),
        RefusalCase(
            kind: .customRun, spec: ["customSpec": ["apiVersion": "batch/v1", "kind": "Job", "spec": [:]]],
            reason: .invalidTemplate, message: "at least one container"),
    ]

    @Test(arguments: refusals)
    func whatCannotBeRunIsRefused(_ row: RefusalCase) {
        guard case .reject(let rejection) = outcome(row.kind, row.spec) else {
            Issue.record("not refused: \(outcome(row.kind, row.spec))")
            return
        }
        #expect(rejection.reason == row.reason)
        #expect(rejection.message.contains(row.message), "\(rejection.message)")
    }

    /// What the API server drops in silence nobody can refuse.
    @Test(arguments: refusals)
    func whatIsRefusedGetsPastTheDefinition(_ row: RefusalCase) throws {
        var run = Self.run(row.kind, row.spec).value
        #expect(try DefinedSchema.of("\(row.kind.resource.kind).tekton.dev").prune(&run) == [])
    }

    static let foreign: [JSONObject] = [
        ["customRef": ["apiVersion": "cellbytes.io/v2", "kind": "JobTemplate", "name": "a"]],
        ["customRef": ["apiVersion": "cellbytes.io/v1", "kind": "JobRun", "name": "a"]],
        ["customSpec": ["apiVersion": "batch/v1beta1", "kind": "Job"]], ["customRef": ["kind": "Job"]], [:],
        job(["customRef": ["apiVersion": "example.dev/v1", "kind": "Wait"]]),
    ]

    /// Somebody else's, whatever is asked of them.
    @Test(arguments: foreign)
    func runsOfOthersAreNotTouched(_ spec: JSONObject) {
        var spec = spec
        for request in [JSONValue.null, "RunCancelled"] {
            spec["status"] = request
            let (run, family) = (Self.run(.customRun, spec), CustomTaskFamily(.customRun))
            let outcome = family.plan(run, inputs: PlanInputs(now: Self.now + .seconds(86_400)))
            #expect(outcome == .none)
            let report = family.report(ReportInput(run: run, outcome: outcome, now: Self.now + .seconds(86_400)))
            #expect(report.status == nil && report.events.isEmpty && report.requeueAfter == nil)
        }
    }

    /// The Job's own deadline is a safety net: what is left, rounded up; the template's if that is less.
    @Test(
        arguments: [
            ("90s", nil, 90), ("1500ms", nil, 2), ("1ns", nil, 1), ("90s", 30, 30), ("90s", 300, 90), ("0", nil, nil),
            ("0", 30, 30), ("2562047h47m16.854775807s", nil, 2_147_483_647),
        ] as [(String, Int64?, Int64?)])
    func theJobsDeadlineIsWhatIsLeft(timeout: String, own: Int64?, deadline: Int64?) throws {
        var job: JSONObject = [:]
        job["activeDeadlineSeconds"] = own.map { .integer($0) }
        let plan = try planned(Self.job(job: job, ["timeout": .string(timeout)]))
        #expect(plan.job[path: "spec", "activeDeadlineSeconds"]?.integer == deadline)
    }

    @Test func paramsOfAllShapesTakeTheirPlaces() throws {
        let plan = try planned(
            Self.job(
                container: [
                    "args": ["$(params.word)", "$(params.list[*])", "$(params.list[1])", "$(params.map.b)", "$(HOME)"],
                    "env": [["name": "N", "value": "$(params.number)"], ["name": "T", "value": "$$(params.word)"]],
                ],
                [
                    "params": [
                        ["name": "word", "value": "$(params.number)"], ["name": "list", "value": ["x", "y"]],
                        ["name": "map", "value": ["a": "1", "b": "2"]], ["name": "number", "value": 7],
                    ]
                ]))
        let container = pod(plan)?["containers"]?[0]
        #expect(container?["args"] == ["$(params.number)", "x", "y", "y", "2", "$(HOME)"])
        #expect(container?["env"] == [["name": "N", "value": "7"], ["name": "T", "value": "$$(params.word)"]])
    }

    @Test func declaredParametersAreCheckedAndOverridesNeedLeave() throws {
        let reference: JSONValue = ["apiVersion": "cellbytes.io/v1", "kind": "JobTemplate", "name": "greet"]
        let template = Fixture.template { $0["parameters"] = [["name": "n", "type": "integer"]] }
        guard
            case .reject(let wrong) = outcome(
                .customRun, ["customRef": reference, "params": [["name": "n", "value": "many"]]], template: template),
            case .reject(let unknown) = outcome(
                .customRun, ["customRef": reference, "params": [["name": "args", "value": "x"]]], template: template),
            case .reject(let closed) = outcome(
                .customRun, ["customRef": reference, "params": [["name": "args", "value": "x"]]],
                template: Fixture.template { $0["overridable"] = [] })
        else {
            Issue.record("not refused")
            return
        }
        #expect(wrong.reason == .invalidParameter && wrong.message.contains("must be of type integer"))
        #expect(unknown.reason == .invalidParameter && unknown.message.contains("\"args\""))
        #expect(closed.reason == .overrideNotAllowed && closed.message.contains("allows no overrides"))
    }

    @Test func accountsAndPodTemplates() throws {
        func account(_ own: JSONValue?, _ wanted: JSONValue?) throws -> String? {
            var spec = Self.job(of: .run)
            spec["serviceAccountName"] = wanted
            if let own { spec["spec"]?.set(own, at: ["spec", "template", "spec", "serviceAccountName"]) }
            return try pod(planned(spec, of: .run))?["serviceAccountName"]?.string
        }
        #expect(try account("own", "default") == "own")
        #expect(try account("own", "other") == "other")
        #expect(try account("own", nil) == "own")
        #expect(try account(nil, nil) == nil)
        let plan = try planned(
            Self.job(
                of: .run, container: ["env": [["name": "A", "value": "1"], ["name": "B", "value": "2"]]],
                ["podTemplate": ["env": [["name": "B", "value": "3"]], "priorityClassName": "high"]]), of: .run)
        #expect(
            pod(plan)?["containers"]?[0]?["env"] == [["name": "A", "value": "1"], ["name": "B", "value": "3"]])
        #expect(pod(plan)?["priorityClassName"] == "high")
    }

    @Test func claimsAreTheRunsOwnAndSharedByItsAttempts() throws {
        let workspaces: JSONValue = [
            ["name": "a", "volumeClaimTemplate": ["spec": ["accessModes": ["ReadWriteOnce"]]]],
            ["name": "b", "persistentVolumeClaim": ["claimName": "code"]],
            ["name": "c", "persistentVolumeClaim": ["claimName": "code"], "subPath": "x"],
        ]
        let plan = try planned(Self.job(["workspaces": workspaces]))
        let claim = try #require(plan.dependents.first)
        #expect(plan.dependents.count == 1 && claim.policy == .apply)
        #expect(claim.object.controllerReference?.uid == "run-uid")
        #expect(pod(plan)?["volumes"]?.array?.count == 2)
        #expect(pod(plan)?["containers"]?[0]?["volumeMounts"]?.array?.count == 3)
        #expect(pod(plan)?["volumes"]?[0]?["persistentVolumeClaim"]?["claimName"]?.string == claim.object.name)
    }

    struct DeadlineCase: Sendable {
        let timeout: JSONValue?
        let own: JSONValue?
        let expected: Int64?
    }

    @Test(arguments: [
        DeadlineCase(timeout: nil, own: nil, expected: 3600), DeadlineCase(timeout: "0", own: nil, expected: nil),
        DeadlineCase(timeout: "0s", own: 9, expected: 9), DeadlineCase(timeout: "1.5s", own: nil, expected: 2),
        DeadlineCase(timeout: "1ms", own: nil, expected: 1), DeadlineCase(timeout: "10m", own: 9, expected: 9),
        DeadlineCase(timeout: "10m", own: 900, expected: 600),
    ])
    func theJobHasTheDeadline(_ row: DeadlineCase) throws {
        var spec = Self.job(job: row.own.map { ["activeDeadlineSeconds": $0] } ?? [:])
        spec["timeout"] = row.timeout
        #expect(try planned(spec).job[path: "spec", "activeDeadlineSeconds"]?.integer == row.expected)
    }

    /// A Run's limit is for all its attempts, a CustomRun's for each.
    @Test(arguments: [(CustomTaskKind.run, Int64(40)), (CustomTaskKind.customRun, Int64(100))])
    func laterAttemptsHaveWhatIsLeft(_ kind: CustomTaskKind, _ expected: Int64) throws {
        let failed: JSONValue = ["startTime": .string(Self.now.rfc3339)]
        let run = Self.run(
            kind, Self.job(of: kind, ["timeout": "100s", "retries": 1]),
            status: ["retriesStatus": [failed], "extraFields": ["attempt": 1]])
        let outcome = CustomTaskFamily(kind).plan(run, inputs: PlanInputs(now: Self.now + .seconds(60)))
        guard case .create(let plan) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(plan.attempt == 1)
        #expect(plan.job[path: "spec", "activeDeadlineSeconds"]?.integer == expected)
        #expect(plan.job.name == JobName.name(run: "step", uid: "run-uid", attempt: 1))
    }

    /// A KubernetesJob that is not to run itself is still what it describes, its Job's time to live included.
    @Test func aBorrowedKubernetesJobIsNotSuspended() throws {
        let plan = try planned(Self.kubernetesJob(["suspend": true, "ttlSecondsAfterFinished": 60]))
        #expect(plan.job[path: "spec", "suspend"] == nil)
        #expect(plan.job[path: "spec", "ttlSecondsAfterFinished"] == 60)
    }
}
