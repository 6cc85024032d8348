import KubeObjects
import RunCore
import Testing

/// `trigger.strategy`, in which later versions of the original say what `run` and `triggers` say.
struct ExtendedJobStrategyTests {
    private let family = ExtendedJobFamily()

    private func object(_ start: String) throws -> KubeObject {
        var object = KubeObject(
            apiVersion: "fissile.cloudfoundry.org/v1alpha1", kind: "ExtendedJob", namespace: "demo", name: "ejob")
        object.metadata["uid"] = "ejob-uid"
        object.metadata["generation"] = 1
        object.metadata["creationTimestamp"] = .string(Fixture.now.rfc3339)
        var spec = try #require(try YAML.parse(start).first?.value)
        spec["template"] = ["spec": ["containers": [["name": "c", "image": "busybox"]]]]
        object["spec"] = spec
        return object
    }

    private func plan(_ run: KubeObject) -> PlanOutcome {
        family.plan(run, inputs: PlanInputs(triggers: [], followsReferences: true, now: Fixture.now))
    }

    @Test(arguments: [
        ("trigger: {strategy: once}", "run: once"), ("trigger: {strategy: now}", "run: now"),
        ("trigger: {strategy: manual}", "run: manually"),
        (
            "trigger: {strategy: podstate, podstate: {when: deleted, selector: {matchLabels: {a: b}}}}",
            "triggers: {when: deleted, selector: {matchLabels: {a: b}}}"
        ),
    ])
    func itMeansTheSame(_ later: String, _ seed: String) throws {
        let (one, other) = (try object(later), try object(seed))
        #expect(try ExtendedJob(one).start() == ExtendedJob(other).start())
        #expect(plan(one) == plan(other))
        #expect(family.triggerRule(of: one) == family.triggerRule(of: other))
    }

    /// It had its run before it came here.
    @Test func whatIsDoneStartsNothing() throws {
        var run = try object("trigger: {strategy: done}")
        #expect(plan(run) == .none)
        let report = family.report(ReportInput(run: run, outcome: .none, now: Fixture.now))
        #expect(report.status?["phase"] == "Waiting")
        #expect(report.status?["message"] == "spec.trigger.strategy says that it had its run")
        run["status"] = report.status.map { .object($0) }
        #expect(
            family.repetition(of: run)
                == .refuse(
                    "had its one run (spec.trigger.strategy: done); an errand has spec.trigger.strategy: manual"))
    }

    @Test(
        "what is no errand says so in its own words",
        arguments: [
            (
                "trigger: {strategy: once}",
                "is run once in its life (spec.trigger.strategy: once); an errand has spec.trigger.strategy: manual"
            ),
            (
                "trigger: {strategy: podstate, podstate: {when: deleted, selector: {matchLabels: {a: b}}}}",
                "is started by pods (spec.trigger.strategy: podstate), not by hand; an errand has "
                    + "spec.trigger.strategy: manual"
            ),
            (
                "triggers: {when: deleted, selector: {matchLabels: {a: b}}}",
                "is started by pods (spec.triggers), not by hand; an errand has spec.run: manually"
            ),
        ])
    func refusals(_ spec: String, _ words: String) throws {
        #expect(family.repetition(of: try object(spec)) == .refuse(words))
    }

    /// An errand is started, taken back and set back in the words in which it stands there.
    @Test func anErrandKeepsItsWords() throws {
        let idle = try object("trigger: {strategy: manual}")
        #expect(family.repetition(of: idle) == .restart(["spec": ["trigger": ["strategy": "now"]]]))
        let told = family.report(ReportInput(run: idle, outcome: .none, now: Fixture.now))
        #expect(told.status?["message"] == "set spec.trigger.strategy to \"now\" to start it")
        var requested = try object("trigger: {strategy: now}")
        #expect(family.cancellation(of: requested) == .withdraw(["spec": ["trigger": ["strategy": "manual"]]]))
        requested["status"] = ["errand": ["requested": 1, "ended": 1]]
        #expect(plan(requested) == .patchRun(["spec": ["trigger": ["strategy": "manual"]]]))
    }

    @Test(arguments: [
        ("trigger: {strategy: often}", "spec.trigger.strategy: \"often\" is none of"),
        ("trigger: {strategy: podstate}", "podstate is required"),
        ("trigger: {strategy: now, podstate: {when: ready}}", "belongs to no other"),
        ("trigger: {strategy: podstate, podstate: {when: gone}}", "spec.trigger.podstate.when: \"gone\" is none of"),
        ("{run: once, trigger: {strategy: once}}", "spec: run and trigger exclude each other; remove one of them"),
    ])
    func whatIsWrongIsNamed(_ spec: String, _ words: String) throws {
        guard case .reject(let rejection) = plan(try object(spec)) else {
            Issue.record("it is not refused")
            return
        }
        #expect(rejection.message.contains(words), "\(rejection.message)")
    }
}
