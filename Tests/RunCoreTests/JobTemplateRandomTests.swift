import KubeObjects
import RunCore
import TestSupport
import Testing

/// Rules that hold whatever the order in which things are seen.
@Suite(.tags(.random))
struct JobTemplateRandomTests {
    private let family = JobTemplateFamily()

    /// A Job and a pod of a run that succeeds, as the API server shows them one after the other.
    private static let jobStates: [JSONObject] = [
        [:],
        ["startTime": "2026-11-21T06:20:49Z", "active": 1, "ready": 0, "uncountedTerminatedPods": [:]],
        ["startTime": "2026-11-21T06:20:49Z", "active": 1, "ready": 1, "uncountedTerminatedPods": [:]],
        [
            "startTime": "2026-11-21T06:20:49Z", "uncountedTerminatedPods": ["succeeded": ["p"]],
            "conditions": [Fixture.condition("SuccessCriteriaMet")],
        ],
        [
            "startTime": "2026-11-21T06:20:49Z", "completionTime": .string(Fixture.now.rfc3339), "succeeded": 1,
            "conditions": [Fixture.condition("SuccessCriteriaMet"), Fixture.condition("Complete")],
        ],
    ]
    private static let podStates: [KubeObject?] = [
        nil,
        Fixture.pod(status: ["phase": "Pending"]),
        Fixture.pod(status: [
            "phase": "Pending",
            "containerStatuses": [["name": "main", "state": ["waiting": ["reason": "ContainerCreating"]]]],
        ]),
        Fixture.pod(status: [
            "phase": "Running", "containerStatuses": [["name": "main", "state": ["running": [:]]]],
        ]),
        Fixture.endedPod(exitCode: 0),
    ]

    /// Jobs and pods are watched apart, so either may be seen late. Whatever the order and the pace, a run that succeeds
    /// costs three writes of its status at most, ends right, and is silent afterwards.
    @Test(arguments: 1...300 as ClosedRange<UInt64>)
    func aRunThatSucceedsIsWrittenThreeTimesAtMost(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (job, pod, now) = (0, 0, Fixture.now)
        var run = Fixture.run()
        var phases: [String] = []
        for _ in 0..<60 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: job = min(job + 1, Self.jobStates.count - 1)
            case 1: pod = min(pod + 1, Self.podStates.count - 1)
            default: now = now + .milliseconds(Int.random(in: 0..<1500, using: &random))
            }
            let observation = RunObservation(
                jobs: [Fixture.job(status: Self.jobStates[job])], pods: [Self.podStates[pod]].compactMap(\.self))
            let report = family.report(
                ReportInput(run: run, outcome: .none, observation: observation, now: now))
            guard let status = report.status, run["status"] != .object(status) else { continue }
            run["status"] = .object(status)
            phases.append(status["phase"]?.string ?? "")
        }
        #expect(phases.count <= 3, "seed \(seed): \(phases)")
        #expect(phases.last == "Succeeded", "seed \(seed): \(phases)")
        #expect(run["status"]?["exitCode"] == 0)
        #expect(run["status"]?["startTime"] == "2026-11-21T06:20:49Z")
    }

    /// Objects come from whoever may write them. Nothing in them may end the controller, and the same objects always
    /// give the same plan and report.
    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func strangeObjectsAreSurvived(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func strange(_ object: KubeObject) throws -> KubeObject {
            var mutation = TreeMutation(random: random)
            let value = mutation.mutated(object.value)
            random = mutation.random
            return try #require(KubeObject(value))
        }
        let run = try strange(
            Fixture.run([
                "args": ["a"], "env": [["name": "A", "value": "1"]], "parameters": [["name": "p", "value": 1]],
                "suspend": false, "container": "main",
            ]))
        let template = try strange(
            Fixture.template {
                $0["parameters"] = [["name": "p", "type": "integer", "minimum": 0]]
                $0["overridable"] = ["*"]
            })
        let references = Dictionary(
            uniqueKeysWithValues: family.references(of: run).map { ($0, template) })
        let jobs = [try strange(Fixture.job(status: Self.jobStates[4]))]
        let pods = [try strange(Fixture.endedPod(exitCode: 1)), try strange(Fixture.pod(status: ["phase": "Pending"]))]
        for jobs in [jobs, []] {
            let observation = RunObservation(jobs: jobs, pods: pods)
            let inputs = PlanInputs(references: references, observation: observation, now: Fixture.now)
            let outcome = family.plan(run, inputs: inputs)
            #expect(outcome == family.plan(run, inputs: inputs), "seed \(seed)")
            let input = ReportInput(run: run, outcome: outcome, observation: observation, now: Fixture.now)
            #expect(family.report(input) == family.report(input), "seed \(seed)")
        }
    }
}

/// Changes some members of a tree into something else.
struct TreeMutation {
    var random: SeededGenerator

    private static let oddities: [JSONValue] = [
        .null, true, 0, -1, 1.5, "", "x", "$(params.", "$(params.p[9])", [], [[:]], [:], ["name": .null], ["": [:]],
        .integer(.max), .integer(.min), .string(String(repeating: "é", count: 300)),
    ]

    mutating func mutated(_ value: JSONValue, depth: Int = 0) -> JSONValue {
        if depth > 0, Int.random(in: 0..<12, using: &random) == 0 {
            return Self.oddities.randomElement(using: &random) ?? .null
        }
        switch value {
        case .array(let elements): return .array(elements.map { mutated($0, depth: depth + 1) })
        case .object(let members):
            var result = JSONObject()
            for (key, member) in members where depth == 0 || Int.random(in: 0..<20, using: &random) > 0 {
                result[key] = mutated(member, depth: depth + 1)
            }
            return .object(result)
        default: return value
        }
    }
}
