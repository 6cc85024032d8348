import Foundation
import Testing

/// The built plugin while the server, the network and the pods misbehave: every line once, and the right exit code.
@Suite(.timeLimit(.minutes(5)))
struct PluginFaultTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var rules: String
    }

    /// Only the plugin is struck: the controller has tests of its own.
    private static func rule(_ match: String, _ when: String, _ fault: String) -> String {
        "- match: {userAgents: [\"kubectl-run_template*\"], \(match)}\n  when: {\(when)}\n  fault: {\(fault)}\n"
    }

    static let faults = [
        Fault(
            testDescription: "log streams break off in the middle of a line",
            rules: rule("verbs: [get], resources: [pods/log]", "limit: 4", "type: cutStream, lines: 40")),
        Fault(
            testDescription: "watches expire at once, again and again",
            rules: rule("verbs: [watch]", "limit: 6", "type: expireWatch, lines: 1")),
        Fault(
            testDescription: "a watch is too old before it begins",
            rules: rule("verbs: [watch]", "limit: 3", "type: expired")),
        Fault(
            testDescription: "the server is slow to answer anything",
            rules: rule("verbs: ['*']", "limit: 12", "type: latency, delay: 150ms, jitter: 100ms")),
        Fault(
            testDescription: "connections are cut, the server is starting",
            rules: rule("verbs: [list, watch]", "every: 2, limit: 3", "type: cut")
                + rule("verbs: [list, watch]", "limit: 2", "type: unavailable, retryAfter: 1")),
        Fault(
            testDescription: "the answer to the creation is lost",
            rules: rule("verbs: [create], resources: [jobruns.cellbytes.io]", "nth: 1", "type: cut, carriedOut: true")),
    ]

    private static let lines = PluginTemplates.script(
        "lines", "i=0\nwhile [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done\nexit 3")

    @Test("every line once, in order, and the container's code", arguments: faults)
    func everyLineOnce(fault: Fault) async throws {
        try await RunningCluster.withTemplates(Self.lines, faults: "seed: 1\nrules:\n" + fault.rules) { cluster in
            let result = try await cluster.plugin("lines", "--name", "r")
            #expect(result.output == (0..<200).map { "line \($0)\n" }.joined(), "\(result)")
            #expect(result.exitCode == 3, "\(result)")
            let runs = try await cluster.output("kubectl-1.34", "get", "jobruns", "-o", "name")
            #expect(runs == "jobrun.cellbytes.io/r\n")
        }
    }

    @Test("10 MB within a moment arrive whole")
    func burst() async throws {
        let burst = PluginTemplates.script(
            "burst", "i=0\nwhile [ $i -lt 1000 ]; do printf '%010239d\\n' $i; i=$((i+1)); done")
        try await RunningCluster.withTemplates(burst) { cluster in
            let file = cluster.scratch + "/burst"
            let plugin = try Program.path(of: "kubectl-run_template")
            let result = try await cluster.run("/bin/sh", "-c", "'\(plugin)' burst -q >'\(file)'")
            #expect(result.exitCode == 0, "\(result)")
            let output = try String(contentsOfFile: file, encoding: .utf8)
            #expect(output.utf8.count == 10_240_000)
            let numbers = output.split(separator: "\n").map { Int($0) }
            #expect(numbers == Array(0..<1000))
        }
    }

    @Test("50 pods at once: every line of each, and one code")
    func manyPods() async throws {
        let many = PluginTemplates.script(
            "many", "for word in a b c; do echo $JOB_COMPLETION_INDEX $word; done",
            spec: ["completions: 50", "parallelism: 50", "completionMode: Indexed"])
        try await RunningCluster.withTemplates(many) { cluster in
            let result = try await cluster.plugin("many")
            let lines = result.output.split(separator: "\n").map {
                $0.split(separator: " ").suffix(2).joined(separator: " ")
            }
            #expect(lines.sorted() == (0..<50).flatMap { ["\($0) a", "\($0) b", "\($0) c"] }.sorted(), "\(result)")
            #expect(result.exitCode == 0, "\(result)")
        }
    }

    @Test("a pod that is deleted while it is followed: its successor is followed too")
    func deletedPod() async throws {
        // The second pod is told by a ConfigMap that the first one has not seen.
        let patient = PluginTemplates.script(
            "patient",
            """
            if [ "$LAST" ]; then echo second; exit 0; fi
            trap 'echo told to end; exit 0' TERM
            echo first
            while :; do sleep 0.1; done
            """,
            container: ["env: [{name: LAST, valueFrom: {configMapKeyRef: {name: last, key: last, optional: true}}}]"])
        try await RunningCluster.withTemplates(patient) { cluster in
            let result = try await cluster.pluginAtTerminal("patient", "--name", "r", "--retries", "3") { terminal in
                try await terminal.wait(for: "first")
                try await cluster.output("kubectl-1.34", "create", "configmap", "last", "--from-literal=last=yes")
                try await cluster.output("kubectl-1.34", "delete", "pod", "-l", "job-name", "--wait=false")
            }
            #expect(result.exitCode == 0, "\(result)")
            for line in ["first", "told to end", "second"] {
                #expect(result.screen.split(separator: "\n").count { $0.hasSuffix(line) } == 1, "\(result)")
            }
        }
    }
}
