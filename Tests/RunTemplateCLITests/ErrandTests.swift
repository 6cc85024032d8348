import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import RunCore
import Synchronization
import Testing

@testable import RunTemplateCLI

private let errand = errandManifest(name: "report", run: "manually", script: "echo 3 rows; exit 9")

/// ExtendedJobs that are started by hand.
@Suite(.timeLimit(.minutes(5)))
struct ErrandTests {
    private static let reference = "extendedjob.fissile.cloudfoundry.org/report"

    @Test func anErrandIsStartedFollowedAndStartedAgain() async throws {
        try await CLICluster.run(templates: [errand]) { cluster in
            let idle = await cluster.plugin("wait", "errand/report")
            #expect(idle.exitCode == 125)
            try await cluster.awaitPhase(.waiting, of: try RunName("errand/report"))
            #expect(
                await cluster.plugin("wait", "errand/report").errors
                    == "error: \(Self.reference) was not started yet; "
                    + "kubectl run-template extendedjob/report starts and follows it\n")
            for _ in 0..<2 {
                // The second time the first one's pod is still there, and not shown again.
                let result = await cluster.plugin("errand/report", "--cache-dir", "/tmp")
                #expect(result.output == "3 rows\n")
                #expect(result.exitCode == 9)
                #expect(
                    result.errors.settled
                        == "\(Self.reference) started\n\(Self.reference) failed with exit code 9, reason=Error: "
                        + "container main of pod report-POD ended with exit code 9 (Error)\n")
                try await cluster.awaitReset()
            }
            let jobs = try await cluster.client.list(.jobs, namespace: "default").items
            #expect(jobs.count == 2)
            let again = await cluster.plugin("rerun", "ejob/report", "-q", "--wait")
            #expect(again.exitCode == 9)
            #expect(again.errors == "")
        }
    }

    @Test func detachedItCanBeWaitedFor() async throws {
        try await CLICluster.run(templates: [errand.replacing("exit 9", with: "sleep 0.5")]) { cluster in
            let started = await cluster.plugin("ejob/report", "-d", "-o", "name")
            #expect(started.output == "\(Self.reference)\n")
            #expect(
                started.errors == """
                    \(Self.reference) started
                      logs:    kubectl run-template logs -f extendedjob/report
                      wait:    kubectl run-template wait extendedjob/report
                      cancel:  kubectl run-template cancel extendedjob/report

                    """)
            let second = await cluster.plugin("ejob/report")
            #expect(second.exitCode == 125)
            #expect(second.errors == "error: \(Self.reference) is under way already\n")
            #expect(await cluster.plugin("wait", "ejob/report").exitCode == 0)
        }
    }

    @Test func anInterruptTakesAStartBackThatHasNoJobYet() async throws {
        let waiting = errand.replacing(
            "image: busybox,", with: "image: busybox, envFrom: [{configMapRef: {name: settings}}],")
        try await CLICluster.run(templates: [waiting]) { cluster in
            let errors = InterruptingBuffer(behind: "waiting (WaitingForReferences)")
            let session = Session(
                output: TextBuffer(), errors: errors, makeClient: { _ in cluster.client },
                interrupts: { errors.interrupts })
            #expect(await RunTemplate.main(["errand/report"], session: session) == 130)
            #expect(
                errors.text.split(separator: "\n").suffix(3) == [
                    "cancelling; Ctrl-C once more leaves at once",
                    "\(Self.reference) is not to start any more: it had no Job yet",
                    "\(Self.reference) was not started",
                ], "\(errors.text)")
            // What it waited for does not start it now, and by hand it can be started again.
            try await cluster.create("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {a: b}}")
            #expect(
                await cluster.plugin("cancel", "errand/report").errors == "\(Self.reference) has no Job that goes on\n")
            #expect(await cluster.plugin("errand/report", "-q").exitCode == 9)
            #expect(try await cluster.client.list(.jobs, namespace: "default").items.count == 1)
        }
    }

    @Test func aStartThatIsTakenBackSaysNothingOfTheRunBefore() async throws {
        try await CLICluster.run(templates: [errand]) { cluster in
            #expect(await cluster.plugin("errand/report", "-q").exitCode == 9)
            try await cluster.awaitReset()
            let reference: JSONValue = ["envFrom": [["configMapRef": ["name": "settings"]]], "name": "main"]
            _ = try await cluster.client.patch(
                APIResource(ExtendedJobFamily.extendedJobs), namespace: "default", name: "report", type: .json,
                .array([
                    [
                        "op": "add", "path": "/spec/template/spec/template/spec/containers/0/envFrom",
                        "value": reference["envFrom"] ?? [],
                    ]
                ]))
            let errors = InterruptingBuffer(behind: "waiting (WaitingForReferences)")
            let session = Session(
                output: TextBuffer(), errors: errors, makeClient: { _ in cluster.client },
                interrupts: { errors.interrupts })
            #expect(await RunTemplate.main(["errand/report"], session: session) == 130)
            #expect(errors.text.hasSuffix("\(Self.reference) was not started\n"), "\(errors.text)")
        }
    }

    @Test func aLostAnswerStartsItOnce() async throws {
        try await CLICluster.run(templates: [errand]) { cluster in
            let losses = Mutex(1)
            cluster.line.decide { request in
                guard request.method == .patch else { return .pass }
                return losses.withLock { count in
                    count -= 1
                    return count >= 0 ? .loseAnswer : .pass
                }
            }
            #expect(await cluster.plugin("errand/report").exitCode == 9)
            let jobs = try await cluster.client.list(.jobs, namespace: "default").items
            #expect(jobs.count == 1)
        }
    }

    @Test func whatAnErrandHasNoPlaceForIsRefused() async throws {
        let others = errand.replacing("manually", with: "once").replacing("name: report", with: "name: oneoff")
        try await CLICluster.run(templates: [errand, others]) { cluster in
            let cases: [([String], Int32, String)] = [
                (["--", "x"], 2, "an errand is started as it stands: arguments behind -- cannot be given"),
                (["-p", "a=b"], 2, "an errand is started as it stands: --param cannot be given"),
                (["--database", "x"], 2, "an errand is started as it stands: --database cannot be given"),
                (["--image", "x"], 2, "an errand is started as it stands: an override of image cannot be given"),
                (["--name", "x"], 2, "an errand is started as it stands: --name cannot be given"),
                (["--rm"], 2, "--rm: an errand stays, to be started again"),
                (["-d", "--wait"], 2, "--detach leaves the run to itself: --wait needs somebody who waits"),
            ]
            for (words, exitCode, message) in cases {
                let result = await cluster.plugin(["errand/report"] + words)
                #expect(result.errors == "error: \(message)\n")
                #expect(result.exitCode == exitCode, "\(words)")
            }
            let oneoff = await cluster.plugin("errand/oneoff")
            #expect(oneoff.exitCode == 125)
            #expect(
                oneoff.errors == "error: extendedjob.fissile.cloudfoundry.org/oneoff is run once in its life "
                    + "(spec.run: once); an errand has spec.run: manually\n")
            let unknown = await cluster.plugin("errand/reprot")
            #expect(
                unknown.errors == "error: there is no extendedjob \"reprot\" in the namespace \"default\"; "
                    + "did you mean \"report\"?\n")
            let dry = await cluster.plugin("errand/report", "--dry-run=client")
            #expect(try YAML.parse(dry.output).first?.value["spec"]?["run"] == "now")
            let server = await cluster.plugin("errand/report", "--dry-run=server", "-o", "name")
            #expect(server.output == "\(Self.reference)\n")
            let jobs = try await cluster.client.list(.jobs, namespace: "default").items
            #expect(jobs.allSatisfy { $0.name?.hasPrefix("oneoff-") == true })
        }
    }
}

extension CLICluster {
    /// Waits until the controller has set the errand back.
    fileprivate func awaitReset() async throws {
        try await awaitRun(try RunName("errand/report")) { $0[path: "spec", "run"] == "manually" }
    }
}
