import KubeObjects
import KubeSchema
import RunCore
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Objects as no sane server sends them. A family may refuse them; it may not stop the process, and what it reports is
/// what its own schema takes.
///
/// `make fuzz SECONDS=600` goes on for longer; FUZZ_SEED repeats one try.
@Suite(.tags(.random), .timeLimit(.minutes(60)))
struct FuzzTests {
    @Test(arguments: RunFamilies.all.map(\.name))
    func plansAndReports(_ name: String) throws {
        let family = try #require(RunFamilies.all.first { $0.name == name })
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(Int64(Self.number("FUZZ_MILLISECONDS") ?? 300))
        let given = Self.number("FUZZ_SEED")
        var tries = 0
        repeat {
            let seed = given ?? .random(in: 0 ... .max)
            try feed(family, seed: seed)
            tries += 1
        } while clock.now < end && given == nil
        print("fuzz: \(name): \(tries) tries")
    }

    /// One run with mutated objects around it, through plan and report until nothing changes.
    private func feed(_ family: any RunFamily, seed: UInt64) throws {
        var mutator = Mutator(seed: seed)
        let schema = try DefinedSchema.of(family.runResource.kind)
        var run = mutator.mutated(Self.run(of: family))
        let template = family.templateResource.map { resource in
            var template = Fixture.template()
            template["apiVersion"] = .string(resource.apiVersion)
            template["kind"] = .string(resource.kind)
            return template
        }
        for step in 0..<6 {
            var references: [RunReference: KubeObject] = [:]
            for reference in family.references(of: run) { references[reference] = template.map { mutator.mutated($0) } }
            let jobs = mutator.chance(of: 3) ? [] : [mutator.mutated(Self.job(step))]
            let pods = mutator.chance(of: 3) ? [] : [mutator.mutated(Self.pod(step))]
            let observation = RunObservation(jobs: jobs, pods: pods)
            let now = Fixture.now + .seconds(Int64(step) * 5)
            _ = family.recordedJob(of: run)
            let outcome = family.plan(
                run, inputs: PlanInputs(references: references, observation: observation, now: now))
            let report = family.report(ReportInput(run: run, outcome: outcome, observation: observation, now: now))
            guard let status = report.status else { continue }
            var reported = Self.run(of: family)
            reported["status"] = .object(status)
            let faults = schema.validate(reported.value, old: nil).filter { "\($0)".contains("status") }
            #expect(faults.isEmpty, "FUZZ_SEED=\(seed): \(faults) in \(JSONValue.object(status).encodedString())")
            run["status"] = .object(status)
        }
    }

    private static func run(of family: any RunFamily) -> KubeObject {
        var run = Fixture.run(["callbackUrl": "https://a/b", "parameters": [["name": "a", "value": "b"]]])
        run["apiVersion"] = .string(family.runResource.apiVersion)
        run["kind"] = .string(family.runResource.kind)
        return run
    }

    private static func job(_ step: Int) -> KubeObject {
        Fixture.job(
            status: [
                "startTime": .string(Fixture.now.rfc3339), "active": 1, "failed": .integer(Int64(step)),
                "conditions": [Fixture.condition(step > 3 ? "Failed" : "Suspended", reason: "R", message: "m")],
            ])
    }

    private static func pod(_ step: Int) -> KubeObject {
        Fixture.endedPod(exitCode: Int64(step), message: #"{"rows": 7}"#, at: Fixture.now)
    }

    private static func number(_ variable: String) -> UInt64? {
        guard let text = unsafe getenv(variable) else { return nil }
        return UInt64(unsafe String(cString: text))
    }
}
