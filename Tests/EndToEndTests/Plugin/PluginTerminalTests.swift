import Foundation
import Testing

/// The built plugin at a terminal and in pipes: whole outputs, and what a person does meanwhile.
@Suite(.timeLimit(.minutes(5)))
struct PluginTerminalTests {
    private static let greet = PluginTemplates.script("greet", "echo Hello\necho to stderr >&2")
    private static let fail = PluginTemplates.script(
        "fail", "echo the disk is full\nexit 7", parameters: "parameters: [{name: unused, default: x}]")
    /// Never ends by itself, and ends at once when it is told to.
    private static let endless = PluginTemplates.script(
        "endless", "trap 'exit 0' TERM\necho running\nwhile :; do sleep 0.1; done")
    private static let shards = PluginTemplates.script(
        "shards", "echo shard $JOB_COMPLETION_INDEX",
        spec: ["completions: 3", "parallelism: 3", "completionMode: Indexed"])

    @Test("in pipes: logs on stdout, our lines on stderr, nothing of a terminal")
    func pipes() async throws {
        try await RunningCluster.withTemplates(Self.greet, Self.fail) { cluster in
            let good = try await cluster.plugin("greet", "--name", "one")
            #expect(good.output.split(separator: "\n").sorted() == ["Hello", "to stderr"])
            #expect(
                Transcript.comparable(good.error) == """
                    jobrun.cellbytes.io/one created
                    jobrun.cellbytes.io/one succeeded after AGE

                    """)
            #expect(good.exitCode == 0)
            let bad = try await cluster.plugin("fail", "--name", "two")
            #expect(bad.output == "the disk is full\n")
            #expect(
                Self.withoutPod(bad.error) == """
                    jobrun.cellbytes.io/two created
                    jobrun.cellbytes.io/two failed with exit code 7, reason=Error: container main of pod POD ended with \
                    exit code 7 (Error)

                    """)
            #expect(bad.exitCode == 7)
            let quiet = try await cluster.plugin("fail", "-q")
            #expect(quiet.output == "the disk is full\n")
            #expect(quiet.error == "")
            #expect(quiet.exitCode == 7)
        }
    }

    @Test("at a terminal: one live line before the first byte, gone at the end")
    func liveLine() async throws {
        try await RunningCluster.withTemplates(Self.greet) { cluster in
            let result = try await cluster.pluginAtTerminal("greet", "--name", "one", "--args", "echo Hello; sleep 1")
            #expect(
                Transcript.comparable(result.screen) == """
                    jobrun.cellbytes.io/one created
                    Hello
                    jobrun.cellbytes.io/one succeeded after AGE

                    """, "\(result)")
            #expect(result.raw.contains("waiting: "), "\(result)")
            #expect(result.exitCode == 0)
        }
    }

    @Test("standard output in a file stays clean while the terminal shows the progress")
    func cleanOutput() async throws {
        try await RunningCluster.withTemplates(Self.shards) { cluster in
            let file = cluster.scratch + "/output"
            let result = try await cluster.pluginAtTerminal("shards", "--name", "s", outputFile: file)
            let output = try String(contentsOfFile: file, encoding: .utf8)
            #expect(
                output.split(separator: "\n").map { $0.suffix(7) }.sorted() == ["shard 0", "shard 1", "shard 2"],
                "\(output)")
            #expect(!output.contains("\u{1B}"))
            #expect(result.raw.contains("0/3 done"), "\(result)")
            #expect(
                Transcript.comparable(result.screen) == """
                    jobrun.cellbytes.io/s created
                    jobrun.cellbytes.io/s succeeded after AGE

                    """, "\(result)")
        }
    }

    @Test("colours by pod: on a terminal, or when asked for; never with NO_COLOR")
    func colours() async throws {
        try await RunningCluster.withTemplates(Self.shards) { cluster in
            let colour = "\u{1B}[3"
            let terminal = try await cluster.pluginAtTerminal("shards")
            #expect(terminal.raw.contains(colour), "\(terminal)")
            let plain = try await cluster.pluginAtTerminal("shards", environment: ["NO_COLOR": "1"])
            #expect(!plain.raw.contains(colour), "\(plain)")
            let never = try await cluster.pluginAtTerminal("shards", "--color=never")
            #expect(!never.raw.contains(colour), "\(never)")
            #expect(!(try await cluster.plugin("shards")).output.contains(colour))
            let always = try await cluster.plugin("shards", "--color=always")
            #expect(always.output.contains(colour), "\(always)")
        }
    }

    struct Choice: Sendable, CustomTestStringConvertible {
        var answer: String
        var lastLine: String
        var goesOn: Bool
        var testDescription: String { answer.debugDescription }
    }

    @Test(
        "Ctrl-C asks: cancel, or let it run",
        arguments: [
            Choice(answer: "c\n", lastLine: "jobrun.cellbytes.io/r was cancelled, reason=Cancelled", goesOn: false),
            Choice(
                answer: "d\n", lastLine: "  cancel:  kubectl run-template cancel r", goesOn: true),
        ])
    func interruptAsks(choice: Choice) async throws {
        try await RunningCluster.withTemplates(Self.endless) { cluster in
            let result = try await cluster.pluginAtTerminal("endless", "--name", "r") { terminal in
                try await terminal.wait(for: "running")
                terminal.interrupt()
                try await terminal.wait(for: "cancel the run r?")
                terminal.type(choice.answer)
            }
            #expect(result.exitCode == 130, "\(result)")
            #expect(result.screen.split(separator: "\n").last.map(String.init) == choice.lastLine, "\(result)")
            let phase = try await cluster.output(
                "kubectl-1.34", "get", "jobrun", "r", "-o", "jsonpath={.status.phase}")
            #expect(phase == (choice.goesOn ? "Running" : "Cancelled"))
        }
    }

    @Test("Ctrl-C and Enter goes on; Ctrl-C twice leaves at once")
    func interruptTwice() async throws {
        try await RunningCluster.withTemplates(Self.endless) { cluster in
            let result = try await cluster.pluginAtTerminal("endless", "--name", "r") { terminal in
                try await terminal.wait(for: "running")
                terminal.interrupt()
                try await terminal.wait(for: "cancel the run r?")
                // One more is enough: with the answer still awaited, the plugin ends by itself.
                try await terminal.interruptAgain()
                try await terminal.wait(for: "was left running")
            }
            #expect(result.exitCode == 130, "\(result)")
            let phase = try await cluster.output(
                "kubectl-1.34", "get", "jobrun", "r", "-o", "jsonpath={.status.phase}")
            #expect(phase == "Running", "\(result)")
        }
    }

    @Test("a log that a full disk does not take is missed, once, and the code is the run's")
    func fullDisk() async throws {
        try await RunningCluster.withTemplates(Self.fail) { cluster in
            let result = try await cluster.pluginAtTerminal("fail", "--name", "r", outputFile: "/dev/full")
            #expect(result.exitCode == 7, "\(result)")
            let said = result.raw.components(separatedBy: "error: standard output cannot be written: No space left")
            #expect(said.count == 2, "\(result)")
            for (words, exitCode) in [
                (["get", "r", "-o", "json"], 125), (["logs", "r"], 125), (["render", "fail"], 125),
                (["params", "fail"], 125), (["fail", "--dry-run=client"], 125), (["fail", "-d", "-o", "name"], 125),
                (["fail", "--args", "echo lost; exit 0"], 0),
            ] as [([String], Int32)] {
                let plugin = try Program.path(of: "kubectl-run_template")
                let result = try await Program.run(
                    "/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/full", plugin] + words,
                    environment: ["KUBECONFIG": cluster.kubeconfig])
                #expect(result.exitCode == exitCode, "\(words) \(result)")
                #expect(result.error.contains("error: standard output cannot be written: No space left"), "\(words)")
            }
        }
    }

    /// A text without the pod's random name.
    private static func withoutPod(_ text: String) -> String {
        text.replacingOccurrences(of: #"pod [a-z0-9-]+"#, with: "pod POD", options: .regularExpression)
    }
}
