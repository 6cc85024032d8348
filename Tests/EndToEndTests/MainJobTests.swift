import Foundation
import Testing

/// The main job as users do it: real kubectl, old and new, against the real programs.
@Suite(.timeLimit(.minutes(5)))
struct MainJobTests {
    static let kubectls = ["kubectl-1.20", "kubectl-1.34"]

    @Test("the two documented manifests give one Job and one pod", arguments: kubectls)
    func documentedManifests(kubectl: String) async throws {
        try await RunningCluster.with { cluster in
            let manifests = Program.root + "/docs/examples/echo-template.yaml"
            let applied = try await cluster.output(kubectl, "apply", "-f", manifests)
            #expect(applied.contains("jobtemplate.cellbytes.io/echo-template created"))
            #expect(applied.contains("jobrun.cellbytes.io/hello-world created"))
            let run = "hello-world"
            try await cluster.output(kubectl, "wait", "--for=condition=Complete", "jobrun/\(run)", "--timeout=120s")

            let jobs = try await cluster.output(kubectl, "get", "jobs", "-o", "name")
            let pods = try await cluster.output(kubectl, "get", "pods", "-o", "name")
            #expect(jobs.split(separator: "\n").count == 1, "\(jobs)")
            #expect(pods.split(separator: "\n").count == 1, "\(pods)")
            let table = try await cluster.output(kubectl, "get", "jobtemplates,jobruns,jobs,pods")
            for heading in ["TEMPLATE", "PHASE", "EXIT", "COMPLETIONS", "READY"] {
                #expect(table.contains(heading), "\(table)")
            }
            #expect(table.contains("Succeeded"), "\(table)")

            let job = String(jobs.dropFirst("job.batch/".count).prefix { $0 != "\n" })
            #expect(try await cluster.output(kubectl, "logs", "job/\(job)") == "Hello, world!\n")
            let description = try await cluster.output(kubectl, "describe", "jobrun", run)
            #expect(description.contains("echo-template"), "\(description)")
            #expect(description.contains("Phase:"), "\(description)")

            try await cluster.output(kubectl, "delete", "jobrun", run)
            for kind in ["jobs", "pods"] {
                let gone = try await cluster.run(kubectl, "wait", "--for=delete", kind, "--all", "--timeout=120s")
                #expect(gone.exitCode == 0 || gone.error.contains("no matching resources"), "\(gone)")
                #expect(try await cluster.output(kubectl, "get", kind, "-o", "name") == "")
            }
        }
    }

    @Test("the plugin follows the log and ends with the container's code", arguments: kubectls)
    func pluginFollowsAndEnds(kubectl: String) async throws {
        try await RunningCluster.with { cluster in
            try await cluster.output(kubectl, "apply", "-f", Program.root + "/docs/examples/echo-template.yaml")
            let said = try await cluster.run(kubectl, "run-template", "echo-template", "--", "other words")
            #expect(said.exitCode == 0, "\(said)")
            #expect(said.output == "other words\n", "\(said)")

            try await cluster.output(kubectl, "apply", "-f", Program.root + "/docs/examples/exit-code.yaml")
            let failed = try await cluster.run(kubectl, "run-template", "exit-code")
            #expect(failed.exitCode == 7, "\(failed)")
            #expect(failed.error.contains("reason="), "\(failed)")
        }
    }

    @Test("a command on a throw-away cluster")
    func runCommand() async throws {
        let result = try await Program.run(
            "fake-cluster",
            [
                "run", "--with-controller", "--apply", Program.root + "/docs/examples/echo.yaml", "--",
                Program.path(of: "kubectl-1.34"), "run-template", "echo", "--args", "Hello",
            ])
        #expect(result.exitCode == 0, "\(result)")
        #expect(result.output == "Hello\n", "\(result)")
    }

    @Test("the command's exit code becomes fake-cluster's", arguments: [0, 3, 125])
    func exitCode(code: Int32) async throws {
        let result = try await Program.run("fake-cluster", ["run", "--", "/bin/sh", "-c", "exit \(code)"])
        #expect(result.exitCode == code, "\(result)")
    }

    @Test("a second start on the same folder finds everything again")
    func secondStart() async throws {
        let data = NSTemporaryDirectory() + "end-to-end-data-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: data) }
        let uid = try await RunningCluster.with(controller: false, data: data) { cluster in
            let kept = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept}\ndata: {a: '1'}\n"
            try await cluster.output("kubectl-1.34", "apply", "-f", "-", input: kept)
            return try await cluster.output(
                "kubectl-1.34", "get", "configmap", "kept", "-o", "jsonpath={.metadata.uid}")
        }
        #expect(!uid.isEmpty)
        try await RunningCluster.with(controller: false, data: data) { cluster in
            let kept = try await cluster.output(
                "kubectl-1.34", "get", "configmap", "kept", "-o", "jsonpath={.metadata.uid} {.data.a}")
            #expect(kept == "\(uid) 1")
        }
    }

    @Test("times beyond every clock harm neither the server nor its next start")
    func endlessTimes() async throws {
        let data = NSTemporaryDirectory() + "end-to-end-data-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: data) }
        let longest = String(Int64.max)
        let job = """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: endless}
            spec:
              activeDeadlineSeconds: \(longest)
              template:
                spec:
                  restartPolicy: Never
                  terminationGracePeriodSeconds: \(longest)
                  containers: [{name: main, image: busybox, command: [sleep, "60"]}]
            """
        try await RunningCluster.with(controller: false, data: data) { cluster in
            try await cluster.output("kubectl-1.34", "apply", "-f", "-", input: job)
            try await cluster.output(
                "kubectl-1.34", "wait", "--for=condition=Ready", "pod", "-l", "job-name=endless", "--timeout=120s")
            _ = try await cluster.output(
                "kubectl-1.34", "delete", "pod", "-l", "job-name=endless", "--grace-period", longest, "--wait=false")
        }
        try await RunningCluster.with(controller: false, data: data) { cluster in
            _ = try await cluster.output("kubectl-1.34", "delete", "job", "endless", "--timeout=120s")
        }
    }
}
