import Foundation
import Subprocess
import SystemPackage
import Testing

/// `--local`: a template from a file, run on a cluster that nobody had before and nobody has afterwards.
@Suite(.timeLimit(.minutes(5)))
struct LocalRunTests {
    private static let template = """
        apiVersion: cellbytes.io/v1
        kind: JobTemplate
        metadata: {name: greet}
        parameters:
        - {name: whom, default: World}
        spec:
          backoffLimit: 0
          template:
            spec:
              restartPolicy: Never
              containers:
              - {name: main, image: "busybox:1.36", command: [sh, -c, 'echo "Hello, $(params.whom)"; exit 3']}
        """

    /// Prints its arguments, each in brackets, and its namespace.
    private static let words = """
        apiVersion: cellbytes.io/v1
        kind: JobTemplate
        metadata: {name: words}
        spec:
          backoffLimit: 0
          template:
            spec:
              restartPolicy: Never
              containers:
              - name: main
                image: busybox:1.36
                command: [sh, -c, 'printf "[%s]" "$@"; echo " $IN"', sh]
                env: [{name: IN, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}]
        """

    private func withTemplate<Value>(
        _ template: String = template, _ body: (String) async throws -> Value
    ) async throws -> Value {
        let folder = NSTemporaryDirectory() + "local-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try template.write(toFile: folder + "/greet.yaml", atomically: true, encoding: .utf8)
        return try await body(folder)
    }

    @Test(
        "a template of a folder runs, with the same output and exit code as on a cluster",
        arguments: ["", "/greet.yaml"])
    func runs(_ file: String) async throws {
        try await withTemplate { folder in
            let result = try await Program.run(
                "kubectl-run_template", ["greet", "--local", "-f", folder + file, "--whom", "you"],
                environment: ["KUBECONFIG": "/dev/null"])
            #expect(result.output == "Hello, you\n", "\(result)")
            #expect(result.exitCode == 3, "\(result)")
            #expect(result.error.contains(" failed with exit code 3, reason=Error"), "\(result)")
        }
    }

    @Test("whose patience is over is not sent to a cluster that is gone")
    func patience() async throws {
        try await withTemplate(Self.template.replacing("exit 3", with: "sleep 60")) { folder in
            let result = try await Program.run(
                "kubectl-run_template", ["greet", "--local", "-f", folder, "--name", "r", "--wait-timeout", "1s"])
            #expect(result.exitCode == 124, "\(result)")
            #expect(
                result.error.hasSuffix(
                    "jobrun.cellbytes.io/r is not over yet; it goes on\n  it ends here, with its cluster\n"),
                "\(result)")
        }
    }

    @Test("an errand's patience ends with its cluster, too")
    func errandPatience() async throws {
        let example = try String(contentsOfFile: Program.root + "/docs/examples/extended-job.yaml", encoding: .utf8)
        try await withTemplate(example.replacing(#"["echo", "3 rows"]"#, with: #"["sleep", "60"]"#)) { folder in
            let result = try await Program.run(
                "kubectl-run_template", ["errand/report", "--local", "-f", folder, "--wait-timeout", "1s"])
            #expect(result.exitCode == 124, "\(result)")
            #expect(
                result.error.hasSuffix(" is not over yet; it goes on\n  it ends here, with its cluster\n"), "\(result)")
        }
    }

    @Test(
        "who is told to end while the cluster starts leaves nothing behind", arguments: [Signal.interrupt, .terminate])
    func signalAtTheStart(_ signal: Signal) async throws {
        try await withTemplate { folder in
            let scratch = folder + "/scratch"
            try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
            // The folder comes first, and then a second of keys, certificates and definitions. The one who sends the signal
            // is started beside the cluster: this process may be too busy to see so short a moment.
            let cluster = folder + "/cluster"
            let script = """
                #!/bin/sh
                (while kill -0 $$ && [ -z "$(ls -A "$TMPDIR")" ]; do :; done; kill -\(signal.rawValue) $$) &
                exec '\(try Program.path(of: "fake-cluster"))' "$@"
                """
            try script.write(toFile: cluster, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: cluster)
            let result = try await Subprocess.run(
                .path(FilePath(try Program.path(of: "kubectl-run_template"))),
                arguments: ["greet", "--local", "-f", "\(folder)/greet.yaml"],
                environment: .inherit.updating(["TMPDIR": scratch, "RUN_TEMPLATE_FAKE_CLUSTER": cluster]),
                input: .none, output: .discarded, error: .discarded)
            // A SIGTERM that is late finds the command running, which cancels its run and ends with 130.
            let codes: [Int32] = signal == .interrupt ? [130] : [130, 143]
            #expect(codes.contains { result.terminationStatus == .exited($0) }, "\(result.terminationStatus)")
            let left = try FileManager.default.contentsOfDirectory(atPath: scratch)
            #expect(left.isEmpty)
        }
    }

    @Test("without the cluster's program it says where it looks")
    func missingProgram() async throws {
        try await withTemplate { folder in
            let result = try await Program.run(
                "kubectl-run_template", ["greet", "--local", "-f", folder],
                environment: ["RUN_TEMPLATE_FAKE_CLUSTER": "/nowhere/fake-cluster"])
            #expect(result.exitCode == 125, "\(result)")
            #expect(
                result.error == "error: RUN_TEMPLATE_FAKE_CLUSTER: /nowhere/fake-cluster is no program\n", "\(result)")
        }
    }

    @Test("a cluster that does not start is a run that could not start")
    func clusterThatDoesNotStart() async throws {
        try await withTemplate { folder in
            let result = try await Program.run(
                "kubectl-run_template", ["greet", "--local", "-f", folder], environment: ["TMPDIR": "/proc/nowhere"])
            #expect(result.exitCode == 125, "\(result)")
            #expect(result.error.contains("/proc/nowhere"), "\(result)")
            #expect(result.error.split(separator: "\n").count == 1, "\(result)")
        }
    }

    @Test(
        "a signal to the command alone reaches the run, which is cancelled",
        arguments: [Signal.interrupt, .terminate])
    func signal(_ signal: Signal) async throws {
        let template = Self.template.replacing("exit 3", with: "sleep 60").replacing(
            "restartPolicy: Never", with: "restartPolicy: Never\n      terminationGracePeriodSeconds: 1")
        try await withTemplate(template) { folder in
            let result = try await Subprocess.run(
                .path(FilePath(try Program.path(of: "kubectl-run_template"))),
                arguments: ["greet", "--local", "-f", "\(folder)/greet.yaml", "--name", "r"],
                input: .none, output: .sequence, error: .string(limit: 1 << 16)
            ) { execution in
                for try await line in execution.standardOutput.strings() where line.contains("Hello") {
                    try execution.send(signal: signal)
                }
            }
            #expect(result.terminationStatus == .exited(130))
            // After a SIGTERM a controller that is slow to act, on a busy machine, is not waited for.
            let words =
                ["r was cancelled, reason=Cancelled\n"]
                + (signal == .terminate ? ["r is being cancelled: the controller has not acted yet\n"] : [])
            #expect(words.contains { result.standardError.hasSuffix($0) }, "\(result.standardError)")
        }
    }

    @Test(
        "every word of the command line means what it means on a cluster",
        arguments: [
            ("words --local -f DIR --args -fast --args -f --args --local", "[-fast][-f][--local] default\n"),
            ("words --local=1 -fDIR -- -f x --local", "[-f][x][--local] default\n"),
            ("words --local=t --filename=DIR --args=--filename=x --args -n", "[--filename=x][-n] default\n"),
            ("-f DIR local words --args --local=true --args --", "[--local=true][--] default\n"),
            ("local words -qf DIR --args -n", "[-n] default\n"),
            ("-n demo --local words -f DIR -- a", "[a] demo\n"),
            ("local words -ndemo -f DIR -- a", "[a] demo\n"),
        ])
    func words(_ line: String, _ output: String) async throws {
        try await withTemplate(Self.words) { folder in
            let words = line.split(separator: " ").map { String($0).replacing("DIR", with: folder) }
            let result = try await Program.run("kubectl-run_template", words)
            #expect(result.output == output, "\(result)")
            #expect(result.exitCode == 0, "\(result)")
        }
    }

    @Test("--as acts for the run only: the manifests, which may allow that, are applied by the cluster's owner")
    func impersonation() async throws {
        try await withTemplate { folder in
            let words = ["greet", "--local", "-f", folder, "-n", "demo", "--as", "jane"]
            let refused = try await Program.run("kubectl-run_template", words)
            #expect(refused.exitCode == 125, "\(refused)")
            #expect(refused.error.contains("jobtemplates.cellbytes.io"), "\(refused)")
            #expect(refused.error.contains("User \"jane\" cannot "), "\(refused)")
            let binding = """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: jane}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
                subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
                """
            try binding.write(toFile: folder + "/jane.yaml", atomically: true, encoding: .utf8)
            let allowed = try await Program.run("kubectl-run_template", words)
            #expect(allowed.output == "Hello, World\n", "\(allowed)")
            #expect(allowed.exitCode == 3, "\(allowed)")
        }
    }

    @Test("who loses the terminal leaves nothing behind")
    func hangup() async throws {
        let template = Self.template.replacing("exit 3", with: "sleep 60").replacing(
            "restartPolicy: Never", with: "restartPolicy: Never\n      terminationGracePeriodSeconds: 1")
        try await withTemplate(template) { folder in
            let scratch = folder + "/scratch"
            try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
            let result = try await Subprocess.run(
                .path(FilePath(try Program.path(of: "kubectl-run_template"))),
                arguments: ["greet", "--local", "-f", "\(folder)/greet.yaml"],
                environment: .inherit.updating(["TMPDIR": scratch]),
                input: .none, output: .sequence, error: .discarded
            ) { execution in
                for try await line in execution.standardOutput.strings() where line.contains("Hello") {
                    let folders = try FileManager.default.contentsOfDirectory(atPath: scratch)
                    #expect(!folders.isEmpty, "the cluster is not where this test looks")
                    try execution.send(signal: .terminalClosed)
                }
            }
            #expect(result.terminationStatus == .exited(130))
            let left = try FileManager.default.contentsOfDirectory(atPath: scratch)
            #expect(left.isEmpty)
        }
    }

    @Test("a template comes from the standard input, too")
    func standardInput() async throws {
        let result = try await Program.run(
            "kubectl-run_template", ["local", "words", "-q", "-f", "-", "--", "a"], input: Self.words)
        #expect(result.output == "[a] default\n", "\(result)")
    }

    @Test(
        "what is wrong with the manifests is said with file and line, and with the code that it has on a cluster",
        arguments: [
            ("a: [", 2, "/greet.yaml:"),
            ("{a: 1}", 2, "/greet.yaml:1: is no manifest: apiVersion and kind are expected"),
            (
                "kind: Thing\napiVersion: example.com/v1\nmetadata: {name: x}", 125,
                "/greet.yaml:1: there is no kind Thing in example.com/v1; is its CustomResourceDefinition applied first?"
            ),
            (
                "kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\n---\nkind: ConfigMap\napiVersion: v1\n"
                    + "metadata: {name: X_Y}", 125, "/greet.yaml:7: ConfigMap \"X_Y\" is invalid: metadata.name: "
            ),
            (
                template.replacing("{name: whom, ", with: "{name: n, "), 125,
                "/greet.yaml:5: JobTemplate.cellbytes.io \"greet\" is invalid: parameters[0].name: Invalid value: "
                    + "\"boolean\": parameters[0].name in body must be of type string: \"boolean\"; n is no text "
                    + "without quotes: write \"n\"\n"
            ),
            (
                "kind: ConfigMap\napiVersion: v1\nmetadata: {name: x, namespace: nowhere}", 125,
                "/greet.yaml:1: namespaces \"nowhere\" not found"
            ),
            (
                "kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}", 125,
                "there is no JobTemplate \"greet\" in the namespace \"demo\""
            ),
        ] as [(String, Int32, String)])
    func wrongManifests(_ manifest: String, _ exitCode: Int32, _ words: String) async throws {
        try await withTemplate(manifest) { folder in
            let result = try await Program.run(
                "kubectl-run_template", ["greet", "-n", "demo", "--local", "-f", folder])
            #expect(result.exitCode == exitCode, "\(result)")
            #expect(result.error.contains(words), "\(result)")
            #expect(result.error.split(separator: "\n").filter { $0.hasPrefix("error: ") }.count == 1, "\(result)")
        }
    }
}
