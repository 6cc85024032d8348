import KubeObjects
import RunCore
import Testing

/// Tests that look at one run of a family with its Jobs, round after round.
protocol RoundsOfRun {
    associatedtype Family: RunFamily
    var family: Family { get }
}

extension RoundsOfRun {
    func plan(_ run: KubeObject, _ jobs: [KubeObject]) -> PlanOutcome {
        family.plan(run, inputs: PlanInputs(observation: RunObservation(jobs: jobs, pods: []), now: Fixture.now))
    }

    func report(_ run: KubeObject, _ jobs: [KubeObject]) -> RunReport {
        family.report(
            ReportInput(
                run: run, outcome: plan(run, jobs), observation: RunObservation(jobs: jobs, pods: []), now: Fixture.now)
        )
    }

    /// The run as it is once its status is written.
    func told(_ run: KubeObject, _ jobs: [KubeObject]) throws -> KubeObject {
        var told = run
        told["status"] = .object(try #require(report(run, jobs).status))
        return told
    }
}
