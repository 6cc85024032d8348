import KubeObjects
import RunCore
import Testing

/// A KubernetesJob that is edited while its Job goes on: which Job it follows, and which one is replaced.
struct EditedRunTests: RoundsOfRun {
    let family = KubernetesJobFamily()
    private let job = JobReference(key: ObjectKey(namespace: "demo", name: "run"), uid: "job-uid")

    private func run(image: String = "first", generation: Int64 = 1, status: JSONObject? = nil) -> KubeObject {
        var run = KubeObject(apiVersion: "kubernetes.project-planton.org/v1", kind: "KubernetesJob", name: "run")
        run.metadata["uid"] = "run-uid"
        run.metadata["generation"] = .integer(generation)
        run["spec"] = [
            "namespace": ["value": "demo"], "createNamespace": true, "image": ["repo": .string(image)],
            "env": ["secrets": ["WORD": ["value": "hush"]]],
        ]
        run["status"] = status.map(JSONValue.object)
        return run
    }

    /// The Job of a run as the server has it.
    private func job(of run: KubeObject, _ change: (inout KubeObject) -> Void = { _ in }) throws -> KubeObject {
        var fresh = run
        fresh["status"] = nil
        guard case .create(let plan) = family.plan(fresh, inputs: PlanInputs(now: Fixture.now)) else {
            throw RunRejection(reason: .invalidRun, message: "no Job is made")
        }
        var job = plan.job
        job.metadata["uid"] = .string(self.job.uid)
        job.metadata["creationTimestamp"] = .string(Fixture.now.rfc3339)
        job["status"] = ["startTime": .string(Fixture.now.rfc3339), "active": 1]
        change(&job)
        return job
    }

    private func edited(_ run: KubeObject, image: String) -> KubeObject {
        var edited = run
        edited["spec"]?["image"] = ["repo": .string(image)]
        edited.metadata["generation"] = .integer(run.generation + 1)
        return edited
    }

    private func leaving(_ job: KubeObject, finalizers: [JSONValue] = ["example.test/hold"]) -> KubeObject {
        var job = job
        job.metadata["deletionTimestamp"] = .string(Fixture.now.rfc3339)
        job.metadata["finalizers"] = .array(finalizers)
        return job
    }

    // MARK: Replaced

    /// First it is said, then done; what holds the former Job is named, and told once.
    @Test func aFormerJobIsReplacedStepByStep() throws {
        let first = try job(of: run())
        let begun = edited(try told(run(), [first]), image: "second")
        guard case .wait(let wait) = plan(begun, [first]) else {
            Issue.record("nothing is said: \(plan(begun, [first]))")
            return
        }
        #expect(wait.reason == .waitingForFormerJob)
        #expect(report(begun, [first]).events == [])
        let waiting = try told(begun, [first])
        #expect(waiting[path: "status", "phase"] == "Waiting")
        #expect(waiting[path: "status", "jobRef", "uid"] == "job-uid")
        #expect(waiting[path: "status", "jobRef", "namespace"] == "demo")
        #expect(waiting[path: "status", "digest"] == nil)
        #expect(plan(waiting, [first]) == .delete(job))

        let held = leaving(first)
        let event = try #require(report(waiting, [held]).events.first)
        #expect(event.reason == "WaitingForFormerJob")
        #expect(event.message.contains("demo/run") && event.message.contains("example.test/hold"))
        let stuck = try told(waiting, [held])
        #expect(stuck[path: "status", "message"] == .string(event.message))
        #expect(report(stuck, [held]).events == [])
        #expect(report(stuck, [held]).status == stuck["status"]?.object)

        guard case .create(let next) = plan(stuck, []) else {
            Issue.record("no Job is made: \(plan(stuck, []))")
            return
        }
        #expect(next.job[path: "spec", "template", "spec", "containers"]?[0]?["image"] == "second")
    }

    /// Somebody deletes the former Job in the foreground, which stops its pods first: that is not cut short.
    @Test(arguments: [false, true])
    func aFormerJobInForegroundDeletionIsWaitedFor(isOver: Bool) throws {
        let first = try job(of: run()) { job in
            if isOver { job["status"] = ["conditions": [Fixture.condition("Complete")]] }
        }
        let begun = edited(try told(run(), [first]), image: "second")
        let going = leaving(first, finalizers: ["foregroundDeletion"])
        let waiting = try told(begun, [going])
        guard case .wait(let wait) = plan(waiting, [going]) else {
            Issue.record("the Job is not waited for: \(plan(waiting, [going]))")
            return
        }
        #expect(wait.reason == .waitingForFormerJob)
        #expect(!wait.message.contains("finalizers"))
        #expect(report(waiting, [going]).events == [])
    }

    /// The Job that was to go is the right one again: it is let go all the same once it is on its way out, and another one
    /// is made; before that it is followed.
    @Test func anEditThatIsTakenBackEndsInTheRightJob() throws {
        let first = try job(of: run())
        let waiting = try told(edited(try told(run(), [first]), image: "second"), [first])
        let back = edited(waiting, image: "first")
        // What deletes it may be under way: it becomes another version first.
        let patch = change(back, [first])
        #expect(patch?.mergePatch == ["metadata": ["annotations": ["cellbytes.io/taken-back": "3"]]])
        #expect(plan(back, [changed(first, by: patch)]) == .none)
        let followed = try told(back, [first])
        #expect(followed[path: "status", "phase"] == "Pending")
        #expect(followed[path: "status", "digest"] == .string(first.annotations["cellbytes.io/plan-digest"] ?? ""))

        let held = leaving(first)
        let stuck = try told(back, [held])
        #expect(stuck[path: "status", "reason"] == "WaitingForFormerJob")
        guard case .create(let next) = plan(stuck, []) else {
            Issue.record("no Job is made: \(plan(stuck, []))")
            return
        }
        #expect(next.job[path: "spec", "template", "spec", "containers"]?[0]?["image"] == "first")
    }

    /// Without an edit, a Job that goes is lost.
    @Test func aJobThatSomebodyElseDeletesIsLost() throws {
        let first = try job(of: run())
        let begun = try told(run(), [first])
        #expect(plan(begun, [leaving(first)]) == .none)
        #expect(plan(begun, []) == .none)
        #expect(report(begun, []).status?["reason"] == "JobLost")
    }

    /// What is over has nothing to lose; if it is held, that is said.
    @Test func aFormerJobThatIsOverIsDeletedAtOnce() throws {
        let over = try job(of: run()) { $0["status"] = ["conditions": [Fixture.condition("Complete")]] }
        let begun = edited(try told(run(), [over]), image: "second")
        #expect(plan(begun, [over]) == .delete(job))
        let stuck = try told(begun, [leaving(over)])
        #expect(stuck[path: "status", "reason"] == "WaitingForFormerJob")
    }

    // MARK: The same work

    struct SameCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What another version of the controller, or somebody, did to the Job, the status and the run.
        var plan: String?
        var words: String?
        var status: JSONObject?
        var labels: JSONObject?
        /// The edit.
        var edit: JSONObject = [:]
        /// Whether the Job goes on.
        let isSame: Bool
    }

    static let recorded: JSONObject = [
        "phase": "Running", "observedGeneration": 1, "jobRef": ["name": "run", "namespace": "demo", "uid": "job-uid"],
        "digest": "sha256:former",
    ]

    static let sameCases = [
        SameCase(
            testDescription: "planned otherwise now", plan: "sha256:former", words: "kept",
            status: recorded.merging("kept"), isSame: true),
        SameCase(
            testDescription: "planned otherwise now, and edited in place", plan: "sha256:former", words: "kept",
            status: recorded.merging("kept"), edit: ["parallelism": 3], isSame: true),
        SameCase(
            testDescription: "planned otherwise now, and edited", plan: "sha256:former", words: "kept",
            status: recorded.merging("kept"), edit: ["command": ["other"]], isSame: false),
        SameCase(
            testDescription: "planned otherwise now, and another secret", plan: "sha256:former", words: "kept",
            status: recorded.merging("kept"), edit: ["env": ["secrets": ["WORD": ["value": "other"]]]], isSame: false),
        SameCase(
            testDescription: "planned otherwise now, and not on record", plan: "sha256:former", words: "kept",
            isSame: true),
        SameCase(
            testDescription: "planned otherwise now, not on record, and edited", plan: "sha256:former", words: "kept",
            edit: ["command": ["other"]], isSame: false),
        SameCase(
            testDescription: "planned otherwise now, by a version that noted no words", plan: "sha256:former",
            status: recorded, isSame: true),
        SameCase(
            testDescription: "planned otherwise now, by a version that noted no words, and edited in place",
            plan: "sha256:former", status: recorded, edit: ["parallelism": 3], isSame: false),
        SameCase(
            testDescription: "a label that pods have, and edited in place", words: "kept",
            labels: ["planton.ai/environment": "test"], edit: ["parallelism": 3], isSame: true),
        SameCase(
            testDescription: "other words for the same", words: "sha256:other", edit: ["completions": 1], isSame: true),
    ]

    @Test(arguments: sameCases)
    func onlyOtherWordsOfTheRunBeginTheWorkAnew(_ row: SameCase) throws {
        var run = run(status: row.status)
        let words = try #require(try job(of: run).annotations["cellbytes.io/words-digest"])
        let found = try job(of: run) { job in
            if let plan = row.plan { job.metadata["annotations"]?["cellbytes.io/plan-digest"] = .string(plan) }
            let digest = row.words.map { $0 == "kept" ? words : $0 }
            job["metadata"]?.set(digest.map { .string($0) }, at: ["annotations", "cellbytes.io/words-digest"])
        }
        if run[path: "status", "wordsDigest"] == "kept" { run["status"]?["wordsDigest"] = .string(words) }
        run.metadata["labels"] = row.labels.map { .object($0) }
        for (field, value) in row.edit { run["spec"]?[field] = value }
        if !row.edit.isEmpty { run.metadata["generation"] = 2 }
        let outcome = plan(run, [found])
        if row.isSame {
            let status = try told(run, [found])["status"]
            #expect(status?["digest"] == .string(found.annotations["cellbytes.io/plan-digest"] ?? ""))
            #expect(status?["wordsDigest"]?.string?.hasPrefix("sha256:") == true)
            switch outcome {
            case .none, .patch: break
            default: Issue.record("the Job does not go on: \(outcome)")
            }
        } else {
            guard case .wait(let wait) = outcome, wait.reason == .waitingForFormerJob else {
                Issue.record("the Job goes on: \(outcome)")
                return
            }
        }
    }

    /// The controller is started again without leave for paths of the node: what goes on goes on, and its end is told.
    @Test func whatWasAcceptedIsNotRefusedWhileItGoesOn() throws {
        var run = run()
        run["spec"]?["volumeMounts"] = [["name": "v", "mountPath": "/v", "hostPath": ["path": "/etc"]]]
        let lenient = RunSettings(allowsHostPath: true)
        guard case .create(let plan) = family.plan(run, inputs: PlanInputs(now: Fixture.now, settings: lenient)) else {
            Issue.record("no Job is made")
            return
        }
        var found = plan.job
        found.metadata["uid"] = "job-uid"
        found["status"] = ["startTime": .string(Fixture.now.rfc3339), "active": 1]
        func status(_ settings: RunSettings) -> JSONValue? {
            let observation = RunObservation(jobs: [found], pods: [])
            let inputs = PlanInputs(observation: observation, now: Fixture.now, settings: settings)
            let input = ReportInput(
                run: run, outcome: family.plan(run, inputs: inputs), observation: observation, now: Fixture.now,
                settings: settings)
            return family.report(input).status.map { .object($0) }
        }
        // Not even on record: the controller ended right after it had made the Job.
        #expect(status(RunSettings())?["phase"] == "Pending")
        run["status"] = status(lenient)
        #expect(run[path: "status", "phase"] == "Pending")
        #expect((status(RunSettings()) ?? run["status"])?["phase"] == "Pending")
        // What can be changed in place still is: the run can be cancelled.
        run.metadata["generation"] = 2
        run["spec"]?["suspend"] = true
        let inputs = PlanInputs(
            observation: RunObservation(jobs: [found], pods: []), now: Fixture.now, settings: RunSettings())
        guard case .patch(let patch) = family.plan(run, inputs: inputs) else {
            Issue.record("the Job is not suspended")
            return
        }
        #expect(patch.mergePatch["spec"] == ["suspend": true])
        found["status"] = ["conditions": [Fixture.condition("Complete")]]
        #expect(status(RunSettings())?["phase"] == "Succeeded")
        run["spec"]?["volumeMounts"] = [["name": "v", "mountPath": "/other", "hostPath": ["path": "/etc"]]]
        #expect(status(RunSettings())?["reason"] == "HostPathNotAllowed")
    }

    /// A Job is not made a second time when it is gone, whoever planned it.
    @Test func noWorkIsDoneASecondTimeBecauseItIsPlannedOtherwise() {
        #expect(plan(run(status: Self.recorded), []) == .none)
    }

    /// Values of secrets stand in no digest that can be searched for them.
    @Test func aSecretsValueIsNotInTheWords() throws {
        var digests: Set<String> = []
        for number in 0..<1000 {
            var run = run()
            run["spec"]?["env"] = ["secrets": ["WORD": ["value": .string("secret \(number)")]]]
            digests.insert(Digest.short(try job(of: run).annotations["cellbytes.io/words-digest"] ?? ""))
        }
        // Sixteen bits of each are: nearly all of them differ, and of many some do not.
        #expect((950..<1000).contains(digests.count))
    }
}

extension JSONObject {
    /// A status with the digest of the run's words.
    fileprivate func merging(_ words: String) -> JSONObject {
        var status = self
        status["wordsDigest"] = .string(words)
        return status
    }
}
