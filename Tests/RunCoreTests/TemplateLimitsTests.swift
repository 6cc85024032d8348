import KubeObjects
import KubeSchema
import RunCore
import Testing

/// What a template says about its runs as a whole.
struct TemplateLimitsTests {
    private static func template(_ extras: JSONObject) -> KubeObject {
        var template = KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobTemplate", namespace: "demo", name: "echo")
        template["spec"] = ["template": ["spec": ["containers": [["name": "main", "image": "busybox"]]]]]
        for (field, value) in extras { template[field] = value }
        return template
    }

    private static func plan(_ extras: JSONObject) throws -> RunPlan {
        var run = KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobRun", namespace: "demo", name: "run")
        run.metadata["uid"] = "1"
        run["spec"] = ["templateRef": "echo"]
        let family = JobTemplateFamily()
        let reference = try #require(family.references(of: run).first)
        let outcome = family.plan(
            run, inputs: PlanInputs(references: [reference: template(extras)], now: Timestamp(seconds: 0)))
        guard case .create(let plan) = outcome else { throw Unplanned(outcome: outcome) }
        return plan
    }

    private struct Unplanned: Error { var outcome: PlanOutcome }

    @Test(
        "a plan names the turn that its run has to take",
        arguments: [
            ([:], nil), (["concurrency": ["maxRuns": 3]], (3, .queue)),
            (["concurrency": ["maxRuns": 1, "policy": "Forbid"]], (1, .forbid)),
            (["concurrency": ["maxRuns": 9_223_372_036_854_775_807]], (Int.max, .queue)),
            // What the definition does not let through limits nothing.
            (["concurrency": ["maxRuns": 0]], nil), (["concurrency": .null], nil),
        ] as [(JSONObject, (Int, RunTurn.Policy)?)])
    func turns(extras: JSONObject, expected: (Int, RunTurn.Policy)?) throws {
        let turn = try Self.plan(extras).turn
        #expect(turn?.limit == expected?.0)
        #expect(turn?.policy == expected?.1)
    }

    @Test func aDenialSaysWhoseRuleItIs() throws {
        for (policy, reason) in [("Queue", RunReason.waitingForTurn), ("Forbid", .tooManyRuns)] {
            let turn = try Self.plan(["concurrency": ["maxRuns": 2, "policy": .string(policy)]]).turn
            switch turn?.denial() {
            case .wait(let wait):
                #expect(wait.reason == reason && wait.until == nil)
                #expect(wait.message.hasPrefix("JobTemplate \"echo\" allows 2 of its runs at once"))
            case .reject(let rejection):
                #expect(rejection.reason == reason)
                #expect(rejection.message.hasPrefix("JobTemplate \"echo\" allows 2 of its runs at once"))
            default: Issue.record("\(policy): \(String(describing: turn))")
            }
        }
    }

    @Test(
        "what counts a run as under way, and what as over",
        arguments: [
            ([:], false, false, false), (["phase": "Waiting", "reason": "WaitingForTurn"], true, false, false),
            (["phase": "Waiting", "reason": "JobCreateFailed"], false, false, false),
            (["phase": "Running", "jobRef": ["name": "j", "uid": "u"]], false, true, false),
            (["phase": "Failed", "jobRef": ["name": "j", "uid": "u"]], false, true, true),
            (["phase": "Cancelled"], false, false, true),
            // As the original controller has left it.
            (["succeeded": 1, "conditions": [["type": "Complete", "status": "True"]]], false, false, true),
        ] as [(JSONValue, Bool, Bool, Bool)])
    func standings(status: JSONValue, isWaiting: Bool, isBegun: Bool, isOver: Bool) throws {
        var run = KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobRun", namespace: "demo", name: "run")
        run["spec"] = ["templateRef": "echo"]
        run["status"] = status
        let family = JobTemplateFamily()
        let group = try #require(family.references(of: run).first)
        #expect(
            family.standing(of: run)
                == RunStanding(group: group, isWaiting: isWaiting, isBegun: isBegun, isOver: isOver))
    }

    /// A run that ended so many seconds ago.
    private static func ended(_ name: String, _ seconds: Int64, succeeded: Bool, hadJob: Bool = true) -> EndedRun {
        EndedRun(
            key: ObjectKey(namespace: "demo", name: name), uid: name, resourceVersion: "1", succeeded: succeeded,
            hadJob: hadJob, end: Timestamp(seconds: 1000 - seconds))
    }

    private static let runs = [
        ended("good-old", 300, succeeded: true), ended("good-new", 10, succeeded: true),
        ended("bad-old", 200, succeeded: false), ended("bad-new", 20, succeeded: false),
    ]

    @Test(
        "the runs that go now, and how long it is to the next",
        arguments: [
            ([:], [], nil), (["succeededLimit": 1], ["good-old"], nil),
            (["succeededLimit": 0, "failedLimit": 1], ["good-old", "bad-old", "good-new"], nil),
            (["ttlSecondsAfterSucceeded": 100], ["good-old"], 90),
            (["ttlSecondsAfterFailed": 200], ["bad-old"], 180), (["ttlSecondsAfterFailed": 201], [], 1),
            (["ttlSecondsAfterSucceeded": 0], ["good-old", "good-new"], nil),
            (["succeededLimit": 1, "ttlSecondsAfterSucceeded": 5], ["good-old", "good-new"], nil),
            (["failedLimit": 5, "ttlSecondsAfterSucceeded": 1_000_000], [], 999_700),
            // What the definition does not let through deletes nothing.
            (["succeededLimit": -1, "ttlSecondsAfterFailed": -1], [], nil),
        ] as [(JSONObject, [String], Int64?)])
    func retention(rules: JSONObject, expected: [String], next: Int64?) throws {
        let retention = try #require(JobTemplateFamily().retention(of: Self.template(["retention": .object(rules)])))
        let verdict = retention.verdict(on: Self.runs, now: Timestamp(seconds: 1000))
        #expect(verdict.superfluous.map(\.key.name) == expected)
        #expect(verdict.next == next.map { .seconds($0) })
    }

    @Test func refusalsDoNotPushOutFailures() {
        let rule = RunRetention(succeeded: .init(), failed: .init(limit: 1))
        let refusals = (1...3).map { Self.ended("refused-\($0)", Int64($0), succeeded: false, hadJob: false) }
        let verdict = rule.verdict(on: Self.runs + refusals, now: Timestamp(seconds: 1000))
        #expect(verdict.superfluous.map(\.key.name) == ["bad-old", "refused-3", "refused-2"])
    }

    @Test func timesBeyondAllNumbersAreAsGoodAsForEver() throws {
        let template = Self.template(["retention": ["ttlSecondsAfterSucceeded": .integer(.max)]])
        let retention = try #require(JobTemplateFamily().retention(of: template))
        let future = EndedRun(
            key: ObjectKey(namespace: "demo", name: "run"), uid: "1", resourceVersion: "1", succeeded: true,
            end: Timestamp(seconds: 253_402_300_799))
        let now = Timestamp(seconds: 0)
        let verdict = retention.verdict(on: [future], now: now)
        #expect(verdict.superfluous.isEmpty)
        #expect(now + (verdict.next ?? .zero) > Timestamp(seconds: 253_402_300_000))
    }

    @Test func aTemplateWithoutRulesKeepsItsRuns() {
        #expect(JobTemplateFamily().retention(of: Self.template([:])) == nil)
        #expect(JobTemplateFamily().retention(of: Self.template(["retention": .null])) == nil)
    }

    @Test(
        "when a run ended, with what a store keeps of it as with the whole",
        arguments: [
            (
                [
                    "phase": "Succeeded", "completionTime": "1970-01-01T00:00:59Z",
                    "conditions": [
                        ["type": "Complete", "status": "True", "lastTransitionTime": "1970-01-01T00:01:00Z"]
                    ],
                ], 60
            ),
            (
                [
                    "phase": "Failed",
                    "conditions": [
                        ["type": "FailureTarget", "status": "True", "lastTransitionTime": "1970-01-01T00:00:01Z"],
                        ["type": "Failed", "status": "True", "lastTransitionTime": "1970-01-01T00:02:00Z"],
                    ],
                ], 120
            ),
            (
                [
                    "phase": "Cancelled",
                    "conditions": [
                        ["type": "Failed", "status": "True", "lastTransitionTime": "1970-01-01T00:03:00Z"]
                    ],
                ], 180
            ), (["phase": "Running"], nil), (["phase": "Failed", "callback": ["state": "Pending"]], nil),
            // A status that somebody has written by hand: as old as the run itself.
            (["phase": "Failed"], 7), (["phase": "Failed", "conditions": [["type": "Failed", "status": "True"]]], 7),
        ] as [(JSONValue, Int64?)])
    func ends(status: JSONValue, seconds: Int64?) {
        var run = KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobRun", namespace: "demo", name: "run")
        run.metadata["uid"] = "1"
        run.metadata["resourceVersion"] = "5"
        run.metadata["creationTimestamp"] = "1970-01-01T00:00:07Z"
        run["spec"] = ["templateRef": "echo"]
        run["status"] = status
        let family = JobTemplateFamily()
        #expect(family.ended(run)?.end == seconds.map { Timestamp(seconds: $0) })
        guard family.isSettled(run) else { return }
        let kept = Trimming.settledRun(run)
        #expect(family.ended(kept) == family.ended(run))
        #expect(family.references(of: kept) == family.references(of: run))
    }
}
