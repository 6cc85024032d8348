import KubeObjects
import RunCore
import Testing

/// What pods reach, and which of it an ExtendedJob has to act on.
struct PodTriggerTests {
    private static let start = Timestamp(seconds: 1_790_000_000)

    private static func pod(
        ready: String? = nil, since: Int64 = 0, uid: String = "pod-uid", version: String = "200",
        labels: JSONObject = ["app": "web"]
    ) -> KubeObject {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", namespace: "demo", name: "web-0")
        pod.metadata["uid"] = .string(uid)
        pod.metadata["resourceVersion"] = .string(version)
        pod.metadata["creationTimestamp"] = .string(start.rfc3339)
        pod.metadata["labels"] = .object(labels)
        if let ready {
            pod["status"] = [
                "startTime": .string((start + .seconds(1)).rfc3339),
                "conditions": [
                    [
                        "type": "Ready", "status": .string(ready),
                        "lastTransitionTime": .string((start + .seconds(since)).rfc3339),
                    ]
                ],
            ]
        }
        return pod
    }

    struct StateCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var pod: KubeObject
        var states: [PodTrigger.State]
    }

    static let states = [
        StateCase(testDescription: "just made", pod: pod(), states: [.created]),
        StateCase(testDescription: "not ready yet", pod: pod(ready: "False", since: 1), states: [.created]),
        StateCase(testDescription: "a clock's tick apart", pod: pod(ready: "False", since: 2), states: [.created]),
        StateCase(testDescription: "ready", pod: pod(ready: "True", since: 5), states: [.created, .ready]),
        StateCase(
            testDescription: "readiness lost", pod: pod(ready: "False", since: 9), states: [.created, .notready]),
        StateCase(testDescription: "node lost", pod: pod(ready: "Unknown", since: 9), states: [.created, .notready]),
    ]

    @Test(arguments: states)
    func aPodAloneShowsWhatItHasReached(_ row: StateCase) {
        #expect(PodTrigger.reached(by: row.pod).map(\.state) == row.states)
        #expect(PodTrigger.reached(by: Trimming.triggeringPod(row.pod)) == PodTrigger.reached(by: row.pod))
    }

    struct EdgeCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var old: KubeObject
        var new: KubeObject
        var states: [PodTrigger.State]
    }

    static let edges = [
        EdgeCase(testDescription: "gets ready", old: pod(), new: pod(ready: "True", since: 3), states: [.ready]),
        EdgeCase(
            testDescription: "loses it", old: pod(ready: "True", since: 3), new: pod(ready: "False", since: 4),
            states: [.notready]),
        EdgeCase(
            testDescription: "lost and regained unseen", old: pod(ready: "True", since: 3),
            new: pod(ready: "True", since: 8), states: [.ready]),
        EdgeCase(
            testDescription: "an annotation", old: pod(ready: "True", since: 3),
            new: pod(ready: "True", since: 3, version: "201"), states: []),
        EdgeCase(
            testDescription: "still not", old: pod(ready: "False", since: 1), new: pod(ready: "Unknown", since: 9),
            states: []),
    ]

    @Test(arguments: edges)
    func twoLooksShowWhatIsNew(_ row: EdgeCase) {
        #expect(PodTrigger.reached(by: row.new, since: row.old).map(\.state) == row.states)
    }

    @Test(
        arguments: [
            ["job-name": "x"], ["batch.kubernetes.io/job-name": "x"], ["fissile.cloudfoundry.org/extendedjob": "true"],
        ] as [JSONObject])
    func podsOfJobsConcernNobody(_ labels: JSONObject) {
        #expect(!PodTrigger.concerns(Self.pod(labels: labels)))
        #expect(PodTrigger.concerns(Self.pod()))
    }

    private static func run(_ status: JSONObject = ["watchedFrom": "150"], created: Int64 = 0) -> KubeObject {
        var run = KubeObject(
            apiVersion: "fissile.cloudfoundry.org/v1alpha1", kind: "ExtendedJob", namespace: "demo", name: "ejob")
        run.metadata["uid"] = "ejob-uid"
        run.metadata["resourceVersion"] = "160"
        run.metadata["generation"] = 1
        run.metadata["creationTimestamp"] = .string((start + .seconds(created)).rfc3339)
        run["spec"] = [
            "triggers": ["when": "ready", "selector": ["matchExpressions": [["key": "app", "operator": "exISTS"]]]],
            "template": ["spec": ["containers": [["name": "c", "image": "busybox"]]]],
        ]
        run["status"] = .object(status)
        return run
    }

    private static func ready(_ second: Int64, version: String, live: Bool = false) -> PodTrigger {
        PodTrigger(
            .ready, pod: "web-0", uid: "pod-uid", labels: ["app": "x"], time: start + .seconds(second),
            resourceVersion: version, isSeenAtOnce: live)
    }

    struct AgeCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var trigger: PodTrigger
        var counts: Bool
    }

    static let ages = [
        AgeCase(testDescription: "later", trigger: ready(1, version: "200"), counts: true),
        AgeCase(testDescription: "earlier", trigger: ready(-1, version: "200"), counts: false),
        AgeCase(testDescription: "same second, older version", trigger: ready(0, version: "140"), counts: false),
        AgeCase(testDescription: "same second, newer version", trigger: ready(0, version: "151"), counts: true),
        AgeCase(
            testDescription: "seen at once, by a node whose clock is behind",
            trigger: ready(-60, version: "151", live: true), counts: true),
        AgeCase(
            testDescription: "seen at once, before", trigger: ready(60, version: "140", live: true), counts: false),
    ]

    @Test(arguments: ages)
    func whatWasBeforeDoesNotCount(_ row: AgeCase) {
        let open = ExtendedJobFamily().unsettled([row.trigger], of: Self.run())
        #expect(!open.isEmpty == row.counts)
    }

    @Test func oneChangeStartsOneJobAndTheNextOneWhenThatIsMade() throws {
        let family = ExtendedJobFamily()
        let triggers = [Self.ready(9, version: "200"), Self.ready(5, version: "190")]
        guard case .create(let first) = family.plan(Self.run(), inputs: PlanInputs(triggers: triggers, now: Self.start))
        else { throw PlanFault() }
        var made = first.job
        made.metadata["uid"] = "job-1"
        let seen = RunObservation(jobs: [made], pods: [])
        guard
            case .create(let second) = family.plan(
                Self.run(), inputs: PlanInputs(observation: seen, triggers: triggers, now: Self.start))
        else { throw PlanFault() }
        // The oldest change comes first.
        let key = try #require(first.job.annotations["fissile.cloudfoundry.org/trigger"])
        #expect(key.hasSuffix("@\((Self.start + .seconds(5)).seconds)"))
        #expect(first.job.name != second.job.name)
    }

    private struct PlanFault: Error {}

    /// However many changes there were: the list stays short, and none of them starts a second Job.
    @Test func theListOfWhatIsDoneStaysShort() throws {
        let family = ExtendedJobFamily()
        let triggers = (1...600).map { Self.ready(Int64($0), version: "200") }
        var run = Self.run()
        for batch in stride(from: 0, to: 600, by: 100) {
            let jobs = try triggers[batch..<batch + 100].map { trigger in
                guard
                    case .create(let plan) = family.plan(run, inputs: PlanInputs(triggers: [trigger], now: Self.start))
                else { throw PlanFault() }
                var job = plan.job
                job.metadata["uid"] = .string("job-\(trigger.time.seconds)")
                job.metadata["creationTimestamp"] = .string(trigger.time.rfc3339)
                job["status"] = ["conditions": [["type": "Complete", "status": "True"]]]
                return job
            }
            let now = Self.start + .seconds(10_000 + batch)
            let report = family.report(
                ReportInput(run: run, outcome: .none, observation: RunObservation(jobs: jobs, pods: []), now: now))
            run["status"] = .object(try #require(report.status))
        }
        #expect(run[path: "status", "runs"] == 600)
        #expect(run[path: "status", "handledTriggers", "keys"]?.array?.count == 256)
        #expect(family.unsettled(triggers, of: run) == [])
        #expect(family.unsettled([Self.ready(601, version: "200")], of: run).count == 1)
    }

    struct SelectorCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var expression: JSONValue
        var fault: String
    }

    static let selectors = [
        SelectorCase(
            testDescription: "unknown operator", expression: ["key": "a", "operator": "Gt", "values": ["1"]],
            fault: "spec.triggers.selector"),
        SelectorCase(
            testDescription: "no values", expression: ["key": "a", "operator": "in"], fault: "spec.triggers.selector"),
    ]

    @Test(arguments: selectors)
    func aSelectorThatMeansNothingIsRefused(_ row: SelectorCase) {
        var run = Self.run()
        run["spec"]?["triggers"]?["selector"]?["matchExpressions"] = [row.expression]
        guard
            case .reject(let rejection) = ExtendedJobFamily().plan(
                run, inputs: PlanInputs(triggers: [], now: Self.start))
        else {
            Issue.record("it is not refused")
            return
        }
        #expect(rejection.message.hasPrefix(row.fault))
    }
}
