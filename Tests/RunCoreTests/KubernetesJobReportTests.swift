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

    private var namespace: [RunReference: KubeObject] {
        let key = ObjectKey(namespace: "", name: "demo")
        return [
            RunReference(resource: .namespaces, key: key): KubeObject(apiVersion: "v1", kind: "Namespace", name: "demo")
        ]
    }
}
