import KubeObjects
import RunCore
import Testing

/// A plain run whose Jobs are more than one: its Job's name follows from its words, so that two may be there at once.
struct SuperfluousJobTests: RoundsOfRun {
    let family = PlainRunFamily()

    private func run(_ word: String, generation: Int64 = 1, status: JSONObject? = nil) -> KubeObject {
        var run = KubeObject(apiVersion: "acme.com/v1", kind: "Run", namespace: "demo", name: "run")
        run.metadata["uid"] = "run-uid"
        run.metadata["generation"] = .integer(generation)
        run["command"] = ["echo", .string(word)]
        run["status"] = status.map(JSONValue.object)
        return run
    }

    private func edited(_ run: KubeObject, _ word: String) -> KubeObject {
        self.run(word, generation: run.generation + 1, status: run["status"]?.object)
    }

    /// The Job of a word, with the word as its uid.
    private func job(_ word: String, over: Bool = false, _ change: (inout KubeObject) -> Void = { _ in }) throws
        -> KubeObject
    {
        guard case .create(let plan) = plan(run(word), []) else {
            throw RunRejection(reason: .invalidRun, message: "no Job is made")
        }
        var job = plan.job
        job.metadata["uid"] = .string(word)
        job.metadata["creationTimestamp"] = .string(Fixture.now.rfc3339)
        job["status"] = ["startTime": .string(Fixture.now.rfc3339), "active": 1]
        if over {
            job["status"] = [
                "startTime": .string(Fixture.now.rfc3339), "completionTime": .string(Fixture.now.rfc3339),
                "conditions": [Fixture.condition("Complete")],
            ]
        }
        change(&job)
        return job
    }

    private func held(_ word: String) throws -> KubeObject {
        try job(word) { job in
            job.metadata["deletionTimestamp"] = .string(Fixture.now.rfc3339)
            job.metadata["finalizers"] = ["example.test/hold"]
        }
    }

    /// The run as it is once it says what the server refused.
    private func refused(_ run: KubeObject, _ jobs: [KubeObject], _ refusal: APIRefusal) throws -> KubeObject {
        let report = family.report(
            ReportInput(
                run: run, outcome: plan(run, jobs), refusal: refusal,
                observation: RunObservation(jobs: jobs, pods: []), now: Fixture.now))
        var told = run
        told["status"] = .object(try #require(report.status))
        return told
    }

    private func reference(_ job: KubeObject) -> JobReference { JobReference(key: job.key, uid: job.uid ?? "") }

    /// The image of the Job that is made; nil if none is.
    private func made(_ outcome: PlanOutcome) -> String? {
        guard case .create(let plan) = outcome else { return nil }
        return plan.job[path: "spec", "template", "spec", "containers"]?[0]?["command"]?[1]?.string
    }

    // MARK: Beside the right one

    /// The answer to the first Job's request was lost, and the run edited before that Job was seen.
    @Test(arguments: [true, false])
    func aJobThatAppearsBesideTheRightOneIsDeleted(isRecorded: Bool) throws {
        let (late, right) = (try job("first"), try job("second"))
        var edited = edited(run("first"), "second")
        if isRecorded { edited = try told(edited, [right]) }
        #expect(plan(edited, [late, right]) == .delete(reference(late)))
        #expect(plan(edited, [try job("first", over: true), right]) == .delete(reference(late)))
    }

    /// Nobody looked while it was time: the right Job is over, and the run with it.
    @Test func aJobThatAppearsAfterTheEndIsDeleted() throws {
        let right = try job("second", over: true)
        let over = try told(edited(run("first"), "second"), [right])
        #expect(over[path: "status", "phase"] == "Succeeded")
        let late = try job("first")
        #expect(plan(over, [late, right]) == .delete(reference(late)))
        #expect(plan(over, [try held("first"), right]) == .none)
        #expect(plan(over, [right]) == .none)
    }

    /// What holds a Job that nobody needs keeps nobody from changing the one that counts.
    @Test func aJobThatIsHeldKeepsNobodyFromChangingTheRightOne() throws {
        let (held, right) = (try held("first"), try job("second"))
        var begun = try told(edited(run("first"), "second"), [right])
        #expect(plan(begun, [held, right]) == .none)
        begun["retries"] = 3
        begun.metadata["generation"] = 3
        let patch = change(begun, [held, right])
        #expect(patch?.job == reference(right))
        #expect(patch?.mergePatch["spec"] == ["backoffLimit": 3])
    }

    /// One that nobody may delete, or that nobody may change: the other is not waited for.
    @Test func aRefusedDeletionAndARefusedChangeDoNotWaitForEachOther() throws {
        let (late, right) = (try job("first"), try job("second"))
        var begun = try told(edited(run("first"), "second"), [right])
        #expect(plan(begun, [late, right]) == .delete(reference(late)))
        let refusal = APIRefusal(code: 403, reason: "Forbidden", message: "no")
        let stuck = try refused(begun, [late, right], refusal)
        #expect(stuck[path: "status", "reason"] == "JobDeleteFailed")
        #expect(stuck[path: "status", "conditions"]?[0]?["reason"] == "JobDeleteFailed")
        #expect(stuck[path: "status", "message"]?.string?.contains(late.name ?? "") == true)
        #expect(plan(stuck, [late, right]) == .delete(reference(late)))

        begun = stuck
        begun["retries"] = 3
        begun.metadata["generation"] = 3
        #expect(change(begun, [late, right])?.mergePatch["spec"] == ["backoffLimit": 3])
        let unchanged = try refused(begun, [late, right], refusal)
        #expect(unchanged[path: "status", "reason"] == "JobChangeFailed")
        #expect(plan(unchanged, [late, right]) == .delete(reference(late)))
        #expect(change(unchanged, [right])?.mergePatch["spec"] == ["backoffLimit": 3])
    }

    /// The run goes back to a Job that is one too many: it stays the one to be deleted for no request that is under way.
    @Test func backToASuperfluousJobThatStaysIsNotedOnIt() throws {
        let (late, right) = (try job("first"), try job("second"))
        let begun = try told(edited(run("first"), "second"), [right])
        let back = edited(begun, "first")
        let patch = change(back, [late, right])
        #expect(patch?.job == reference(late))
        #expect(patch?.mergePatch == ["metadata": ["annotations": ["cellbytes.io/taken-back": "3"]]])
        let kept = changed(late, by: patch)
        #expect(plan(back, [kept, right]) == .delete(reference(right)))
        // Once more to and fro is another generation.
        let again = edited(edited(try told(back, [late, right]), "second"), "first")
        #expect(plan(again, [kept]) == .none)
    }

    /// Two for the same words, made by two versions of the controller: the one on record stays.
    @Test func ofTwoJobsForTheSameTheOneOnRecordStays() throws {
        let first = try job("first")
        let other = try job("first") { job in
            job.metadata["name"] = "run-other"
            job.metadata["uid"] = "other"
            job.metadata["creationTimestamp"] = .string((Fixture.now + .seconds(-5)).rfc3339)
            job.metadata["annotations"]?["cellbytes.io/plan-digest"] = "sha256:other"
        }
        let begun = try told(run("first"), [first])
        #expect(plan(begun, [other, first]) == .delete(reference(other)))
        #expect(plan(run("first"), [other, first]) == .delete(reference(first)))
    }

    /// It is on its way out without a word in the status; whoever goes back to what it did gets another one.
    @Test func backToASuperfluousJobThatGoesIsAnotherJob() throws {
        let (held, right) = (try held("first"), try job("second"))
        let begun = try told(edited(run("first"), "second"), [right])
        let back = try told(edited(begun, "first"), [held, right])
        #expect(back[path: "status", "jobRef", "uid"] == "second")
        #expect(plan(back, [held, right]) == .delete(reference(right)))
        let waiting = try told(back, [held])
        #expect(waiting[path: "status", "reason"] == "WaitingForFormerJob")
        #expect(made(plan(waiting, [])) == "first")
    }

    /// Another Job beside one that is lost changes nothing of that.
    @Test func aLostJobIsNotMadeAgainBecauseOfAnotherOne() throws {
        let stray = try job("stray")
        let begun = try told(run("first"), [try job("first")])
        #expect(plan(begun, [stray]) == .delete(reference(stray)))
        #expect(plan(begun, []) == .none)
        #expect(report(begun, [try held("stray")]).status?["reason"] == "JobLost")
    }

    // MARK: Taken back

    /// The run was over, was edited, and goes back when the next Job was made and is not on record: that is replaced, and the
    /// former words run again.
    @Test(arguments: [true, false])
    func anEditTakenBackAfterTheEndRunsAgain(isOver: Bool) throws {
        let over = try told(run("first"), [try job("first", over: true)])
        let next = try job("second", over: isOver)
        let back = edited(edited(over, "second"), "first")
        guard case .wait(let wait) = plan(back, [next]) else {
            Issue.record("nothing is said: \(plan(back, [next]))")
            return
        }
        #expect(wait.reason == .waitingForFormerJob)
        let waiting = try told(back, [next])
        let status = try #require(waiting["status"])
        #expect(status["phase"] == "Waiting")
        #expect(status["jobRef"]?["uid"] == "second")
        #expect(status["conditions"]?.array?.map { $0["type"] } == ["Ready"])
        for field in ["digest", "wordsDigest", "completionTime", "duration", "exitCode"] {
            #expect(status[field] == nil, "\(field)")
        }
        #expect(plan(waiting, [next]) == .delete(reference(next)))
        #expect(made(plan(waiting, [])) == "first")
    }

    /// The Job is over and its end not on record: that it is replaced is said first, or it would count as lost for whoever
    /// goes back.
    @Test func aJobWhoseEndIsNotOnRecordIsReplacedStepByStep() throws {
        let begun = try told(run("first"), [try job("first")])
        let over = try job("first", over: true)
        let edited = edited(begun, "second")
        guard case .wait = plan(edited, [over]) else {
            Issue.record("nothing is said: \(plan(edited, [over]))")
            return
        }
        let waiting = try told(edited, [over])
        #expect(plan(waiting, [over]) == .delete(reference(over)))
        #expect(made(plan(self.edited(waiting, "first"), [])) == "first")
    }

    // MARK: Refused

    /// The run is edited into one that no Job can be made of: it fails at once, and the Job does not go on.
    @Test(arguments: [true, false])
    func aRunThatIsRefusedLeavesNoJobBehind(isRecorded: Bool) throws {
        let first = try job("first")
        var begun = run("first")
        if isRecorded { begun = try told(begun, [first]) }
        var invalid = edited(begun, "first")
        invalid["env"] = ["A=B": "x"]
        let refused = try told(invalid, [first])
        #expect(refused[path: "status", "phase"] == "Failed")
        #expect(refused[path: "status", "reason"] == "InvalidRun")
        #expect(refused[path: "status", "digest"] == nil)
        #expect(plan(refused, [first]) == .delete(reference(first)))
        #expect(plan(refused, [try held("first")]) == .none)
        #expect(plan(refused, []) == .none)

        let mended = edited(refused, "first")
        #expect(plan(mended, [changed(first, by: change(mended, [first]))]) == .none)
        // One that is on its way out is not taken back.
        guard case .wait(let wait) = plan(mended, [try held("first")]) else {
            Issue.record("a Job that goes is taken for the run's")
            return
        }
        #expect(wait.reason == .waitingForFormerJob)
        #expect(made(plan(mended, [])) == "first")
    }

    /// Nothing is on record yet, one Job too many is on its way out, and the run goes back to what that one does.
    @Test func aJobThatGoesIsNotTakenForTheRunsBeforeAnythingIsOnRecord() throws {
        let second = try job("second")
        let begun = run("first")
        #expect(plan(begun, [try held("first"), second]) != .delete(reference(second)))
    }
}
