import KubeObjects
import RunCore
import Testing

/// What tools for people are told of each family.
struct RunHandlingTests {
    private static func family(_ name: String) throws -> any RunFamily {
        try #require(RunFamilies.all.first { $0.name == name })
    }

    private static func object(_ yaml: String) throws -> KubeObject {
        let document = try #require(try YAML.parse(yaml).first)
        return try #require(KubeObject(document.value))
    }

    struct Cancel: Sendable, CustomTestStringConvertible {
        var family: String
        var run: String
        var expected: RunCancellation
        var testDescription: String { "\(family): \(run)" }
    }

    @Test(arguments: [
        Cancel(
            family: "job-template", run: "{kind: JobRun, metadata: {name: r}}",
            expected: .ask(["spec": ["cancel": true]])),
        Cancel(family: "plain-run", run: "{kind: Run, metadata: {name: r}}", expected: .delete),
        Cancel(
            family: "kubernetes-job", run: "{kind: KubernetesJob, metadata: {name: r}, spec: {}}",
            expected: .suspend(["spec": ["suspend": true]])),
        Cancel(
            family: "kubernetes-job", run: "{kind: KubernetesJob, metadata: {name: r}, spec: {suspend: true}}",
            expected: .refuse("is suspended already")),
        Cancel(
            family: "extended-job", run: "{kind: ExtendedJob, metadata: {name: r, namespace: n}}",
            expected: .refuse("has no Job that goes on")),
        Cancel(
            family: "extended-job",
            run: "{kind: ExtendedJob, metadata: {name: r, namespace: ns}, status: {lastRun: {jobName: j, uid: u}}}",
            expected: .deleteJob(JobReference(key: ObjectKey(namespace: "ns", name: "j"), uid: "u"))),
        Cancel(
            family: "extended-job",
            run: "{kind: ExtendedJob, metadata: {name: r}, status: {lastRun: {jobName: j, uid: u, result: Failed}}}",
            expected: .refuse("has no Job that goes on")),
        Cancel(
            family: "extended-job", run: "{kind: ExtendedJob, metadata: {name: r}, spec: {run: now}}",
            expected: .withdraw(["spec": ["run": "manually"]])),
        Cancel(
            family: "tekton-custom-run", run: "{kind: CustomRun, metadata: {name: r}}",
            expected: .ask(["spec": ["status": "RunCancelled", "statusMessage": "the run was cancelled"]])),
    ])
    func eachFamilyIsCancelledInItsOwnWay(_ test: Cancel) throws {
        #expect(try Self.family(test.family).cancellation(of: try Self.object(test.run)) == test.expected)
    }

    struct Repeat: Sendable, CustomTestStringConvertible {
        var family: String
        var run: String
        /// A manifest, or the reason of a refusal.
        var expected: String
        var testDescription: String { "\(family): \(run)" }
    }

    @Test(arguments: [
        Repeat(
            family: "job-template",
            run: """
                {apiVersion: cellbytes.io/v1, kind: JobRun, metadata: {name: r, uid: u, namespace: ns, labels: {a: b},
                annotations: {cellbytes.io/idempotency-key: k}}, spec: {templateRef: t, args: [x], cancel: true,
                suspend: false}, status: {phase: Failed}}
                """,
            expected: """
                {apiVersion: cellbytes.io/v1, kind: JobRun, metadata: {labels: {a: b}}, spec: {templateRef: t, args: [x]}}
                """),
        Repeat(
            family: "plain-run",
            run: "{apiVersion: acme.com/v1, kind: Run, metadata: {name: r}, image: i, status: {phase: Failed}}",
            expected: "{apiVersion: acme.com/v1, kind: Run, metadata: {}, image: i}"),
        Repeat(
            family: "kubernetes-job", run: "{kind: KubernetesJob, metadata: {name: r}, spec: {suspend: true, a: 1}}",
            expected: "{kind: KubernetesJob, metadata: {}, spec: {a: 1}}"),
        Repeat(
            family: "tekton-run",
            run: """
                {kind: Run, metadata: {name: r, labels: {tekton.dev/pipelineRun: p, mine: x}, ownerReferences: []},
                spec: {ref: {name: t}, status: RunCancelled, statusMessage: m}}
                """,
            expected: "{kind: Run, metadata: {labels: {mine: x}}, spec: {ref: {name: t}}}"),
        Repeat(
            family: "extended-job", run: "{kind: ExtendedJob, metadata: {name: r}, spec: {run: once}}",
            expected: "is run once in its life (spec.run: once); an errand has spec.run: manually"),
        Repeat(
            family: "extended-job", run: "{kind: ExtendedJob, metadata: {name: r}, spec: {run: now}}",
            expected: "is under way already"),
        Repeat(
            family: "extended-job",
            run: """
                {kind: ExtendedJob, metadata: {name: r}, spec: {run: manually}, status: {lastRun: {jobName: j, uid: u}}}
                """, expected: "is under way already"),
        Repeat(
            family: "extended-job", run: "{kind: ExtendedJob, metadata: {name: r}, spec: {triggers: {when: ready}}}",
            expected: "is started by pods (spec.triggers), not by hand; an errand has spec.run: manually"),
        Repeat(
            family: "extended-job", run: "{kind: ExtendedJob, metadata: {name: r}, spec: {run: manually}}",
            expected: "{spec: {run: now}}"),
    ])
    func eachFamilyIsRepeatedInItsOwnWay(_ test: Repeat) throws {
        switch try Self.family(test.family).repetition(of: try Self.object(test.run)) {
        case .create(let copy): #expect(copy == (try Self.object(test.expected)))
        case .restart(let patch): #expect(patch == (try YAML.parse(test.expected).first?.value))
        case .refuse(let why): #expect(why == test.expected)
        }
    }

    struct Summary: Sendable, CustomTestStringConvertible {
        var condition: String
        var phase: RunPhase?
        var reason: String?
        var testDescription: String { condition }
    }

    @Test(arguments: [
        Summary(condition: "{}", phase: nil),
        Summary(condition: "{status: Unknown, reason: Started, message: m}", phase: .pending),
        Summary(condition: "{status: Unknown, reason: Running, message: m}", phase: .running),
        Summary(condition: "{status: Unknown, reason: Retrying, message: m}", phase: .pending, reason: "Retrying"),
        Summary(
            condition: "{status: Unknown, reason: ImagePullBackOff, message: m}", phase: .pending,
            reason: "ImagePullBackOff"),
        Summary(
            condition: "{status: Unknown, reason: WaitingForTemplate, message: m}", phase: .waiting,
            reason: "WaitingForTemplate"),
        Summary(condition: "{status: Unknown, reason: Suspended}", phase: .suspended, reason: "Suspended"),
        Summary(condition: "{status: 'True', reason: Succeeded}", phase: .succeeded, reason: "Succeeded"),
        Summary(condition: "{status: 'False', reason: Failed}", phase: .failed, reason: "Failed"),
        Summary(
            condition: "{status: 'False', reason: CustomRunCancelled}", phase: .cancelled, reason: "CustomRunCancelled"),
        Summary(
            condition: "{status: 'False', reason: CustomRunTimedOut}", phase: .timedOut, reason: "CustomRunTimedOut"),
        Summary(condition: "{status: 'False', reason: RunTimedOut}", phase: .failed, reason: "RunTimedOut"),
    ])
    func tektonsConditionIsReadInOurWords(_ test: Summary) throws {
        let conditions = test.condition == "{}" ? "[]" : "[{type: Succeeded, \(test.condition.dropFirst())]"
        let run = try Self.object("{kind: CustomRun, metadata: {name: r}, status: {conditions: \(conditions)}}")
        let summary = try Self.family("tekton-custom-run").summary(of: run)
        #expect(summary.phase == test.phase)
        #expect(summary.reason == test.reason)
    }

    @Test func tektonsStatusKeepsExitCodeAndDuration() throws {
        let run = try Self.object(
            """
            {kind: CustomRun, metadata: {name: r, namespace: ns}, status: {startTime: '2026-01-01T00:00:10Z',
            completionTime: '2026-01-01T00:00:15Z', retriesStatus: [{startTime: '2026-01-01T00:00:00Z'}],
            conditions: [{type: Succeeded, status: 'False', reason: Failed, message: m}],
            extraFields: {exitCode: 4, jobRef: {name: j, uid: u}}, results: [{name: a, value: b}]}}
            """)
        let summary = try Self.family("tekton-custom-run").summary(of: run)
        #expect(summary.exitCode == 4)
        #expect(summary.duration == "15s")
        #expect(summary.job == JobReference(key: ObjectKey(namespace: "ns", name: "j"), uid: "u"))
        #expect(summary.results == [RunResult(name: "a", value: "b")])
    }

    @Test func theEndOfAnEditedRunIsNoEnd() throws {
        let yaml = "{kind: Run, metadata: {name: r, generation: 2}, status: {phase: Failed, observedGeneration: 1}}"
        #expect(try Self.family("plain-run").summary(of: try Self.object(yaml)).phase == .pending)
    }

    @Test func onlyThePodsOfAnExtendedJobsLastJobAreItsOwn() throws {
        let family = try Self.family("extended-job")
        let run = try Self.object("{kind: ExtendedJob, metadata: {name: r}, status: {lastRun: {jobName: j, uid: u}}}")
        #expect(family.isCurrent(job: "u", of: run))
        #expect(!family.isCurrent(job: "v", of: run))
        #expect(!family.isCurrent(job: nil, of: run))
        #expect(family.selector(of: run) == "fissile.cloudfoundry.org/ejob-name=r")
    }

    @Test func runsOfOtherControllersAreNotOurs() throws {
        let family = try Self.family("tekton-custom-run")
        let foreign = try Self.object(
            "{kind: CustomRun, metadata: {name: r}, spec: {customRef: {apiVersion: a/v1, kind: Other, name: x}}}")
        #expect(!family.isOurs(foreign))
        let own = try Self.object(
            """
            {kind: CustomRun, metadata: {name: r}, spec: {customRef: {apiVersion: cellbytes.io/v1, kind: JobTemplate,
            name: x}}}
            """)
        #expect(family.isOurs(own))
        #expect(family.templateName(of: own) == "x")
    }

    @Test func aResourceHasTheWordsThatKubectlTakes() {
        #expect(
            KubernetesJobFamily.kubernetesJobs.words == [
                "kubernetesjob", "kubernetesjobs", "kjob", "kubernetesjob.kubernetes.project-planton.org",
                "kubernetesjob.v1.kubernetes.project-planton.org", "kubernetesjobs.kubernetes.project-planton.org",
                "kubernetesjobs.v1.kubernetes.project-planton.org",
            ])
    }
}
