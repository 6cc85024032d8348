import Foundation
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

    private func withTemplate<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let folder = NSTemporaryDirectory() + "local-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.template.write(toFile: folder + "/greet.yaml", atomically: true, encoding: .utf8)
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
}
