import KubeObjects
import RunCore
import Testing

/// Of a run that is over a store keeps hardly anything: it must still be read as the same run.
struct SettledRunTests {
    private let family = JobTemplateFamily()

    private static let statuses: [JSONObject] = RunPhase.allCases.flatMap { phase -> [JSONObject] in
        let status: JSONObject = [
            "phase": .string(phase.rawValue), "reason": "Whatever", "message": "a long story",
            "jobRef": ["name": "greet-1-job", "uid": "job-uid"],
            "conditions": [Fixture.condition("Complete", reason: "x")],
            "template": ["name": "greet", "digest": "0123"],
        ]
        return [nil, "Pending", "Done", "Failed"].map { (state: String?) in
            var status = status
            status["callback"] = state.map { ["state": .string($0), "attempts": 1] }
            return status
        }
    }

    @Test(arguments: statuses, [JSONObject(), ["cancel": true], ["suspend": true], ["suspend": false]])
    func aSettledRunIsPlannedAndReportedAsTheWholeOne(_ status: JSONObject, _ spec: JSONObject) throws {
        var words = spec
        words["callbackUrl"] = "https://example.com/hook"
        let run = Fixture.run(words, status: status)
        let phase = try #require(status["phase"]?.string.flatMap(RunPhase.init))
        let isOwed = status["callback"]?["state"] == "Pending"
        #expect(family.isSettled(run) == (phase.isFinal && !isOwed))
        guard family.isSettled(run) else { return }
        let trimmed = Trimming.settledRun(run)
        #expect(family.isSettled(trimmed))
        #expect(family.recordedJob(of: trimmed) == family.recordedJob(of: run))
        let jobs = [
            [], [Fixture.job()], [Fixture.job(status: ["conditions": [Fixture.condition("Complete", reason: "x")]])],
        ]
        for jobs in jobs {
            #expect(plan(trimmed, jobs) == plan(run, jobs))
            #expect(report(trimmed, jobs) == report(run, jobs))
        }
    }

    /// What another controller has left says its phase by its conditions and errors alone.
    @Test(
        arguments: [
            ["succeeded": 1, "conditions": [Fixture.condition("Complete", reason: "CompletionsReached")]],
            ["failed": 3, "conditions": [Fixture.condition("Failed", reason: "BackoffLimitExceeded")]],
            ["failed": 1, "error": "JobTemplate 'x' not found"],
        ] as [JSONObject])
    func aStatusWithoutAPhaseIsKeptWhole(_ status: JSONObject) {
        #expect(!family.isSettled(Fixture.run(status: status)))
    }

    private func plan(_ run: KubeObject, _ jobs: [KubeObject]) -> PlanOutcome {
        family.plan(
            run, inputs: PlanInputs(observation: RunObservation(jobs: jobs, pods: []), now: Fixture.now + .seconds(9)))
    }

    private func report(_ run: KubeObject, _ jobs: [KubeObject]) -> RunReport {
        family.report(
            ReportInput(
                run: run, outcome: .none, observation: RunObservation(jobs: jobs, pods: []),
                now: Fixture.now + .seconds(9)))
    }
}
