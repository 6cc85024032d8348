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

    /// The change of a Job that is planned.
    func change(_ run: KubeObject, _ jobs: [KubeObject]) -> JobPatch? {
        guard case .patch(let patch) = plan(run, jobs) else { return nil }
        return patch
    }

    /// A Job after the change that is planned for it.
    func changed(_ job: KubeObject, by patch: JobPatch?) -> KubeObject {
        var job = job
        for (name, value) in patch?.mergePatch["metadata"]?["annotations"]?.object ?? [:] {
            job["metadata"]?.set(value, at: ["annotations", name])
        }
        return job
    }

    /// The run as it is once its status is written.
    func told(_ run: KubeObject, _ jobs: [KubeObject]) throws -> KubeObject {
        var told = run
        told["status"] = .object(try #require(report(run, jobs).status))
        return told
    }
}
