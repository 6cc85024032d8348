import KubeObjects
import RunCore
import TestSupport
import Testing

/// What becomes of the documented runs. A case is a folder below Tests/Golden:
///
///     template.yaml   the template, if there is one         given
///     run.yaml        the run                               given
///     triggers.yaml   pods that may start a Job             given
///     observed.yaml   the status of its Job, and pods       given; without it the report is that of the first round
///     job.yaml        the Job that is planned               expected
///     dependents.yaml what is made before it, if anything   expected
///     report.yaml     the status, the events                expected
struct GoldenTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let family: any RunFamily
        let folder: String
        var testDescription: String { folder }

        func given(_ file: String) throws -> [KubeObject] {
            guard let text = try? Repository.text("\(folder)/\(file)") else { return [] }
            return try YAML.parse(text).compactMap { KubeObject($0.value) }
        }
    }

    static let cases = RunFamilies.all.flatMap { family in
        Repository.folders(in: "Tests/Golden/\(family.name)").map { Case(family: family, folder: $0) }
    }

    /// When the runs of the cases were made.
    private static let start = Timestamp("2031-05-01T12:00:00Z") ?? Timestamp(seconds: 0)
    /// When their Jobs are looked at: late enough that nothing is under way any more.
    private static let later = start + .seconds(3600)

    @Test(arguments: cases)
    func golden(_ row: Case) throws {
        var run = try #require(try row.given("run.yaml").first)
        complete(&run, uid: "11111111-0000-4000-8000-000000000000")
        var references: [RunReference: KubeObject] = [:]
        for var template in try row.given("template.yaml") {
            complete(&template, uid: "00000000-0000-4000-8000-000000000000")
            let resource = try #require(row.family.referencedResources.first { $0.kind == template.kind })
            references[RunReference(resource: resource, key: template.key)] = template
        }
        let outcome = row.family.plan(
            run,
            inputs: PlanInputs(
                references: references, triggers: try triggers(row, of: run), followsReferences: true, now: Self.later))
        var jobs: [KubeObject] = []
        var pods: [KubeObject] = []
        if case .create(let plan) = outcome {
            try Golden.expect(YAML.encode(plan.job.value), matches: "\(row.folder)/job.yaml")
            if !plan.dependents.isEmpty {
                let dependents = plan.dependents.map { $0.object.value }
                try Golden.expect(YAML.encode(.array(dependents)), matches: "\(row.folder)/dependents.yaml")
            }
            (jobs, pods) = try observed(row, of: plan)
            if jobs.isEmpty { return }
        }
        let report = row.family.report(
            ReportInput(
                run: run, outcome: jobs.isEmpty ? outcome : .none,
                observation: RunObservation(jobs: jobs, pods: pods), now: Self.later))
        try Golden.expect(YAML.encode(report.value), matches: "\(row.folder)/report.yaml")
    }

    @Test func everyExampleOfTheReferenceIsACase() {
        #expect(Self.cases.count >= 12)
    }

    /// What the API server fills in.
    private func complete(_ object: inout KubeObject, uid: String) {
        if object.uid == nil { object.metadata["uid"] = .string(uid) }
        object.metadata["generation"] = 1
        object.metadata["creationTimestamp"] = .string(Self.start.rfc3339)
    }

    /// What the pods of the case have reached, as far as it concerns the run.
    private func triggers(_ row: Case, of run: KubeObject) throws -> [PodTrigger] {
        guard let rule = row.family.triggerRule(of: run) else { return [] }
        let reached = try row.given("triggers.yaml").filter(PodTrigger.concerns).flatMap { pod in
            pod.isBeingDeleted
                ? [PodTrigger.gone(pod, now: Self.later)].compactMap(\.self) : PodTrigger.reached(by: pod)
        }
        return row.family.unsettled(reached.filter(rule.matches), of: run)
    }

    /// The planned Job and its pods as the case has them.
    private func observed(_ row: Case, of plan: RunPlan) throws -> (jobs: [KubeObject], pods: [KubeObject]) {
        let objects = try row.given("observed.yaml")
        let jobs = objects.filter { $0.kind == "Job" }.map { seen in
            var job = plan.job
            complete(&job, uid: "33333333-0000-4000-8000-000000000000")
            job["status"] = seen["status"]
            for (key, value) in seen.annotations {
                job["metadata"]?["annotations"]?[key] = .string(value)
            }
            return job
        }
        let pods = objects.filter { $0.kind == "Pod" }.map { seen in
            var pod = seen
            pod.metadata["ownerReferences"] = jobs.first.flatMap(OwnerReference.init(controllerOf:)).map { [$0.json] }
            pod["spec"] = plan.job[path: "spec", "template", "spec"]
            pod.metadata["ownerReferences"] = jobs.last.flatMap(OwnerReference.init(controllerOf:)).map { [$0.json] }
            return pod
        }
        return (jobs, pods)
    }
}

extension RunReport {
    fileprivate var value: JSONValue {
        var result = JSONObject()
        result["status"] = status.map(JSONValue.object)
        if !events.isEmpty {
            result["events"] = .array(
                events.map {
                    [
                        "type": .string($0.severity.rawValue), "reason": .string($0.reason),
                        "message": .string($0.message),
                    ]
                })
        }
        if case .output(let request) = effect {
            result["output"] = .array(
                request.targets.map { .string("\(request.pod) \($0.stream): \($0.kind.rawValue)/\($0.name)") })
        }
        result["isFinal"] = .bool(isFinal)
        return .object(result)
    }
}
