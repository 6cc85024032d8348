import KubeObjects
import RunCore
import Testing

/// How an ExtendedJob's status leads from one round to the next, beside the golden cases.
struct ExtendedJobReportTests {
    private static let start = Timestamp(seconds: 1_790_000_000)
    private let family = ExtendedJobFamily()

    /// The rounds of one ExtendedJob: each plans and reports, and keeps the status that comes of it.
    private struct Rounds {
        var run: KubeObject
        var jobs: [KubeObject] = []
        var config: String?
        var now = start

        init(_ spec: JSONObject, generation: Int64 = 1) {
            run = KubeObject(
                apiVersion: "fissile.cloudfoundry.org/v1alpha1", kind: "ExtendedJob", namespace: "demo", name: "ejob")
            run.metadata["uid"] = "ejob-uid"
            run.metadata["generation"] = .integer(generation)
            run.metadata["creationTimestamp"] = .string(start.rfc3339)
            run["spec"] = .object(spec)
        }

        /// Somebody sets `run`.
        mutating func set(_ value: JSONValue) {
            run["spec"]?["run"] = value
            run.metadata["generation"] = .integer(run.generation + 1)
        }

        /// Looks once, and stores what is to be said.
        @discardableResult
        mutating func look(_ family: ExtendedJobFamily) -> PlanOutcome {
            var references: [RunReference: KubeObject] = [:]
            if let config, let reference = family.references(of: run).first {
                var object = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "cfg")
                object["data"] = ["level": .string(config)]
                references[reference] = object
            }
            let outcome = family.plan(
                run,
                inputs: PlanInputs(
                    references: references, observation: RunObservation(jobs: jobs, pods: []), followsReferences: true,
                    now: now))
            if case .create(let plan) = outcome {
                var job = plan.job
                job.metadata["uid"] = .string("job-\(jobs.count)")
                job.metadata["creationTimestamp"] = .string(now.rfc3339)
                jobs.append(job)
            }
            let report = family.report(
                ReportInput(
                    run: run, outcome: outcome, observation: RunObservation(jobs: jobs, pods: []), now: now))
            if let status = report.status { run["status"] = .object(status) }
            return outcome
        }

        /// The last Job is over, and was long enough ago for its pod to be seen.
        mutating func finishJob() {
            guard let last = jobs.indices.last else { return }
            let time = JSONValue.string(now.rfc3339)
            jobs[last]["status"] = [
                "startTime": time, "completionTime": time, "succeeded": 1,
                "conditions": [["type": "Complete", "status": "True", "lastTransitionTime": time]],
            ]
            now = now + .seconds(10)
        }
    }

    private static let template: JSONValue = [
        "spec": [
            "restartPolicy": "Never",
            "containers": [
                [
                    "name": "main", "image": "busybox",
                    "env": [["name": "LEVEL", "valueFrom": ["configMapKeyRef": ["name": "cfg", "key": "level"]]]],
                ]
            ],
        ]
    ]

    // MARK: Errands

    /// The user sets it back while the Job goes on, and asks again before anything is written after its end.
    /// Whoever may change Jobs can write anything into their annotations, and users into statuses.
    @Test(arguments: ["9223372036854775807", "-1", "2147483648", "many", ""])
    func aNumberThatIsNoneOfOursEndsNothing(number: String) {
        var rounds = Rounds([
            "run": "once", "template": ["spec": ["containers": [["name": "main", "image": "busybox"]]]],
        ])
        rounds.look(family)
        rounds.finishJob()
        rounds.look(family)
        #expect(rounds.run[path: "status", "runs"] == 1)
        rounds.jobs[0].metadata["annotations"]?["cellbytes.io/attempt"] = .string(number)
        rounds.look(family)
        #expect(rounds.run[path: "status", "phase"] == "Succeeded")
        rounds.run["status"]?["runs"] = .integer(.max)
        rounds.run["status"]?["errand"] = ["requested": 1, "ended": .integer(.max)]
        rounds.look(family)
        #expect(rounds.run[path: "status", "phase"] == "Succeeded")
    }

    @Test func aRequestRightAfterAnErrandThatTheUserSetBackIsHeard() {
        var rounds = Rounds(["run": "now", "template": Self.template])
        rounds.config = "1"
        rounds.look(family)
        rounds.set("manually")
        rounds.look(family)
        #expect(rounds.jobs.count == 1)
        rounds.finishJob()
        rounds.look(family)
        #expect(rounds.run[path: "status", "lastRun", "result"] == "Succeeded")
        rounds.set("now")
        rounds.look(family)
        #expect(rounds.jobs.count == 2)
    }

    /// What was asked for while it went on is what it was, and is set back at its end.
    @Test func aSecondRequestWhileAnErrandGoesOnIsNone() {
        var rounds = Rounds(["run": "now", "template": Self.template])
        rounds.config = "1"
        rounds.look(family)
        rounds.set("manually")
        rounds.look(family)
        rounds.set("now")
        rounds.finishJob()
        rounds.look(family)
        #expect(rounds.look(family) == .patchRun(["spec": ["run": "manually"]]))
        rounds.set("manually")
        rounds.look(family)
        #expect(rounds.jobs.count == 1)
        rounds.set("now")
        rounds.look(family)
        #expect(rounds.jobs.count == 2)
    }

    // MARK: One-offs and what they refer to

    /// Rounds of a one-off that has run with the first data.
    private func configured() -> Rounds {
        var rounds = Rounds(["run": "once", "updateOnConfigChange": true, "template": Self.template])
        rounds.config = "A"
        rounds.look(family)
        rounds.finishJob()
        rounds.look(family)
        return rounds
    }

    /// A change that was taken back in time leaves nothing behind that a later one could profit from.
    @Test func aChangeThatWasTakenBackHasNoQuietTimeLeft() {
        var rounds = configured()
        rounds.config = "B"
        rounds.look(family)
        #expect(rounds.run[path: "status", "configChange"] != nil)
        rounds.now = rounds.now + .seconds(1)
        rounds.config = "A"
        rounds.look(family)
        #expect(rounds.run[path: "status", "configChange"] == nil)
        rounds.now = rounds.now + .seconds(60)
        for data in ["B", "C", "D"] {
            rounds.config = data
            rounds.look(family)
            #expect(rounds.jobs.count == 1, "\(data)")
            rounds.now = rounds.now + .milliseconds(700)
        }
        rounds.now = rounds.now + ExtendedJobFamily.quietTime
        rounds.look(family)
        #expect(rounds.jobs.count == 2)
        rounds.finishJob()
        for _ in 0..<3 { rounds.look(family) }
        #expect(rounds.jobs.count == 2)
    }

    // MARK: Templates

    @Test func fieldsThatNoTemplateHasAreToldOnce() {
        var template = Self.template
        template["backoffLimit"] = 4
        template["sepc"] = [:]
        let rounds = Rounds(["run": "manually", "template": template])
        func events(_ status: JSONObject?) -> [EventNote] {
            var run = rounds.run
            run["status"] = status.map(JSONValue.object)
            let report = family.report(ReportInput(run: run, outcome: .none, now: Self.start))
            return report.events
        }
        let note = EventNote(
            .warning, reason: "FieldIgnored",
            message: "spec.template.backoffLimit, spec.template.sepc is not a field of a template and is ignored")
        #expect(events(nil) == [note])
        let told = family.report(ReportInput(run: rounds.run, outcome: .none, now: Self.start)).status
        #expect(events(told) == [])
    }
}
