import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import RunCore
import Synchronization
import TestSupport
import Testing

@testable import RunTemplateCLI

/// What a user is told, and which code a script gets, where something is in the way.
@Suite(.timeLimit(.minutes(5)))
struct FollowTroubleTests {
    private static let twoContainers = shellTemplate.replacing(
        "args: [exit 0]}",
        with: "args: [exit 0]}\n      - {name: side, image: busybox, command: [sh, -c, \"echo aside\"]}")

    @Test func whoMayNotCancelLeavesTheRun() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            cluster.line.decide { $0.method == .patch ? .refuse : .pass }
            let result = await cluster.plugin(
                ["shell", "--name", "r", "--", "sleep 60"], interrupts: cluster.interrupts(once: .running, of: "r"))
            #expect(result.exitCode == 130)
            #expect(
                result.errors.hasSuffix(
                    """
                    error: the run r cannot be cancelled: PATCH is forbidden
                    jobrun.cellbytes.io/r was left running
                      logs:    kubectl run-template logs -f r
                      wait:    kubectl run-template wait r
                      cancel:  kubectl run-template cancel r

                    """), "\(result.errors)")
            let run = try await cluster.onlyRun()
            #expect(run?[path: "spec", "cancel"] == nil)
            cluster.line.decide { _ in .pass }
            #expect(await cluster.plugin("cancel", "r").exitCode == 0)
        }
    }

    @Test func aLostConnectionDoesNotKeepARunFromBeingCancelled() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            let losses = Mutex(2)
            cluster.line.decide { request in
                guard request.method == .patch else { return .pass }
                return losses.withLock { count in
                    count -= 1
                    return count >= 0 ? (count == 1 ? .loseRequest : .loseAnswer) : .pass
                }
            }
            let result = await cluster.plugin(
                ["shell", "--name", "r", "--", "sleep 60"], interrupts: cluster.interrupts(once: .running, of: "r"))
            #expect(result.exitCode == 130)
            #expect(result.errors.contains("jobrun.cellbytes.io/r was cancelled"), "\(result.errors)")
            // Both were lost. The second one's answer only: the run may be over before a third is sent.
            #expect(losses.withLock { $0 } <= 0)
        }
    }

    /// Runs the template `shell` in a world without a controller.
    private static func runWithoutController(
        _ errors: InterruptingBuffer, _ time: ManualTime, meanwhile: @escaping @Sendable () async -> Void
    ) async throws -> Int32 {
        let exitCode = Mutex<Int32?>(nil)
        try await CLICluster.run(templates: [shellTemplate], withController: false) { cluster in
            let session = Session(
                output: TextBuffer(), errors: errors, makeClient: { _ in cluster.client },
                interrupts: { errors.interrupts }, time: time.source)
            async let other: Void = meanwhile()
            let code = await RunTemplate.main(["shell", "--name", "r"], session: session)
            await other
            exitCode.withLock { $0 = code }
            let run = try await cluster.onlyRun()
            #expect(run?[path: "spec", "cancel"] == true, "who comes back ends it")
        }
        return try #require(exitCode.withLock { $0 })
    }

    @Test func thatNoControllerActsIsSaidAndCtrlCLeaves() async throws {
        let time = ManualTime()
        let errors = InterruptingBuffer(("created", .interrupt), ("the controller has not acted yet,", .interrupt))
        let exitCode = try await Self.runWithoutController(errors, time) {
            await time.waitForSleepers()
            time.advance(by: .seconds(5))
        }
        #expect(exitCode == 130)
        #expect(
            errors.text == """
                jobrun.cellbytes.io/r created
                cancelling; Ctrl-C once more leaves at once
                the controller has not acted yet, and may not be running: the run ends once it does; Ctrl-C stops \
                waiting for that
                jobrun.cellbytes.io/r is being cancelled: the controller has not acted yet

                """)
    }

    @Test func whoIsToldToEndEndsWithoutAController() async throws {
        let time = ManualTime()
        let errors = InterruptingBuffer(("created", .terminate))
        let exitCode = try await Self.runWithoutController(errors, time) {
            // The end of this command, and the moment to look again: the server has taken the wish.
            await time.waitForSleepers(2)
            time.advance(by: .seconds(10))
        }
        #expect(exitCode == 130)
        #expect(
            errors.text.hasPrefix(
                "jobrun.cellbytes.io/r created\ncancelling; a second signal leaves at once\n"), "\(errors.text)")
        #expect(
            errors.text.hasSuffix("jobrun.cellbytes.io/r is being cancelled: the controller has not acted yet\n"),
            "\(errors.text)")
    }

    @Test func nobodyIsAskedAfterASIGTERM() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            let errors = InterruptingBuffer(("created", .terminate))
            // However slow the controller is here, the time that a SIGTERM leaves is not over before it has acted.
            let time = ManualTime()
            let session = Session(
                output: TextBuffer(), errors: errors, isInteractive: true, makeClient: { _ in cluster.client },
                interrupts: { errors.interrupts },
                ask: { _ in
                    Issue.record("somebody was asked")
                    return nil
                }, time: time.source)
            #expect(await RunTemplate.main(["shell", "--name", "r", "--", "sleep 60"], session: session) == 130)
            #expect(errors.text.hasSuffix("r was cancelled, reason=Cancelled\n"), "\(errors.text)")
        }
    }

    @Test func aSIGTERMCancelsWhereAQuestionStandsOpen() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            let errors = InterruptingBuffer(("created", .interrupt), ("cancel the run r?", .terminate))
            let time = ManualTime()
            let session = Session(
                output: TextBuffer(), errors: errors, isInteractive: true, makeClient: { _ in cluster.client },
                interrupts: { errors.interrupts },
                ask: { question in
                    errors.line(question)
                    for await _ in AsyncStream<Void>.makeStream().stream {}
                    return nil
                }, time: time.source)
            #expect(await RunTemplate.main(["shell", "--name", "r", "--", "sleep 60"], session: session) == 130)
            #expect(errors.text.hasSuffix("r was cancelled, reason=Cancelled\n"), "\(errors.text)")
        }
    }

    @Test("where there is nothing to end a cancel is none: the reason is said, and the run is left")
    func nothingToCancel() async throws {
        let errand = errandManifest(name: "oneoff", run: "once", script: "exit 0").replacing(
            "image: busybox,", with: "image: busybox, envFrom: [{configMapRef: {name: settings}}],")
        let suspended = try #require(
            try YAML.parse(manifestOfAllFamilies).compactMap { KubeObject($0.value) }.first {
                $0.kind == "KubernetesJob"
            })
        try await CLICluster.run(templates: [errand]) { cluster in
            var object = suspended
            object["spec"]?.set(true, at: ["suspend"])
            _ = try await cluster.client.create(APIResource(KubernetesJobFamily.kubernetesJobs), namespace: nil, object)
            let kjob = try #require(object.name)
            let cases = [
                ("ejob/oneoff", "waiting (WaitingForReferences)", "oneoff", "it has no Job that goes on", "running"),
                ("kjob/\(kjob)", "suspended", kjob, "it is suspended already", "suspended"),
            ]
            for (run, mark, name, why, rest) in cases {
                let errors = InterruptingBuffer(behind: mark)
                let session = Session(
                    output: TextBuffer(), errors: errors, makeClient: { _ in cluster.client },
                    interrupts: { errors.interrupts })
                let client = cluster.client
                let found = try await RunLookup(client: client).find(try RunName(run))
                let follower = RunFollower(
                    client: client, run: found, session: session, options: RunFollower.Options(),
                    printer: LogPrinter(sink: session.output))
                let end = try await follower.follow()
                guard case .detached(let word, 130, .goesOn) = end else {
                    Issue.record("\(run): \(end)")
                    continue
                }
                #expect(word == "was left \(rest)")
                #expect(
                    errors.text.hasSuffix("error: the run \(name) cannot be cancelled: \(why)\n"), "\(errors.text)")
            }
        }
    }

    @Test func theLastWordsComeBeforeOneMoreCtrlCCouldEndUs() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            let errors = TextBuffer()
            let session = Session(
                output: TextBuffer(), errors: errors, makeClient: { _ in cluster.client },
                interrupts: {
                    AsyncStream { continuation in
                        continuation.onTermination = { _ in errors.line("signals are not ours any more") }
                        continuation.yield(.interrupt)
                    }
                })
            for words in [["shell", "--name", "r", "--on-interrupt=detach", "--", "sleep 60"], ["wait", "r"]] {
                let before = errors.text
                #expect(await RunTemplate.main(words, session: session) == 130)
                let said = errors.text.dropFirst(before.count)
                #expect(said.contains("r was left running\n"), "\(said)")
                #expect(said.hasSuffix("signals are not ours any more\n"), "\(said)")
            }
        }
    }

    @Test func whatIsNotThereKeepsNoOtherFromItsTurn() async throws {
        try await CLICluster.run(templates: [echoTemplate]) { cluster in
            for name in ["one", "two"] { _ = await cluster.plugin("echo", "-q", "--name", name) }
            let missing = "error: there is no run \"missing\" in the namespace \"default\"\n"
            let words = ["one", "missing", "two"]
            let table = await cluster.plugin(["get"] + words)
            #expect(table.output.split(separator: "\n").map { $0.prefix(3) } == ["NAM", "one", "two"])
            #expect(table.errors == missing)
            #expect(table.exitCode == 125)
            let names = await cluster.plugin(
                "get", "one", "missing", "-o", "jsonpath={.kind} {.items[*].metadata.name}")
            #expect(names.output == "List one", "whoever names several gets a list")
            #expect(names.exitCode == 125)
            let wait = await cluster.plugin(["wait"] + words)
            #expect(wait.errors.hasPrefix(missing + "jobrun.cellbytes.io/one succeeded"), "\(wait.errors)")
            #expect(wait.errors.contains("jobrun.cellbytes.io/two succeeded"), "\(wait.errors)")
            #expect(wait.exitCode == 125)
            #expect(await cluster.plugin(["explain"] + words).exitCode == 125)
            let cancel = await cluster.plugin(["cancel"] + words)
            #expect(cancel.errors.split(separator: "\n").count == 3, "\(cancel.errors)")
            #expect(cancel.exitCode == 125)
            let delete = await cluster.plugin(["delete"] + words)
            #expect(delete.errors == missing + "jobrun.cellbytes.io/one deleted\njobrun.cellbytes.io/two deleted\n")
            #expect(delete.exitCode == 125)
            let none = await cluster.plugin("get", "one", "two")
            #expect(none.output.isEmpty)
            #expect(none.exitCode == 125)
        }
    }

    @Test func whatMayNotBeDeletedKeepsNoOtherFromItsTurn() async throws {
        try await CLICluster.run(templates: [echoTemplate]) { cluster in
            for name in ["a", "b"] { _ = await cluster.plugin("echo", "-q", "--name", name) }
            cluster.line.decide { $0.method == .delete && $0.path.contains("/jobruns/a") ? .refuse : .pass }
            let result = await cluster.plugin("delete", "a", "b")
            #expect(result.errors == "error: DELETE is forbidden\njobrun.cellbytes.io/b deleted\n")
            #expect(result.exitCode == 125)
        }
    }

    @Test func whatCannotBeExplainedKeepsNoOtherFromItsTurn() async throws {
        try await CLICluster.run(templates: [echoTemplate]) { cluster in
            for name in ["a", "b"] { _ = await cluster.plugin("echo", "-q", "--name", name) }
            let isFirst = Mutex(true)
            cluster.line.decide { request in
                guard request.path.contains("/pods") else { return .pass }
                return isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst ? .fail : .pass
                }
            }
            let result = await cluster.plugin("explain", "a", "b")
            #expect(result.errors == "error: GET failed\n")
            #expect(result.output.hasPrefix("jobrun.cellbytes.io/b of the template echo succeeded"), "\(result)")
            #expect(result.exitCode == 125)
        }
    }

    @Test func aRunThatWasCancelledEndsNoWaitForOthers() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            _ = await cluster.plugin("shell", "-d", "--name", "a", "--", "sleep 60")
            _ = await cluster.plugin("shell", "-q", "--name", "b")
            #expect(await cluster.plugin("cancel", "a").exitCode == 0)
            let result = await cluster.plugin("wait", "a", "b")
            #expect(result.errors.contains("jobrun.cellbytes.io/b succeeded"), "\(result.errors)")
            #expect(result.exitCode == 130)
        }
    }

    @Test func aRunThatCannotBeRemovedKeepsItsCode() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            cluster.line.decide { $0.method == .delete ? .refuse : .pass }
            let result = await cluster.plugin("shell", "--name", "r", "--rm", "--", "exit 7")
            #expect(result.exitCode == 7)
            #expect(
                result.errors.hasSuffix("error: jobrun.cellbytes.io/r was not deleted: DELETE is forbidden\n"),
                "\(result.errors)")
        }
    }

    @Test func whoMayStartButNotSeeIsToldThatTheRunGoesOn() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            cluster.line.decide {
                $0.method == .get && $0.path.contains("jobruns") ? .refuse : .pass
            }
            let result = await cluster.plugin("shell", "--name", "r", "--wait")
            #expect(result.exitCode == 125)
            #expect(
                result.errors == """
                    jobrun.cellbytes.io/r created
                    jobrun.cellbytes.io/r goes on, but you may not follow it
                    error: GET is forbidden

                    """)
        }
    }

    @Test func aContainerThatThePodsDoNotHaveHasNoLog() async throws {
        try await CLICluster.run(templates: [Self.twoContainers]) { cluster in
            #expect(await cluster.plugin("shell", "--name", "r", "-q").exitCode == 0)
            for words in [["logs", "r", "-c", "sied"], ["logs", "-f", "r", "-c", "sied"]] {
                let result = await cluster.plugin(words)
                #expect(result.exitCode == 2)
                #expect(
                    result.errors == "error: --container: the run's pods have no container \"sied\"; "
                        + "there are main, side; did you mean \"side\"?\n")
            }
            #expect(await cluster.plugin("logs", "r", "-c", "side", "--tail", "-1").output == "aside\n")
        }
    }

    @Test func aCancelledRunIsRemovedIfItWasToBe() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            let result = await cluster.plugin(
                ["shell", "--rm", "--name", "r", "--", "sleep 60"],
                interrupts: cluster.interrupts(once: .running, of: "r"))
            #expect(result.exitCode == 130)
            #expect(result.errors.hasSuffix("jobrun.cellbytes.io/r deleted\n"), "\(result.errors)")
            let runs = try await cluster.runs()
            #expect(runs.isEmpty)
        }
    }

    @Test func aRunThatDidNotStartIsRemovedIfItWasToBe() async throws {
        let template = shellTemplate.replacing("busybox:1.36", with: "registry.invalid/none:1")
        try await CLICluster.run(templates: [template]) { cluster in
            let result = await cluster.plugin("shell", "--name", "stuck", "--rm", "--pending-timeout", "500ms")
            #expect(result.exitCode == 125)
            #expect(
                result.errors.hasSuffix("; it was cancelled\njobrun.cellbytes.io/stuck deleted\n"), "\(result.errors)")
            let runs = try await cluster.runs()
            #expect(runs.isEmpty)
        }
    }

    struct Ending: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var template = shellTemplate
        var script: String
        var isInterrupted = false
        var seesPods = true
        var exitCode: Int32
        var words: String
    }

    private static let unknown = "the exit code of container main is not known"

    @Test(
        "--exit-code-from chooses a container, not how the run ended",
        arguments: [
            Ending(
                testDescription: "cancelled", script: "sleep 60", isInterrupted: true, exitCode: 130,
                words: "was cancelled"),
            Ending(
                testDescription: "timed out",
                template: shellTemplate.replacing(
                    "backoffLimit: 0", with: "backoffLimit: 0\n  activeDeadlineSeconds: 1"),
                script: "sleep 60", exitCode: 124, words: "timed out"),
            Ending(testDescription: "failed", script: "exit 3", exitCode: 3, words: "failed with exit code 3"),
            Ending(
                testDescription: "succeeded unseen", script: "exit 0", seesPods: false, exitCode: 0, words: unknown),
            Ending(testDescription: "failed unseen", script: "exit 3", seesPods: false, exitCode: 3, words: unknown),
        ])
    func theRunsOwnEndCounts(_ ending: Ending) async throws {
        try await CLICluster.run(templates: [ending.template]) { cluster in
            if !ending.seesPods { cluster.line.decide { $0.path.contains("/pods") ? .refuse : .pass } }
            let result = await cluster.plugin(
                ["shell", "--name", "r", "--exit-code-from", "main", "--", ending.script],
                interrupts: ending.isInterrupted
                    ? cluster.interrupts(once: .running, of: "r") : Session.noInterrupts)
            #expect(result.exitCode == ending.exitCode, "\(result.errors)")
            #expect(result.errors.contains(ending.words), "\(result.errors)")
            #expect(result.errors.contains(Self.unknown) == !ending.seesPods, "\(result.errors)")
        }
    }

    @Test("a run whose Job somebody deletes fails, with whatever code its container ends then")
    func aLostRunHasNoContainersCode() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            async let ended = cluster.plugin(
                "shell", "--name", "r", "--exit-code-from", "main", "--",
                "trap 'exit 0' TERM; echo ready; while :; do sleep 0.1; done")
            try await cluster.awaitPhase(.running, of: RunName(family: RunTypes.standard, name: "r"))
            for job in try await cluster.client.list(.jobs, namespace: "default").items {
                try await cluster.client.delete(
                    .jobs, namespace: "default", name: job.name ?? "",
                    options: DeleteOptions(propagationPolicy: .background))
            }
            let result = await ended
            #expect(result.exitCode == 125, "\(result.errors)")
            #expect(result.errors.contains(" failed, reason=JobLost"), "\(result.errors)")
        }
    }

    @Test func logsThatAreCutGoOnWhereTheyWere() async throws {
        try await CLICluster.run(templates: [Self.twoContainers]) { cluster in
            let script = "i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done"
            _ = await cluster.plugin("shell", "-q", "--name", "r", "--", script)
            let cuts = Mutex(0)
            cluster.line.decide { request in
                guard request.path.contains("/log?"), request.path.contains("container=main") else { return .pass }
                return cuts.withLock { count in
                    count += 1
                    return count <= 3 ? .cutBody(after: 900) : .pass
                }
            }
            let result = await cluster.plugin("logs", "r", "--log-output", "raw")
            #expect(result.exitCode == 0, "\(result.errors)")
            #expect(result.output == (0..<200).map { "line \($0)\n" }.joined() + "aside\n")
            #expect(cuts.withLock { $0 } == 4)
        }
    }

    @Test func aLogThatMayHaveAGapIsNotTakenForWhole() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            _ = await cluster.plugin("shell", "-q", "--name", "r")
            let requests = Mutex(0)
            cluster.line.decide { request in
                guard request.path.contains("/log?") else { return .pass }
                let isFirst = requests.withLock { count in
                    count += 1
                    return count == 1
                }
                return isFirst
                    ? .cutBehind("2026-01-01T00:00:03Z three\n") : .answer("2026-01-01T00:00:02Z back\n")
            }
            let result = await cluster.plugin("logs", "r")
            #expect(result.exitCode == 125, "\(result.errors)")
            #expect(result.output == "three\n")
            #expect(result.errors.hasPrefix("error: the log of container main of pod r-"), "\(result.errors)")
            #expect(result.errors.contains(" may have a gap: "), "\(result.errors)")
        }
    }

    @Test func logsThatCannotBeHadKeepNoOthersBack() async throws {
        try await CLICluster.run(templates: [Self.twoContainers]) { cluster in
            _ = await cluster.plugin("shell", "-q", "--name", "r", "--", "echo hidden")
            cluster.line.decide { $0.path.contains("container=main") ? .refuse : .pass }
            let result = await cluster.plugin("logs", "r")
            #expect(result.exitCode == 125)
            #expect(result.output == "aside\n")
            #expect(result.errors.hasPrefix("error: the log of container main of pod r-"), "\(result.errors)")
            #expect(result.errors.hasSuffix(" ends early: GET is forbidden\n"), "\(result.errors)")
        }
    }
}
