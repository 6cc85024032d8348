import Foundation
import KubeObjects
import Subprocess
import SystemPackage
import Testing

/// From the original controller's chart to ours, in place: what it left is kept, followed, and never run a second time.
@Suite(.timeLimit(.minutes(5)))
struct UpgradeTests {
    private static let files = "\(Program.root)/Tests/EndToEndTests/Clients/upgrade"

    @Test("helm upgrade from the original chart keeps every run")
    func inPlace() async throws {
        try await RunningCluster.with(controller: false) { cluster in
            try await cluster.output("helm", "install", "job-template-run", "\(Self.files)/job-template-run")
            try await cluster.output("kubectl-1.34", "apply", "-f", "\(Self.files)/left.yaml")
            let before = try await Self.statuses(cluster)
            try await Self.adopt(cluster)
            try await cluster.output("chart-generator", "controller", "--output", cluster.scratch)
            // The original's definitions were made without the resource policy: helm would delete what is no template.
            let refused = try await cluster.run(
                "helm", "upgrade", "job-template-run", "\(cluster.scratch)/job-template-run", "--reset-values",
                "--set", "crds.folder=true")
            #expect(refused.exitCode == 1, "\(refused)")
            #expect(refused.error.contains("this upgrade would delete the definition"), "\(refused)")
            // The controller runs as a process of this test, so that its end can be awaited.
            try await cluster.output(
                "helm", "upgrade", "job-template-run", "\(cluster.scratch)/job-template-run", "--reset-values",
                "--set", "replicas=0")
            #expect(try await cluster.names("deployments") == ["job-template-run"])
            try await Self.withController(of: cluster) {
                try await Self.runsGoOn(cluster)
            }
            let after = try await Self.statuses(cluster)
            for run in ["complete", "failed", "lost"] { #expect(after[run] == before[run], "\(run)") }
            #expect(after["underway"]?["phase"] == "Succeeded")
            #expect(after["job-gone"]?["reason"] == "BegunElsewhere")
            let jobs = try await cluster.names("jobs")
            #expect(jobs.filter { !$0.hasPrefix("new-") } == ["greet-forgotten-m4w8z", "greet-underway-x7k2p"])
            #expect(jobs.count == 3)
            try await cluster.output("helm", "uninstall", "job-template-run")
            #expect(try await Self.statuses(cluster).keys.sorted() == after.keys.sorted())
        }
    }

    @Test("helm install takes over definitions that kubectl applied, and keeps what is of them")
    func takeOwnership() async throws {
        try await RunningCluster.with(controller: false) { cluster in
            try await cluster.output(
                "kubectl-1.34", "apply", "-f", "\(Self.files)/job-template-run/templates/definitions.yaml")
            try await cluster.output("kubectl-1.34", "apply", "-f", "\(Self.files)/left.yaml")
            let before = try await Self.statuses(cluster)
            try await cluster.output("chart-generator", "controller", "--output", cluster.scratch)
            try await cluster.output(
                "helm", "install", "runs", "\(cluster.scratch)/job-template-run", "--set", "replicas=0",
                "--take-ownership", "--force-conflicts")
            #expect(try await Self.statuses(cluster) == before)
            try await cluster.output("helm", "uninstall", "runs")
            #expect(try await Self.statuses(cluster) == before)
        }
    }

    /// Hands over what was left, first only saying so, and then twice: the second time there is nothing to do.
    private static func adopt(_ cluster: RunningCluster) async throws {
        let run = { (arguments: [String]) in
            let result = try await Program.run(
                "\(Program.root)/scripts/adopt-original-runs", arguments,
                environment: ["KUBECONFIG": cluster.kubeconfig, "KUBECTL": try Program.path(of: "kubectl-1.34")])
            try #require(result.exitCode == 0, "\(result)")
            return result.output
        }
        let gone = "job.batch/greet-forgotten-m4w8z in default: its run forgotten is gone; left alone\n"
        let done = [
            "job.batch/greet-underway-x7k2p patched", "jobrun.cellbytes.io/complete patched",
            "jobrun.cellbytes.io/lost patched", "jobrun.cellbytes.io/underway patched",
            "job.batch/greet-underway-x7k2p patched",
        ]
        #expect(try await run(["--dry-run"]) == gone + done.map { $0 + " (dry run)\n" }.joined())
        #expect(try await run([]) == gone + done.map { $0 + "\n" }.joined())
        #expect(try await run([]) == gone)
        let finalizers = try await cluster.output(
            "kubectl-1.34", "get", "jobruns,jobs", "-o", "jsonpath={.items[*].metadata.finalizers}")
        #expect(finalizers.contains("example.com/other") && !finalizers.contains("kopf"))
    }

    /// The Job that is under way is followed to its end, and new runs run.
    private static func runsGoOn(_ cluster: RunningCluster) async throws {
        try await cluster.output(
            "kubectl-1.34", "patch", "job", "greet-underway-x7k2p", "--type=merge", "-p", #"{"spec":{"suspend":false}}"#
        )
        try await cluster.output(
            "kubectl-1.34", "create", "-f", "-",
            input: "{apiVersion: cellbytes.io/v1, kind: JobRun, metadata: {name: new}, spec: {templateRef: greet}}")
        for run in ["new", "underway"] {
            try await cluster.output(
                "kubectl-1.34", "wait", "--for=condition=Complete", "jobrun/\(run)", "--timeout=120s")
        }
        try await cluster.output(
            "kubectl-1.34", "wait", "--for=jsonpath={.status.phase}=Waiting", "jobrun/job-gone", "--timeout=120s")
    }

    private static func withController(of cluster: RunningCluster, _ work: () async throws -> Void) async throws {
        let result = try await Subprocess.run(
            .path(FilePath(try Program.path(of: "run-controller"))), arguments: ["--kubeconfig", cluster.kubeconfig],
            input: .none, output: .discarded, error: .discarded
        ) { execution in
            defer { try? execution.send(signal: .terminate) }
            try await work()
        }
        #expect(result.terminationStatus == .exited(0), "run-controller did not stop cleanly")
    }

    private static func statuses(_ cluster: RunningCluster) async throws -> [String: JSONValue] {
        let list = try JSONValue(parsing: try await cluster.output("kubectl-1.34", "get", "jobruns", "-o", "json"))
        let runs = list["items"]?.array ?? []
        return Dictionary(
            uniqueKeysWithValues: runs.map { ($0["metadata"]?["name"]?.string ?? "", $0["status"] ?? [:]) })
    }
}

extension RunningCluster {
    /// The names of the objects of a kind in the default namespace, sorted.
    fileprivate func names(_ kind: String) async throws -> [String] {
        try await output("kubectl-1.34", "get", kind, "-o", "jsonpath={.items[*].metadata.name}")
            .split(separator: " ").map(String.init).sorted()
    }
}
