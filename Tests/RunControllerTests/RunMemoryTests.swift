import KubeObjects
import RunCore
import Testing

@testable import RunController

struct RunMemoryTests {
    private let start = Timestamp(seconds: 1_000)

    private func run(uid: String = "run", version: String = "10") -> KubeObject {
        var run = KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobRun", namespace: "demo", name: "r")
        run.metadata["uid"] = .string(uid)
        run.metadata["resourceVersion"] = .string(version)
        return run
    }

    private func job(version: String = "20", isComplete: Bool = false) -> KubeObject {
        var job = KubeObject(apiVersion: "batch/v1", kind: "Job", namespace: "demo", name: "r-job")
        job.metadata["uid"] = "job"
        job.metadata["resourceVersion"] = .string(version)
        if isComplete { job["status"] = ["conditions": [["type": "Complete", "status": "True"]]] }
        return job
    }

    /// A Job as it is remembered that ended and was then deleted.
    private func gone(_ job: KubeObject) -> KubeObject {
        var job = job
        job.metadata["deletionTimestamp"] = ""
        return job
    }

    private var recorded: JobReference { JobReference(key: job().key, uid: "job") }

    @Test func theStoreIsBelievedWhenNothingIsRemembered() {
        var memory = RunMemory()
        #expect(memory.view(of: run(), jobs: [job()], recorded: nil, now: start) == .current([job()]))
        #expect(memory.count == 0)
    }

    @Test func aStoreBehindOurStatusWriteIsWaitedFor() {
        var memory = RunMemory()
        memory.runWritten(run(version: "12"))
        #expect(memory.view(of: run(version: "10"), jobs: [], recorded: nil, now: start) == .behind)
        #expect(memory.view(of: run(version: "12"), jobs: [], recorded: nil, now: start) == .current([]))
        #expect(memory.count == 0)
    }

    @Test func aJobThatWasMadeIsThereBeforeTheStoreShowsIt() {
        var memory = RunMemory()
        memory.jobWritten(job(), for: run(), now: start)
        #expect(memory.view(of: run(), jobs: [], recorded: nil, now: start) == .current([job()]))
        let seen = job(version: "25")
        #expect(memory.view(of: run(), jobs: [seen], recorded: nil, now: start) == .current([seen]))
        // Seen once, the store alone counts.
        #expect(memory.view(of: run(), jobs: [], recorded: nil, now: start) == .current([]))
    }

    @Test func aJobThatWasChangedIsNotSeenInItsOldState() {
        var memory = RunMemory()
        let changed = job(version: "30")
        memory.jobWritten(changed, for: run(), now: start)
        #expect(memory.view(of: run(), jobs: [job(version: "20")], recorded: nil, now: start) == .current([changed]))
    }

    @Test func aJobThatIsNeverSeenIsDoubted() {
        var memory = RunMemory()
        memory.jobWritten(job(), for: run(), now: start)
        let later = start + RunMemory.patience
        #expect(memory.view(of: run(), jobs: [], recorded: nil, now: later) == .doubtful(recorded))
        memory.jobWritten(job(), for: run(), now: later)
        #expect(memory.view(of: run(), jobs: [], recorded: nil, now: later) == .current([job()]))
        memory.jobMissing(recorded, of: run(), now: later)
        // It was there and must never be made again, so it counts until the status names it.
        #expect(memory.view(of: run(), jobs: [], recorded: nil, now: later) == .current([job()]))
        #expect(memory.view(of: run(), jobs: [], recorded: recorded, now: later) == .current([]))
    }

    /// The clock was set back since: nobody waits until that time has come again.
    @Test func aClockThatWasSetBackHidesNoDoubt() {
        var memory = RunMemory()
        memory.jobWritten(job(), for: run(), now: start)
        let earlier = start + .seconds(-60)
        #expect(memory.view(of: run(), jobs: [], recorded: nil, now: earlier) == .doubtful(recorded))
    }

    /// A run that is made again under its name is told of its own refusal.
    @Test func whatARunWasToldIsNotToldToItsSuccessor() {
        let refused = refused(.create, 403)
        var memory = RunMemory()
        memory.told(refused, of: run(), now: start)
        #expect(memory.hasTold(refused, of: run(), now: start))
        #expect(!memory.hasTold(refused, of: run(uid: "other"), now: start))
    }

    private func refused(_ kind: RefusedRequest.Kind, _ code: Int) -> RefusedRequest {
        RefusedRequest(kind: kind, refusal: APIRefusal(code: code, reason: "Code\(code)", message: "no"))
    }

    /// A Job that nobody may delete stands beside one that nobody may change, or that nobody may make: each status that says
    /// so brings up the other request.
    @Test func refusalsThatTakeTurnsAreToldOnceInAWhile() {
        let cases: [(name: String, refusals: [RefusedRequest], writes: Int)] = [
            ("the same", [refused(.delete, 403)], 1),
            ("a change for good", [refused(.delete, 403), refused(.patch, 422)], 2),
            ("both for good", [refused(.delete, 422), refused(.patch, 422)], 2),
            ("both for now", [refused(.delete, 403), refused(.create, 403)], 2),
            ("three", [refused(.delete, 403), refused(.create, 403), refused(.patch, 422)], 3),
        ]
        for (name, refusals, writes) in cases {
            var memory = RunMemory()
            /// The family asks for what the status does not tell of; what is not written is tried again.
            func written(at now: Timestamp) -> Int {
                var count = 0
                var next = 0
                for _ in 0..<20 {
                    guard !memory.hasTold(refusals[next], of: run(), now: now) else { continue }
                    memory.told(refusals[next], of: run(), now: now)
                    count += 1
                    next = (next + 1) % refusals.count
                }
                return count
            }
            #expect(written(at: start) == writes, "\(name)")
            #expect(written(at: start + RunMemory.refusalRecheck) == writes, "\(name)")
        }
    }

    /// What is refused for good is shown as often as something else of the status changes.
    @Test func whatIsRefusedForGoodHoldsNothingBack() {
        var memory = RunMemory()
        memory.told(refused(.patch, 422), of: run(), now: start)
        #expect(!memory.hasTold(refused(.patch, 422), of: run(), now: start))
    }

    @Test func aRefusalAfterARequestThatWasCarriedOutIsNews() {
        var memory = RunMemory()
        memory.told(refused(.create, 403), of: run(), now: start)
        memory.told(refused(.delete, 403), of: run(), now: start)
        memory.carriedOut(.create, of: run())
        #expect(!memory.hasTold(refused(.create, 403), of: run(), now: start))
        #expect(memory.hasTold(refused(.delete, 403), of: run(), now: start))
    }

    @Test func aJobThatWeDeletedIsGoneBeforeTheStoreKnows() {
        var memory = RunMemory()
        memory.jobDeleted(job(), for: run(), now: start)
        #expect(memory.hasDeleted(recorded, of: run()))
        #expect(memory.view(of: run(), jobs: [job()], recorded: recorded, now: start) == .current([]))
        memory.jobGone(job(isComplete: true), run: run().key, uid: "run")
        #expect(memory.view(of: run(), jobs: [], recorded: recorded, now: start) == .current([]))
    }

    /// A run that is over and edited then: what is late may still show the Job that was deleted as one that goes on.
    @Test func aDeletedJobStaysDeletedWhenItsRunIsOver() {
        var memory = RunMemory()
        memory.jobDeleted(job(), for: run(), now: start)
        memory.forgetJobs(of: run())
        #expect(memory.hasDeleted(recorded, of: run()))
        // The store has not even shown that it was made.
        #expect(memory.view(of: run(), jobs: [], recorded: recorded, now: start) == .current([]))
        let late = start + .seconds(60)
        #expect(memory.view(of: run(), jobs: [job()], recorded: nil, now: late) == .current([]))
        memory.jobGone(job(), run: run().key, uid: "run")
        // Looked up a moment before it went.
        #expect(memory.view(of: run(), jobs: [job()], recorded: nil, now: late) == .current([]))
        #expect(memory.view(of: run(), jobs: [], recorded: nil, now: late) == .current([]))
        #expect(memory.count == 0)
    }

    /// The watch tells that it went before the answer is read.
    @Test func aDeletedJobThatIsToldOfBeforeTheAnswerIsForgotten() {
        var memory = RunMemory()
        memory.jobGone(job(), run: run().key, uid: "run")
        memory.jobDeleted(job(), for: run(), now: start)
        #expect(memory.hasDeleted(recorded, of: run()))
        #expect(memory.view(of: run(), jobs: [], recorded: recorded, now: start) == .current([]))
        #expect(memory.count == 0)
    }

    /// Runs that are cancelled while no watch tells of their Jobs, and never will: a list came after all of it.
    @Test func marksThatNobodyEndsAreDropped() {
        var memory = RunMemory()
        func cancel(_ number: Int, at now: Timestamp) {
            var run = run()
            run.metadata["name"] = .string("r\(number)")
            memory.jobDeleted(job(), for: run, now: now)
            memory.forgetJobs(of: run)
        }
        for number in 0..<100 { cancel(number, at: start) }
        #expect(memory.count == 100)
        cancel(100, at: start + RunMemory.markLifetime)
        #expect(memory.count == 1)
        // Another worker looked at the clock a little earlier, and comes a little later.
        cancel(101, at: start + RunMemory.markLifetime + .seconds(-5))
        #expect(memory.count == 2)
        // The clock was set back.
        cancel(102, at: start)
        #expect(memory.count == 1)
    }

    /// No answer came to the deletion: whether the Job is there is asked before it counts.
    @Test func aJobWhoseDeletionWasNotAnsweredIsDoubted() {
        let cases: [(name: String, settle: (inout RunMemory) -> Void, jobs: [KubeObject], isDeleted: Bool)] = [
            ("it is gone", { $0.jobMissing(recorded, of: run(), now: start) }, [], true),
            (
                "the watch tells that it went", { $0.jobGone(job(version: "25"), run: run().key, uid: "run") }, [], true
            ),
            ("it is there", { $0.jobWritten(job(version: "25"), for: run(), now: start) }, [job(version: "25")], false),
        ]
        for (name, settle, jobs, isDeleted) in cases {
            var memory = RunMemory()
            memory.jobDoubted(job(), for: run())
            #expect(
                memory.view(of: run(), jobs: [job()], recorded: recorded, now: start) == .doubtful(recorded), "\(name)")
            settle(&memory)
            #expect(memory.hasDeleted(recorded, of: run()) == isDeleted, "\(name)")
            #expect(memory.view(of: run(), jobs: [job()], recorded: recorded, now: start) == .current(jobs), "\(name)")
        }
    }

    @Test func whatWasSentIsToldWhenItIsSeen() {
        func said(_ run: KubeObject, _ status: JSONObject) -> KubeObject {
            var run = run
            run["status"] = .object(status)
            return run
        }
        let status: JSONObject = ["phase": "Failed", "reason": "InvalidTemplate"]
        let report = RunReport(status: status, ended: .failed)
        let cases: [(name: String, seen: KubeObject, isTold: Bool)] = [
            ("not yet", run(), false), ("written", said(run(version: "11"), status), true),
            ("written, and little of it is kept", said(run(version: "11"), ["phase": "Failed"]), true),
            ("something else came in between", said(run(version: "11"), ["phase": "Running"]), false),
            ("another run of the name", said(run(uid: "other", version: "11"), status), false),
        ]
        for (name, seen, isTold) in cases {
            var memory = RunMemory()
            memory.statusSent(report, refused: nil, of: run())
            #expect(memory.answered(by: seen)?.report == (isTold ? report : nil), "\(name)")
            #expect(memory.answered(by: said(run(version: "12"), status))?.report == (name == "not yet" ? report : nil))
        }
        var memory = RunMemory()
        memory.statusSent(report, refused: nil, of: run())
        memory.statusWritten(run(version: "11"), now: start)
        #expect(memory.answered(by: said(run(version: "12"), status))?.report == nil)
    }

    /// A finalizer holds it, and its pods run: what is to come after it waits.
    @Test func aJobWhoseDeletionIsSeenIsThereUntilItIsGone() {
        var memory = RunMemory()
        memory.jobDeleted(job(), for: run(), now: start)
        let held = gone(job(version: "25"))
        #expect(memory.view(of: run(), jobs: [held], recorded: recorded, now: start) == .current([held]))
        memory.jobGone(held, run: run().key, uid: "run")
        #expect(memory.view(of: run(), jobs: [], recorded: recorded, now: start) == .current([]))
        #expect(memory.count == 0)
    }

    /// The watch and the answer to a request come on two connections.
    @Test func aJobWhoseEndIsKnownBeforeTheAnswerThatMadeItHasEnded() {
        let ended = job(version: "25", isComplete: true)
        var memory = RunMemory()
        memory.jobGone(ended, run: run().key, uid: "run")
        memory.jobWritten(job(), for: run(), now: start)
        let later = start + RunMemory.patience
        #expect(memory.view(of: run(), jobs: [], recorded: recorded, now: later) == .current([gone(ended)]))
    }

    @Test func theRunOfAJobThatIsGoneIsKnown() {
        var memory = RunMemory()
        memory.jobGone(job(isComplete: true), run: run().key, uid: "run")
        #expect(memory.run(ofJob: "job") == run().key)
        #expect(memory.run(ofJob: "other") == nil)
    }

    @Test func theEndOfAJobThatIsGoneCountsUntilItIsWritten() {
        var memory = RunMemory()
        let ended = job(isComplete: true)
        memory.jobGone(ended, run: run().key, uid: "run")
        #expect(memory.view(of: run(), jobs: [], recorded: recorded, now: start) == .current([gone(ended)]))
        memory.forgetJobs(of: run())
        #expect(memory.count == 0)
        #expect(memory.view(of: run(), jobs: [], recorded: recorded, now: start) == .current([]))
    }

    @Test func aJobThatIsGoneBeforeItsEndIsLostOnceItIsOnRecord() {
        var memory = RunMemory()
        memory.jobGone(job(), run: run().key, uid: "run")
        #expect(memory.view(of: run(), jobs: [], recorded: nil, now: start) == .current([job()]))
        #expect(memory.view(of: run(), jobs: [], recorded: recorded, now: start) == .current([]))
    }

    @Test func aRunMadeAgainUnderItsNameHasNoMemory() {
        var memory = RunMemory()
        memory.jobWritten(job(), for: run(), now: start)
        #expect(memory.view(of: run(uid: "other"), jobs: [], recorded: nil, now: start) == .current([]))
        #expect(memory.count == 0)
    }

    /// The store was asked, then the Job went and that was told, then the memory was asked.
    @Test func aJobThatGoesWhileItIsLookedAtIsNotForgotten() {
        var memory = RunMemory()
        let ended = job(version: "25", isComplete: true)
        memory.jobGone(ended, run: run().key, uid: "run")
        #expect(memory.view(of: run(), jobs: [job()], recorded: recorded, now: start) == .current([gone(ended)]))
        #expect(memory.view(of: run(), jobs: [], recorded: recorded, now: start) == .current([gone(ended)]))
        // An old list had lost it, and it goes on.
        let alive = job(version: "30")
        #expect(memory.view(of: run(), jobs: [alive], recorded: recorded, now: start) == .current([alive]))
        #expect(memory.count == 0)
    }

    /// A Job of the run before it may go long after the new run has begun.
    @Test func theJobOfAFormerRunOfTheNameIsNoneOfTheNewOnes() {
        var former = job()
        former.metadata["uid"] = "former"
        var memory = RunMemory()
        memory.jobWritten(job(), for: run(uid: "new"), now: start)
        memory.runWritten(run(uid: "new", version: "12"))
        memory.jobGone(former, run: run().key, uid: "run")
        #expect(memory.view(of: run(uid: "new"), jobs: [], recorded: nil, now: start) == .behind)
        let current = run(uid: "new", version: "12")
        #expect(memory.view(of: current, jobs: [], recorded: nil, now: start) == .current([job()]))
        #expect(memory.count == 1)
    }

    /// Whoever carries out an effect reads the run from the server.
    @Test func aRunThatWasReadSaysNothingOfTheStore() {
        var memory = RunMemory()
        memory.runWritten(run(version: "12"))
        #expect(memory.view(ofRead: run(version: "12"), jobs: [], recorded: nil, now: start) == .current([]))
        #expect(memory.view(of: run(version: "10"), jobs: [], recorded: nil, now: start) == .behind)
    }

    @Test func whatEventsSaidOfPodsCountsForAWhile() {
        var memory = RunMemory()
        memory.podRefusalRead("no room", ofJob: "job", of: run(), now: start)
        #expect(memory.podRefusal(ofJob: "job", of: run(), now: start + .seconds(29))?.words == "no room")
        #expect(memory.podRefusal(ofJob: "job", of: run(), now: start + .seconds(30)) == nil)
        #expect(memory.podRefusal(ofJob: "other", of: run(), now: start) == nil)
        memory.forgetJobs(of: run())
        #expect(memory.podRefusal(ofJob: "job", of: run(), now: start) == nil)
    }
}

extension RunMemory {
    /// The view of a run whose status names one Job or none.
    fileprivate mutating func view(
        of run: KubeObject, jobs: [KubeObject], recorded: JobReference?, now: Timestamp
    ) -> View {
        view(of: run, jobs: jobs, isOnRecord: { $0.uid == recorded?.uid }, now: now)
    }

    fileprivate func view(
        ofRead run: KubeObject, jobs: [KubeObject], recorded: JobReference?, now: Timestamp
    ) -> View {
        view(ofRead: run, jobs: jobs, isOnRecord: { $0.uid == recorded?.uid }, now: now)
    }
}
