import KubeObjects
import RunCore
import Testing

/// What a KubernetesJob says, beside the golden cases.
struct KubernetesJobReportTests {
    private let family = KubernetesJobFamily()

    private func run(status: JSONObject? = nil) -> KubeObject {
        var run = KubeObject(apiVersion: "kubernetes.project-planton.org/v1", kind: "KubernetesJob", name: "run")
        run.metadata["uid"] = "run-uid"
        run.metadata["generation"] = 1
        run["spec"] = ["namespace": ["value": "demo"], "image": ["repo": "busybox"]]
        run["status"] = status.map(JSONValue.object)
        return run
    }

    /// `Invalid` repeats the refusal, and nothing else that happens to be the last condition.
    @Test func onlyARefusalIsInvalid() throws {
        let outcome = family.plan(run(), inputs: PlanInputs(references: namespace, now: Fixture.now))
        guard case .create(let plan) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        var job = plan.job
        job.metadata["uid"] = "job-uid"
        job["status"] = [
            "startTime": .string(Fixture.now.rfc3339), "conditions": [Fixture.condition("Complete", reason: "Done")],
        ]
        let before = run(status: ["phase": "Running", "error": "of former times", "digest": .string(plan.digest)])
        let status = family.report(
            ReportInput(
                run: before, outcome: .none, observation: RunObservation(jobs: [job], pods: []), now: Fixture.now)
        ).status
        #expect(status?["phase"] == "Succeeded")
        #expect(status?["conditions"]?.array?.map { $0["type"] } == ["Ready", "Complete"])

        let rejection = RunRejection(reason: .invalidRun, message: "no")
        let refused = family.report(ReportInput(run: run(), outcome: .reject(rejection), now: Fixture.now)).status
        #expect(refused?["conditions"]?.array?.map { $0["type"] } == ["Ready", "Failed", "Invalid"])
    }

    struct ChangeCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What the run gives.
        var given: JSONObject = [:]
        /// What the Job has beside that.
        let found: JSONObject
        let status: JSONObject?
        /// What is changed in the Job.
        let change: JSONObject?
        var generation: Int64 = 1
        /// Which fields the Job says that it was given; nil if it was made by a version that did not write that down.
        var noted: String? = ChangeCase.plain
        /// What it says afterwards, if that changes.
        var notedThen: String?

        /// What a Job says that was given nothing.
        static let plain = ""
    }

    static let changeCases = [
        ChangeCase(
            testDescription: "what a webhook adds when the Job is made is its own",
            found: ["ttlSecondsAfterFinished": 900], status: nil, change: nil),
        ChangeCase(
            testDescription: "and stays so", found: ["ttlSecondsAfterFinished": 900],
            status: ["observedGeneration": 1, "phase": "Running"], change: nil),
        ChangeCase(
            testDescription: "also if the run is edited", given: ["parallelism": 2],
            found: ["parallelism": 1, "ttlSecondsAfterFinished": 900],
            status: ["observedGeneration": 1, "phase": "Running"], change: ["parallelism": 2], generation: 2,
            notedThen: "parallelism"),
        ChangeCase(
            testDescription: "what the run no longer gives goes", found: ["activeDeadlineSeconds": 5],
            status: ["observedGeneration": 1, "phase": "Running"], change: ["activeDeadlineSeconds": .null],
            generation: 2, noted: "activeDeadlineSeconds", notedThen: ChangeCase.plain),
        ChangeCase(
            testDescription: "what somebody else gave is the run's once it gives it",
            given: ["ttlSecondsAfterFinished": 900], found: ["ttlSecondsAfterFinished": 900],
            status: ["observedGeneration": 1, "phase": "Running"], change: nil, generation: 2,
            notedThen: "ttlSecondsAfterFinished"),
        ChangeCase(
            testDescription: "of a Job that does not tell, what the run no longer gives goes with an edit",
            found: ["activeDeadlineSeconds": 5], status: ["observedGeneration": 1, "phase": "Running"],
            change: ["activeDeadlineSeconds": .null], generation: 2, noted: nil, notedThen: ChangeCase.plain),
        ChangeCase(
            testDescription: "and not without", found: ["activeDeadlineSeconds": 5],
            status: ["observedGeneration": 2, "phase": "Running"], change: nil, generation: 2, noted: nil),
        ChangeCase(
            testDescription: "also if the server did not let it go at once", found: ["activeDeadlineSeconds": 5],
            status: ["observedGeneration": 2, "phase": "Running", "reason": "JobChangeFailed"],
            change: ["activeDeadlineSeconds": .null], generation: 2, noted: nil, notedThen: ChangeCase.plain),
        ChangeCase(
            testDescription: "what the run gives is put right whenever it differs", given: ["parallelism": 2],
            found: ["parallelism": 7], status: ["observedGeneration": 1, "phase": "Running"],
            change: ["parallelism": 2], noted: "parallelism"),
        ChangeCase(
            testDescription: "a Job that is queued is left to the queue",
            found: ["suspend": true, "parallelism": 3, "backoffLimit": 1],
            status: ["observedGeneration": 1, "phase": "Suspended"], change: nil),
        ChangeCase(
            testDescription: "also if the run is edited", given: ["backoffLimit": 2],
            found: ["suspend": true, "backoffLimit": 6], status: ["observedGeneration": 1, "phase": "Suspended"],
            change: ["backoffLimit": 2], generation: 2, notedThen: "backoffLimit"),
        ChangeCase(
            testDescription: "unless the run says that it is not suspended", given: ["suspend": false],
            found: ["suspend": true], status: ["observedGeneration": 1, "phase": "Suspended"],
            change: ["suspend": false], noted: "suspend"),
        ChangeCase(
            testDescription: "what the run no longer gives goes back to its default",
            found: ["suspend": true, "parallelism": 3], status: ["observedGeneration": 1, "phase": "Suspended"],
            change: ["parallelism": 1, "suspend": false], generation: 2, noted: "parallelism,suspend",
            notedThen: ChangeCase.plain),
    ]

    @Test(arguments: changeCases)
    func theJobIsChangedInPlace(_ row: ChangeCase) {
        var run = run(status: row.status)
        run.metadata["generation"] = .integer(row.generation)
        for (field, value) in row.given { run["spec"]?[field] = value }
        var fresh = run
        fresh["status"] = nil
        guard case .create(let plan) = family.plan(fresh, inputs: PlanInputs(references: namespace, now: Fixture.now))
        else {
            Issue.record("no Job is made")
            return
        }
        var job = plan.job
        job.metadata["uid"] = "job-uid"
        for (field, value) in row.found { job["spec"]?[field] = value }
        job["metadata"]?.set(row.noted.map { .string($0) }, at: ["annotations", "cellbytes.io/given-fields"])
        let outcome = family.plan(
            run,
            inputs: PlanInputs(
                references: namespace, observation: RunObservation(jobs: [job], pods: []), now: Fixture.now))
        var patch = JSONObject()
        patch["spec"] = row.change.map { .object($0) }
        if let note = row.notedThen {
            patch["metadata"] = ["annotations": ["cellbytes.io/given-fields": .string(note)]]
        }
        let expected = PlanOutcome.patch(
            JobPatch(job: JobReference(key: job.key, uid: "job-uid"), mergePatch: patch))
        #expect(outcome == (patch.isEmpty ? .none : expected))
    }

    private var namespace: [RunReference: KubeObject] {
        let key = ObjectKey(namespace: "", name: "demo")
        return [
            RunReference(resource: .namespaces, key: key): KubeObject(apiVersion: "v1", kind: "Namespace", name: "demo")
        ]
    }
}
