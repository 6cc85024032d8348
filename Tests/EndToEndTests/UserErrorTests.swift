import Foundation
import Testing

/// What users get wrong gets one clear line on standard error and the documented exit code.
@Suite(.timeLimit(.minutes(5)))
struct UserErrorTests {
    @Test("an unknown template")
    func unknownTemplate() async throws {
        try await RunningCluster.with { cluster in
            let result = try await cluster.run("kubectl-run_template", "nothing-of-this-name")
            #expect(result.exitCode == 125, "\(result)")
            #expect(result.output.isEmpty, "\(result)")
            #expect(result.error.contains("nothing-of-this-name"), "\(result)")
            #expect(result.error.split(separator: "\n").count == 1, "\(result)")
            #expect(try await cluster.output("kubectl-1.34", "get", "jobruns", "-o", "name") == "")
        }
    }

    @Test("an unreachable server")
    func unreachableServer() async throws {
        let result = try await Program.run(
            "kubectl-run_template", ["echo", "--server", "https://127.0.0.1:1", "--request-timeout", "5s"],
            environment: ["KUBECONFIG": "/dev/null"])
        #expect(result.exitCode == 125, "\(result)")
        #expect(result.error.contains("127.0.0.1:1"), "\(result)")
        #expect(result.error.split(separator: "\n").count == 1, "\(result)")
    }

    @Test("a malformed manifest is named with its line")
    func malformedManifest() async throws {
        let file = NSTemporaryDirectory() + "malformed-" + UUID().uuidString + ".yaml"
        try "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\ndata: {}\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try await Program.run("fake-cluster", ["run", "--apply", file, "--", "/bin/true"])
        #expect(result.exitCode == 125, "\(result)")
        #expect(result.error.contains("\(file):4"), "\(result)")
        #expect(result.error.split(separator: "\n").count == 1, "\(result)")
    }

    @Test("a kubeconfig without a current context")
    func noCurrentContext() async throws {
        let file = NSTemporaryDirectory() + "kubeconfig-" + UUID().uuidString
        try "apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try await Program.run("kubectl-run_template", ["echo"], environment: ["KUBECONFIG": file])
        #expect(result.exitCode == 125, "\(result)")
        #expect(result.error.contains("context"), "\(result)")
        #expect(result.error.split(separator: "\n").count == 1, "\(result)")
    }

    @Test("images are to be run where podman is not")
    func noPodman() async throws {
        let result = try await Program.run(
            "/usr/bin/env",
            ["PATH=/nowhere", try Program.path(of: "fake-cluster"), "run", "--runner", "podman", "--", "/bin/true"])
        #expect(result.exitCode == 125, "\(result)")
        #expect(
            result.error.hasSuffix(
                "podman, which runs containers' images, is not on PATH; install it (apt-get install podman), or run "
                    + "processes\n"), "\(result)")
        #expect(result.error.split(separator: "\n").count == 1, "\(result)")
    }

    /// A program and a command line that it does not take.
    private static let wrongLines: [(program: String, line: [String], message: String)] = [
        ("fake-cluster", ["up", "--no-such-flag"], "Unknown option '--no-such-flag'"),
        ("fake-cluster", ["up", "--runner", "script"], "--runner script needs rules"),
        (
            "fake-cluster", ["up", "--runner", "podman", "--script", "x.yaml"],
            "--script is for --runner script only; say that too"
        ),
        ("fake-cluster", ["run"], "no command given"),
        ("fake-cluster", ["run", "--listen", "0.0.0.0:0", "--", "/bin/true"], "--allow-remote"),
        ("chart-generator", ["controller", "--no-such-flag"], "Unknown option '--no-such-flag'"),
        ("chart-generator", ["controller", "--version", "one"], "one"), ("chart-generator", ["templates"], "Missing"),
        ("run-controller", ["--no-such-flag"], "Unknown option '--no-such-flag'"),
        ("run-controller", ["--concurrency", "none"], "a number above 0 is expected"),
        ("run-controller", ["check", "--wait", "long"], "a duration such as 30s is expected"),
        ("kubectl-run_template", ["echo", "--no-such-flag", "-o", "jsn"], "\"jsn\""),
        ("kubectl-run_template", ["wait"], "Missing"),
    ]

    @Test("a wrong command line ends every program with 2", arguments: wrongLines)
    func wrongLine(row: (program: String, line: [String], message: String)) async throws {
        let result = try await Program.run(row.program, row.line, environment: ["KUBECONFIG": "/dev/null"])
        #expect(result.exitCode == 2, "\(result)")
        #expect(result.output.isEmpty, "\(result)")
        #expect(result.error.contains(row.message), "\(result)")
    }
}
