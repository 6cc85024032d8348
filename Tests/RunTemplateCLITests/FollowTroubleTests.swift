import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import RunCore
import Synchronization
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
