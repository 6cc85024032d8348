import KubeObjects
import RunCore
import Testing

/// How often the status of an ExtendedJob is written whose Jobs pods start.
struct TriggeredJobReportTests {
    private let family = ExtendedJobFamily()

    /// One ExtendedJob with its Jobs and their pods, looked at whenever something changes.
    private final class World {
        var run: KubeObject
        var jobs: [KubeObject] = []
        var pods: [KubeObject] = []
        var now = Fixture.now
        /// The phases that were written, one for each write.
        var written: [String] = []
        /// The Events that were told.
        var events: [EventNote] = []
        private var writeTime: Timestamp?
        /// How many Jobs were made, those that are gone included.
        private var made = 0
        private let family: ExtendedJobFamily

        init(_ family: ExtendedJobFamily) {
            self.family = family
            run = KubeObject(
                apiVersion: "fissile.cloudfoundry.org/v1alpha1", kind: "ExtendedJob", namespace: "demo", name: "ejob")
            run.metadata["uid"] = "ejob-uid"
            run.metadata["generation"] = 1
            run.metadata["resourceVersion"] = "10"
            run.metadata["creationTimestamp"] = .string(Fixture.now.rfc3339)
            run["spec"] = [
                "triggers": ["when": "created"],
                "template": [
                    "spec": ["restartPolicy": "Never", "containers": [["name": "main", "image": "busybox"]]]
                ],
            ]
        }

        /// Time passes, and then all that is to be said by now is said.
        func look(after pause: Duration, triggers: [PodTrigger] = []) {
            now = now + pause
            let inputs = PlanInputs(
                observation: RunObservation(jobs: jobs, pods: pods), triggers: triggers, followsReferences: true,
                now: now)
            let outcome = family.plan(run, inputs: inputs)
            if case .create(let plan) = outcome {
                var job = plan.job
                job.metadata["uid"] = .string("job-\(made)")
                made += 1
                job.metadata["creationTimestamp"] = .string(now.rfc3339)
                jobs.append(job)
            }
            let report = family.report(
                ReportInput(
                    run: run, outcome: outcome, observation: RunObservation(jobs: jobs, pods: pods),
                    statusTime: writeTime, now: now))
            guard let status = report.status, status != run["status"]?.object else { return }
            run["status"] = .object(status)
            events += report.events
            written.append(status["phase"]?.string ?? "none")
            writeTime = now
        }

        func set(_ job: Int, _ status: JSONObject) {
            for (name, value) in status { jobs[job]["status"] = (jobs[job]["status"] ?? [:]).with(name, value) }
        }

        /// The container of a Job's pod runs, or has ended.
        func setPod(of job: Int, ended: Bool) {
            var pod = Fixture.pod(
                "pod-\(job)",
                status: [
                    "phase": "Running",
                    "containerStatuses": [["name": "main", "state": ["running": ["startedAt": .string(now.rfc3339)]]]],
                ])
            if ended { pod = Fixture.endedPod("pod-\(job)", exitCode: 0, reason: "Completed", at: now) }
            pod.metadata["ownerReferences"] = [
                [
                    "apiVersion": "batch/v1", "kind": "Job", "name": .string(jobs[job].name ?? ""),
                    "uid": .string(jobs[job].uid ?? ""), "controller": true,
                ]
            ]
            pods.removeAll { $0.name == pod.name }
            pods.append(pod)
        }

        func complete(_ job: Int) {
            let time = JSONValue.string(now.rfc3339)
            set(
                job,
                [
                    "active": 0, "succeeded": 1, "completionTime": time,
                    "conditions": [["type": "Complete", "status": "True", "lastTransitionTime": time]],
                ])
        }
    }

    private func trigger(_ number: Int) -> PodTrigger {
        PodTrigger(
            .created, pod: "web-\(number)", uid: "web-uid-\(number)", time: Fixture.now + .seconds(1),
            resourceVersion: "1\(number)", isSeenAtOnce: true)
    }

    /// A Job's first moments, and those between a container's end and its Job's, are no news however far apart they are.
    @Test func whatOnlyPassesByIsNotWritten() {
        let world = World(family)
        world.look(after: .zero)
        #expect(world.written == ["Waiting"])
        world.look(after: .seconds(2), triggers: [trigger(0)])
        world.look(after: .milliseconds(5))
        #expect(world.written == ["Waiting", "Pending"])
        world.set(0, ["startTime": .string(world.now.rfc3339), "active": 1])
        world.look(after: .seconds(2))
        #expect(world.written == ["Waiting", "Pending"])
        world.setPod(of: 0, ended: false)
        world.look(after: .seconds(2))
        #expect(world.written == ["Waiting", "Pending", "Running"])
        world.setPod(of: 0, ended: true)
        world.look(after: .milliseconds(1500))
        world.set(0, ["active": 0])
        world.look(after: .milliseconds(100))
        #expect(world.written == ["Waiting", "Pending", "Running"])
        world.complete(0)
        world.look(after: .seconds(2))
        #expect(world.written == ["Waiting", "Pending", "Running", "Succeeded"])
    }

    /// Ten Jobs that overlap, each with five steps a fifth of a second apart: no more than a write a second.
    @Test func manyJobsCostOneWriteASecond() {
        let world = World(family)
        world.look(after: .zero)
        for number in 0..<10 { world.look(after: .milliseconds(10), triggers: (0...number).map(trigger)) }
        #expect(world.jobs.count == 10)
        let begin = world.now
        let steps: [(Int) -> Void] = [
            { world.set($0, ["startTime": .string(world.now.rfc3339), "active": 1]) },
            { world.setPod(of: $0, ended: false) }, { world.setPod(of: $0, ended: true) },
            { world.set($0, ["active": 0]) }, { world.complete($0) },
        ]
        for moment in 0..<14 {
            for job in 0..<10 where steps.indices.contains(moment - job) {
                steps[moment - job](job)
                world.look(after: .milliseconds(20))
            }
            world.look(after: .milliseconds(20))
        }
        let elapsed = (world.now - begin) / .seconds(1)
        #expect(Double(world.written.count) <= elapsed + 2, "\(world.written) in \(elapsed) s")
        world.look(after: .seconds(5))
        world.look(after: .seconds(5))
        #expect(world.run[path: "status", "phase"] == "Succeeded")
        #expect(world.run[path: "status", "runs"] == 10)
    }

    /// The last Job is deleted when all has been said of it, or before: neither is an earlier one told of once more.
    @Test(arguments: [true, false])
    func anEarlierJobIsNotToldOfAgainWhenTheLastIsDeleted(isOver: Bool) {
        let world = World(family)
        world.look(after: .zero)
        for job in 0..<2 {
            begin(job, in: world)
            guard job == 0 || isOver else { continue }
            world.setPod(of: job, ended: true)
            world.complete(job)
            world.look(after: .seconds(2))
        }
        let last = world.jobs.removeLast()
        world.pods.removeLast()
        world.look(after: .seconds(10))
        #expect(world.run[path: "status", "lastRun", "uid"] == .string(last.uid ?? ""))
        #expect(world.run[path: "status", "lastRun", "result"] == (isOver ? "Succeeded" : "Cancelled"))
        #expect(world.run[path: "status", "phase"] == (isOver ? "Succeeded" : "Cancelled"))
        #expect(world.run[path: "status", "runs"] == 2)
    }

    /// The last Job is deleted while it goes on, and the next one follows before anybody has looked: that it was lost is told.
    @Test func aLostJobIsToldOfThoughTheNextOneFollowsAtOnce() {
        let world = World(family)
        world.look(after: .zero)
        world.look(after: .seconds(2), triggers: [trigger(0)])
        world.look(after: .seconds(2))
        world.set(0, ["startTime": .string(world.now.rfc3339), "active": 1])
        world.setPod(of: 0, ended: false)
        world.look(after: .seconds(2))
        let lost = world.jobs[0]
        world.look(after: .milliseconds(10), triggers: [trigger(1)])
        world.jobs.removeFirst()
        world.pods.removeAll()
        world.look(after: .seconds(2))
        #expect(world.run[path: "status", "lastRun", "uid"] == .string(world.jobs[0].uid ?? ""))
        let told = world.events.filter { $0.reason == "Cancelled" }
        #expect(told.map(\.message) == ["the Job \(lost.name ?? "") was deleted before its end was seen"])
    }

    private func worldWithTwoUnderWay() -> World {
        let world = World(family)
        world.look(after: .zero)
        for job in 0..<2 { begin(job, in: world) }
        return world
    }

    /// A pod starts the next Job, and that goes on.
    private func begin(_ job: Int, in world: World) {
        world.look(after: .seconds(2), triggers: [trigger(job)])
        world.look(after: .seconds(2))
        world.set(job, ["startTime": .string(world.now.rfc3339), "active": 1])
        world.setPod(of: job, ended: false)
        world.look(after: .seconds(2))
    }

    /// The last of two is deleted: the run goes on, and says so; the loss is told when nothing goes on any more.
    @Test func whatGoesOnIsNotSaidToBeLost() {
        let world = worldWithTwoUnderWay()
        world.jobs.removeLast()
        world.pods.removeLast()
        world.look(after: .seconds(10))
        #expect(world.run[path: "status", "phase"] == "Running")
        #expect(world.run[path: "status", "message"] == nil)
        #expect(world.run[path: "status", "lastRun", "result"] == "Cancelled")
        world.setPod(of: 0, ended: true)
        world.complete(0)
        world.look(after: .seconds(10))
        #expect(world.run[path: "status", "phase"] == "Cancelled")
        #expect(world.run[path: "status", "message"] == "the Job was deleted before its end was seen")
        #expect(world.events.filter { $0.reason == "Cancelled" }.count == 1)
    }

    /// The last of two is deleted, and a third follows before the first is over: the status is about that one from then on.
    @Test func whatWasLostIsToldWhenAnotherOneTakesItsPlace() {
        let world = worldWithTwoUnderWay()
        let lost = world.jobs.removeLast()
        world.pods.removeLast()
        world.look(after: .seconds(10))
        #expect(world.run[path: "status", "lastRun", "result"] == "Cancelled")
        world.look(after: .seconds(2), triggers: [trigger(2)])
        world.look(after: .seconds(2))
        #expect(world.run[path: "status", "runs"] == 3)
        #expect(world.run[path: "status", "lastRun", "result"] == nil)
        for job in 0..<2 {
            world.setPod(of: job, ended: true)
            world.complete(job)
            world.look(after: .seconds(5))
        }
        let told = world.events.filter { $0.reason == "Cancelled" }
        #expect(told.map(\.message) == ["the Job \(lost.name ?? "") was deleted before its end was seen"])
    }

    /// An errand's Job goes on while the spec is edited to one that pods start: how it ends is told.
    @Test func anErrandThatBecomesOneForPodsIsFollowedToItsEnd() {
        let world = World(family)
        let triggers = world.run[path: "spec", "triggers"]
        world.run["spec"]?.set(nil, at: ["triggers"])
        world.run["spec"]?["run"] = "now"
        world.look(after: .zero)
        world.set(0, ["startTime": .string(world.now.rfc3339), "active": 1])
        world.setPod(of: 0, ended: false)
        world.look(after: .seconds(2))
        #expect(world.run[path: "status", "phase"] == "Running")
        world.run["spec"]?.set(nil, at: ["run"])
        world.run["spec"]?["triggers"] = triggers
        world.run.metadata["generation"] = 2
        world.look(after: .seconds(2))
        #expect(world.run[path: "status", "phase"] == "Running")
        world.setPod(of: 0, ended: true)
        world.complete(0)
        world.look(after: .seconds(5))
        #expect(world.run[path: "status", "phase"] == "Succeeded")
        #expect(world.run[path: "status", "lastRun", "result"] == "Succeeded")
    }

    /// The status was written by a controller whose clock was ahead: nobody waits until that time has come.
    @Test func aClockThatWasAheadHoldsNothingUp() {
        let world = World(family)
        world.look(after: .zero)
        world.look(after: .seconds(3600), triggers: [trigger(0)])
        world.look(after: .milliseconds(5))
        world.set(0, ["startTime": .string(world.now.rfc3339), "active": 1])
        world.setPod(of: 0, ended: false)
        world.look(after: .seconds(-3600))
        #expect(world.run[path: "status", "phase"] == "Running")
    }
}

extension JSONValue {
    fileprivate func with(_ name: String, _ value: JSONValue) -> JSONValue {
        var result = self
        result.set(value, at: [name])
        return result
    }
}
