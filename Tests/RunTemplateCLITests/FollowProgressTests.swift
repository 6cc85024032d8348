import KubeObjects
import KubeWire
import RunCore
import Testing

@testable import RunTemplateCLI

/// What a follower does, event by event.
struct FollowProgressTests {
    private func run(_ status: JSONObject = [:]) -> KubeObject {
        var run = KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobRun", namespace: "default", name: "r")
        run["status"] = .object(status)
        return run
    }

    private func pod(_ name: String, containers: [(String, state: String, restarts: Int64)]) -> KubeObject {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", namespace: "default", name: name)
        pod.metadata["uid"] = .string("uid-\(name)")
        pod["status"] = [
            "containerStatuses": .array(
                containers.map {
                    ["name": .string($0.0), "restartCount": .integer($0.restarts), "state": [$0.state: [:]]]
                })
        ]
        return pod
    }

    /// The actions in words.
    private func words(_ actions: [FollowAction]) -> [String] {
        actions.map { action in
            switch action {
            case .say(let text): "say \(text)"
            case .warn(let text): "warn \(text)"
            case .read(let source): "read \(source.pod)/\(source.container)/\(source.restart)"
            case .listPods: "list"
            case .ask(.interrupt): "ask"
            case .ask(.terminate): "ask nobody"
            case .cancelRun: "cancel"
            case .remind(.cancelLasts, let delay): "look again after \(delay)"
            case .remind(_, let delay): "end after \(delay)"
            case .finish(.over(let run, _)): "over \(run[path: "status", "phase"]?.string ?? "")"
            case .finish(.detached(let word, let exitCode, let rest)): "detach \(exitCode) \(word), \(rest)"
            case .fail(let error): "fail \(CommandFailure(error).message)"
            }
        }
    }

    private func progress() -> FollowProgress { FollowProgress(name: "r", showsLogs: true) }

    private func handle(_ progress: inout FollowProgress, _ event: FollowEvent, limit: Int = 50) -> [String] {
        words(progress.handle(event, limit: limit))
    }

    @Test func aRunIsFollowedToItsEnd() {
        var progress = progress()
        #expect(handle(&progress, .run(.all([run()]))) == [])
        #expect(handle(&progress, .pods(.all([]))) == [])
        #expect(handle(&progress, .pods(.changed(pod("p", containers: [("main", "waiting", 0)])))) == [])
        #expect(
            handle(&progress, .pods(.changed(pod("p", containers: [("main", "running", 0)])))) == ["read p/main/0"])
        #expect(handle(&progress, .pods(.changed(pod("p", containers: [("main", "terminated", 0)])))) == [])
        #expect(handle(&progress, .run(.changed(run(["phase": "Succeeded"])))) == ["list"])
        #expect(handle(&progress, .pods(.all([pod("p", containers: [("main", "terminated", 0)])]))) == [])
        let source = LogSource(pod: "p", podUID: "uid-p", container: "main", restart: 0)
        #expect(handle(&progress, .logEnded(source, .complete)) == ["over Succeeded"])
    }

    @Test func aPodSeenOnlyAtTheEndIsStillRead() {
        var progress = progress()
        #expect(handle(&progress, .run(.changed(run(["phase": "Failed"])))) == ["list"])
        #expect(
            handle(&progress, .pods(.all([pod("p", containers: [("main", "terminated", 0)])]))) == ["read p/main/0"])
    }

    @Test func aRestartedContainerIsReadAgain() {
        var progress = progress()
        #expect(
            handle(&progress, .pods(.changed(pod("p", containers: [("main", "running", 1)]))))
                == ["read p/main/0", "read p/main/1"])
    }

    @Test func logsBeyondTheLimitWait() {
        var progress = progress()
        let pod = pod("p", containers: [("a", "running", 0), ("b", "running", 0), ("c", "running", 0)])
        #expect(handle(&progress, .pods(.changed(pod)), limit: 2) == ["read p/a/0", "read p/b/0"])
        let source = LogSource(pod: "p", podUID: "uid-p", container: "a", restart: 0)
        #expect(handle(&progress, .logEnded(source, .complete), limit: 2) == ["read p/c/0"])
    }

    @Test func whatARunWaitsForIsSaidOnce() {
        var progress = progress()
        let blocked = run(["phase": "Pending", "reason": "ImagePullBackOff", "message": "image x cannot be pulled"])
        #expect(
            handle(&progress, .run(.changed(blocked))) == ["say pending (ImagePullBackOff): image x cannot be pulled"])
        #expect(handle(&progress, .run(.changed(blocked))) == [])
        #expect(handle(&progress, .run(.changed(run(["phase": "Running"])))) == [])
    }

    @Test func aDeletedRunIsLost() {
        var progress = progress()
        _ = handle(&progress, .run(.all([run()])))
        #expect(
            handle(&progress, .run(.removed(run(["phase": "Running"]))))
                == ["fail the run r was deleted before its end was seen"])
    }

    @Test func aRunDeletedAfterItsEndIsOver() {
        var progress = progress()
        #expect(handle(&progress, .run(.removed(run(["phase": "Succeeded"])))) == ["list"])
        #expect(handle(&progress, .run(.all([]))) == [])
        #expect(handle(&progress, .pods(.all([]))) == ["over Succeeded"])
    }

    @Test func aLostConnectionIsSaidOnce() {
        var progress = progress()
        let error = TransportError(.unreachable, "cannot reach it")
        #expect(handle(&progress, .run(.interrupted(error))) == ["say cannot reach it; trying again"])
        #expect(handle(&progress, .run(.interrupted(error))) == [])
        #expect(handle(&progress, .run(.all([run()]))) == ["say connected again"])
    }

    @Test func theSecondInterruptLeavesAtOnce() {
        var progress = progress()
        #expect(handle(&progress, .interrupt(.interrupt)) == ["ask"])
        #expect(
            handle(&progress, .answer(.cancel, to: .interrupt)) == [
                "say cancelling; Ctrl-C once more leaves at once", "cancel",
            ])
        var slow = progress
        #expect(handle(&progress, .cancelTaken) == ["look again after 5.0 seconds"])
        var seen = progress
        #expect(
            handle(&progress, .interrupt(.interrupt)) == [
                "detach 130 is being cancelled: the controller has not acted yet, ending"
            ])
        _ = handle(&seen, .run(.changed(run(["phase": "Running"]))))
        #expect(handle(&seen, .interrupt(.interrupt)) == ["detach 130 is being cancelled, ending"])
        // Nobody can say that of a server that has not answered yet.
        #expect(
            handle(&slow, .interrupt(.interrupt)) == [
                "detach 130 may be being cancelled: the server has not answered yet, goesOn"
            ])
    }

    @Test func thatNobodyActsOnACancelIsSaidOnce() {
        var progress = progress()
        _ = handle(&progress, .run(.changed(run(["phase": "Running"]))))
        _ = handle(&progress, .interrupt(.interrupt))
        #expect(handle(&progress, .cancelLasts) == [], "nobody was told yet")
        _ = handle(&progress, .answer(.cancel, to: .interrupt))
        _ = handle(&progress, .cancelTaken)
        var seen = progress
        _ = handle(&seen, .run(.changed(run(["phase": "Running", "active": 0]))))
        #expect(handle(&seen, .cancelLasts) == [])
        #expect(
            handle(&progress, .cancelLasts) == [
                "say the controller has not acted yet, and may not be running: the run ends once it does; "
                    + "Ctrl-C stops waiting for that"
            ])
        #expect(handle(&progress, .cancelLasts) == [])
    }

    @Test func whoIsToldToEndAsksNobodyAndWaitsForALimitedTime() {
        var progress = progress()
        _ = handle(&progress, .run(.changed(run(["phase": "Running"]))))
        #expect(handle(&progress, .interrupt(.terminate)) == ["ask nobody", "end after 10.0 seconds"])
        #expect(
            handle(&progress, .answer(.cancel, to: .terminate)) == [
                "say cancelling; a second signal leaves at once", "cancel",
            ])
        var silent = progress
        #expect(
            handle(&silent, .terminationOver) == [
                "detach 130 may be being cancelled: the server has not answered yet, goesOn"
            ])
        _ = handle(&progress, .cancelTaken)
        var idle = progress
        #expect(
            handle(&idle, .cancelLasts) == [
                "say the controller has not acted yet, and may not be running: the run ends once it does; "
                    + "soon this command stops waiting for that"
            ])
        #expect(
            handle(&idle, .terminationOver) == [
                "detach 130 is being cancelled: the controller has not acted yet, ending"
            ])
        var slow = progress
        _ = handle(&slow, .run(.changed(run(["phase": "Running", "active": 0]))))
        #expect(handle(&slow, .terminationOver) == ["end after 25.0 seconds"])
        #expect(handle(&slow, .terminationOver) == ["detach 130 is being cancelled, ending"])
        _ = handle(&progress, .run(.changed(run(["phase": "Cancelled"]))))
        #expect(handle(&progress, .terminationOver) == ["end after 25.0 seconds"])
        #expect(handle(&progress, .terminationOver) == ["over Cancelled"], "its logs do not end")
    }

    @Test func whoIsAskedAndInterruptsAgainLeavesTheRun() {
        var progress = progress()
        #expect(handle(&progress, .interrupt(.interrupt)) == ["ask"])
        #expect(handle(&progress, .interrupt(.interrupt)) == ["detach 130 was left running, goesOn"])
    }

    @Test func aGapInALogIsNewsEvenIfTheRunIsCancelled() {
        let source = LogSource(pod: "p", podUID: "uid-p", container: "main", restart: 0)
        let word =
            "say the log of container main of pod p may have a gap: the last line that was shown before the "
            + "connection broke is gone, and what follows bears earlier times"
        var progress = progress()
        #expect(handle(&progress, .logEnded(source, .complete)) == [])
        #expect(handle(&progress, .logEnded(source, .gap)) == [word])
        _ = handle(&progress, .interrupt(.interrupt))
        _ = handle(&progress, .answer(.cancel, to: .interrupt))
        #expect(handle(&progress, .logEnded(source, .gap)) == [word])
    }

    @Test func aRunThatCannotBeCancelledIsLeft() {
        var progress = progress()
        _ = handle(&progress, .run(.changed(run(["phase": "Running"]))))
        _ = handle(&progress, .interrupt(.interrupt))
        _ = handle(&progress, .answer(.cancel, to: .interrupt))
        let refusal = KubeStatus(code: 403, reason: .forbidden, message: "jobruns is forbidden")
        #expect(
            handle(&progress, .cancelRefused(refusal)) == [
                "warn the run r cannot be cancelled: jobruns is forbidden", "detach 130 was left running, goesOn",
            ])
    }

    @Test func aRefusedCancelOfARunThatIsOverIsNoNews() {
        var progress = progress()
        _ = handle(&progress, .interrupt(.interrupt))
        _ = handle(&progress, .answer(.cancel, to: .interrupt))
        #expect(handle(&progress, .run(.changed(run(["phase": "Succeeded"])))) == ["list"])
        let refusal = KubeStatus(code: 403, reason: .forbidden, message: "jobruns is forbidden")
        #expect(handle(&progress, .cancelRefused(refusal)) == [])
        #expect(handle(&progress, .pods(.all([]))) == ["over Succeeded"])
    }

    @Test("a run whose cancel was refused is over all the same, and who leaves its logs gets its code")
    func leftWhileItsLogsAreRead() {
        let refusal = KubeStatus(code: 403, reason: .forbidden, message: "jobruns is forbidden")
        for interrupt in [Interrupt.interrupt, .terminate] {
            var progress = progress()
            _ = handle(&progress, .run(.changed(run(["phase": "Running"]))))
            _ = handle(&progress, .interrupt(interrupt))
            _ = handle(&progress, .answer(.cancel, to: interrupt))
            var taken = progress
            _ = handle(&taken, .cancelTaken)
            for event in [FollowEvent.run(.changed(run(["phase": "Succeeded"]))), .cancelRefused(refusal)] {
                _ = handle(&progress, event)
            }
            _ = handle(&taken, .run(.changed(run(["phase": "Succeeded"]))))
            if interrupt == .terminate {
                for var told in [progress, taken] {
                    #expect(handle(&told, .terminationOver) == ["end after 25.0 seconds"])
                    #expect(handle(&told, .terminationOver) == ["over Succeeded"])
                }
            }
            #expect(handle(&progress, .interrupt(.interrupt)) == ["over Succeeded"])
            #expect(handle(&taken, .interrupt(.interrupt)) == ["over Succeeded"])
        }
    }

    @Test func whatIsOverIsNotCancelled() {
        var progress = progress()
        _ = handle(&progress, .run(.changed(run(["phase": "Succeeded"]))))
        #expect(handle(&progress, .interrupt(.interrupt)) == ["ask"])
        var left = progress
        #expect(handle(&left, .answer(.detach, to: .interrupt)) == ["over Succeeded"])
        #expect(
            handle(&progress, .answer(.cancel, to: .interrupt)) == [
                "say it is over already; Ctrl-C once more leaves what is left of its logs"
            ])
        #expect(handle(&progress, .interrupt(.interrupt)) == ["over Succeeded"])
    }

    @Test func aSIGTERMAnswersTheQuestionThatStandsOpen() {
        var progress = progress()
        _ = handle(&progress, .run(.changed(run(["phase": "Running"]))))
        #expect(handle(&progress, .interrupt(.interrupt)) == ["ask"])
        #expect(handle(&progress, .interrupt(.terminate)) == ["ask nobody", "end after 10.0 seconds"])
        #expect(handle(&progress, .answer(.detach, to: .interrupt)) == [], "the terminal went, say")
        #expect(
            handle(&progress, .answer(.cancel, to: .terminate)) == [
                "say cancelling; a second signal leaves at once", "cancel",
            ])
        #expect(
            handle(&progress, .interrupt(.terminate)) == [
                "detach 130 may be being cancelled: the server has not answered yet, goesOn"
            ])
    }

    @Test func whatIsSuspendedAlreadyIsLeftSuspended() {
        var progress = progress()
        _ = handle(&progress, .run(.changed(run(["phase": "Suspended"]))))
        _ = handle(&progress, .interrupt(.interrupt))
        _ = handle(&progress, .answer(.cancel, to: .interrupt))
        #expect(
            handle(&progress, .cancelRefused(CommandFailure("it is suspended already"))) == [
                "warn the run r cannot be cancelled: it is suspended already", "detach 130 was left suspended, goesOn",
            ])
    }

    @Test func aLostLogIsNewsUnlessTheRunIsCancelled() {
        let source = LogSource(pod: "p", podUID: "uid-p", container: "main", restart: 0)
        var progress = progress()
        #expect(
            handle(&progress, .logEnded(source, .lost("the pod is gone")))
                == ["say the log of container main of pod p ends early: the pod is gone"])
        var cancelled = run()
        cancelled["spec"] = ["cancel": true]
        _ = handle(&progress, .run(.changed(cancelled)))
        #expect(handle(&progress, .logEnded(source, .lost("the pod is gone"))) == [])
    }

    @Test func onWhoGoesOnCanBeInterruptedAgain() {
        var progress = progress()
        _ = handle(&progress, .interrupt(.interrupt))
        #expect(handle(&progress, .answer(.proceed, to: .interrupt)) == [])
        #expect(handle(&progress, .interrupt(.interrupt)) == ["ask"])
        #expect(handle(&progress, .answer(.detach, to: .interrupt)) == ["detach 130 was left running, goesOn"])
    }

    @Test func patienceIsNotEndless() {
        var progress = progress()
        #expect(handle(&progress, .patienceOver) == ["detach 124 is not over yet; it goes on, goesOn"])
    }

    @Test func aRunThatDoesNotStartInTimeIsCancelled() {
        var progress = progress()
        _ = handle(
            &progress, .run(.changed(run(["phase": "Pending", "reason": "ImagePullBackOff", "message": "no x"]))))
        #expect(handle(&progress, .pendingOver) == ["cancel"])
        var refused = progress
        var lucky = progress
        #expect(handle(&progress, .run(.changed(run(["phase": "Cancelled"])))) == [])
        #expect(
            handle(&progress, .cancelTaken)
                == ["detach 125 has not started in time (ImagePullBackOff: no x); it was cancelled, over"])
        #expect(
            handle(&refused, .cancelRefused(CommandFailure("no"))) == [
                "warn the run r cannot be cancelled: no",
                "detach 125 has not started in time (ImagePullBackOff: no x); it goes on, goesOn",
            ])
        #expect(handle(&lucky, .run(.changed(run(["phase": "Succeeded"])))) == [])
        #expect(handle(&lucky, .cancelTaken) == ["list"])
    }

    @Test func theRunItselfSaysThatItHasStartedWherePodsAreNotSeen() {
        let refusal = KubeStatus(code: 403, reason: .forbidden, message: "pods is forbidden")
        for (phase, actions) in [("Running", []), ("Pending", ["cancel"])] {
            var progress = FollowProgress(name: "r", showsLogs: false)
            _ = handle(&progress, .podsRefused(refusal))
            _ = handle(&progress, .run(.changed(run(["phase": .string(phase)]))))
            #expect(handle(&progress, .pendingOver) == actions, "\(phase)")
        }
    }

    @Test func aPodThatIsGoneStillSaysHowItEnded() {
        var progress = progress()
        var pod = pod("p", containers: [("main", "terminated", 0), ("side", "terminated", 0)])
        pod["spec"] = ["containers": [["name": "main"], ["name": "side"]]]
        pod["status"] = [
            "containerStatuses": [
                ["name": "main", "restartCount": 0, "state": ["terminated": ["exitCode": 0]]],
                ["name": "side", "restartCount": 0, "state": ["terminated": ["exitCode": 6]]],
            ]
        ]
        _ = handle(&progress, .run(.changed(run(["phase": "Running"]))))
        #expect(handle(&progress, .pods(.removed(pod))) == [], "its log cannot be read any more")
        #expect(progress.exits.code(of: "side") == 6)
        #expect(progress.exits.code(of: "other") == nil)
    }

    @Test func aRunThatHasStartedHasAllTheTime() {
        var progress = progress()
        _ = handle(&progress, .pods(.changed(pod("p", containers: [("main", "running", 0)]))))
        #expect(handle(&progress, .pendingOver) == [])
    }

    @Test func whoMayNotSeePodsStillSeesTheEnd() {
        var progress = progress()
        let refusal = KubeStatus(code: 403, reason: .forbidden, message: "pods is forbidden")
        #expect(
            handle(&progress, .podsRefused(refusal)) == ["say the logs cannot be followed: pods is forbidden"])
        #expect(handle(&progress, .run(.changed(run(["phase": "Succeeded"])))) == ["over Succeeded"])
    }

    struct Outcome: Sendable, CustomTestStringConvertible {
        var status: JSONObject
        var exitCode: Int32
        var summary: String
        var isOfContainers = false
        var testDescription: String { summary }
    }

    @Test(arguments: [
        Outcome(
            status: ["phase": "Succeeded", "exitCode": 0, "duration": "5s"], exitCode: 0, summary: "succeeded after 5s",
            isOfContainers: true),
        Outcome(
            status: ["phase": "Failed", "exitCode": 7, "reason": "Error", "message": "container main ended"],
            exitCode: 7,
            summary: "failed with exit code 7, reason=Error: container main ended", isOfContainers: true),
        Outcome(
            status: ["phase": "Failed", "exitCode": 137, "reason": "OOMKilled"], exitCode: 137,
            summary: "failed with exit code 137, reason=OOMKilled", isOfContainers: true),
        Outcome(
            status: ["phase": "Failed", "reason": "TemplateNotFound", "message": "gone"], exitCode: 125,
            summary: "failed, reason=TemplateNotFound: gone"),
        Outcome(status: ["phase": "Failed", "exitCode": 0], exitCode: 125, summary: "failed"),
        Outcome(
            status: ["phase": "TimedOut", "reason": "DeadlineExceeded"], exitCode: 124,
            summary: "timed out, reason=DeadlineExceeded"),
        Outcome(
            status: ["phase": "Failed", "reason": "Evicted", "exitCode": 137], exitCode: 125,
            summary: "failed, reason=Evicted"),
        Outcome(status: ["phase": "Failed", "reason": "JobLost"], exitCode: 125, summary: "failed, reason=JobLost"),
        Outcome(
            status: ["phase": "Failed", "reason": "ResultsTooLarge", "exitCode": 0], exitCode: 125,
            summary: "failed, reason=ResultsTooLarge"),
        Outcome(
            status: ["phase": "Cancelled", "reason": "Cancelled"], exitCode: 130,
            summary: "was cancelled, reason=Cancelled"),
    ])
    func anEndHasACodeAndAWord(_ test: Outcome) {
        let outcome = RunOutcome(RunStatus(of: run(test.status)))
        #expect(outcome?.exitCode == test.exitCode)
        #expect(outcome?.summary == test.summary)
        #expect(outcome?.isOfContainers == test.isOfContainers)
    }

    @Test(arguments: ["Pending", "Waiting", "Running", "Suspended", ""])
    func aRunThatIsNotOverHasNoOutcome(_ phase: String) {
        #expect(RunOutcome(RunStatus(of: run(["phase": .string(phase)]))) == nil)
    }
}
