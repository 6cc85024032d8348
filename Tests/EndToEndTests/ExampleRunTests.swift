import Foundation
import Testing

/// The manifests of the documentation, applied as they stand to the real programs.
@Suite(.timeLimit(.minutes(5)))
struct ExampleRunTests {
    /// A file, the run in it, and what one of its pods says.
    struct Example: Sendable, CustomTestStringConvertible {
        var file: String
        var run: String
        var namespace = "default"
        /// The condition of a run that succeeded.
        var condition = "Complete"
        /// Its Jobs and pods.
        var selector: String
        var words = ""
        /// What `kubectl get` shows of it.
        var table: [String]
        var testDescription: String { file }
    }

    private static let kubectl = "kubectl-1.34"

    static let examples = [
        Example(
            file: "echo-template.yaml", run: "jobruns/hello-world", selector: "cellbytes.io/job-run=hello-world",
            words: "Hello, world!\n", table: ["TEMPLATE", "PHASE", "EXIT", "Succeeded"]),
        Example(
            file: "plain-run.yaml", run: "runs.acme.com/greet", selector: "acme.com/run=greet",
            words: "Hello, world\n", table: ["READY", "STATUS", "True", "Succeeded"]),
        Example(
            file: "kubernetes-job.yaml", run: "kubernetesjobs/shards", namespace: "batch-jobs",
            selector: "planton.ai/name=shards", words: "shard 0 of stage test",
            table: ["NAMESPACE", "batch-jobs", "Succeeded"]),
        Example(
            file: "custom-run.yaml", run: "customruns/area", condition: "Succeeded",
            selector: "tekton.dev/customRun=area", table: ["SUCCEEDED", "REASON", "True", "Succeeded"]),
    ]

    @Test("the documented runs succeed, and leave nothing behind when they are deleted", arguments: examples)
    func examplesSucceed(_ example: Example) async throws {
        let (kubectl, run) = (Self.kubectl, example.run)
        try await RunningCluster.with { cluster in
            try await cluster.output(kubectl, "apply", "-f", Program.root + "/docs/examples/" + example.file)
            try await cluster.output(kubectl, "wait", "--for=condition=\(example.condition)", run, "--timeout=120s")
            let log = try await cluster.output(
                kubectl, "-n", example.namespace, "logs", "-l", example.selector, "--tail=-1")
            #expect(example.words.isEmpty || log.contains(example.words), "\(log)")
            let table = try await cluster.output(kubectl, "get", run)
            for words in example.table { #expect(table.contains(words), "\(table)") }
            try await cluster.output(kubectl, "delete", run)
            try await cluster.output(
                kubectl, "-n", example.namespace, "wait", "--for=delete", "jobs", "-l", example.selector,
                "--timeout=120s")
        }
    }

    @Test("the CustomRun's results are the termination message")
    func results() async throws {
        try await RunningCluster.with { cluster in
            try await cluster.output(
                Self.kubectl, "apply", "-f", Program.root + "/docs/examples/custom-run.yaml")
            try await cluster.output(
                Self.kubectl, "wait", "--for=condition=Succeeded", "customrun/area", "--timeout=120s")
            let results = try await cluster.output(
                Self.kubectl, "get", "customrun", "area", "-o", "jsonpath={.status.results}")
            #expect(results == #"[{"name":"product","value":"42"}]"#)
        }
    }

    @Test("a template's parameters are what its run says")
    func parameters() async throws {
        try await RunningCluster.with { cluster in
            try await cluster.output(Self.kubectl, "apply", "-f", Program.root + "/docs/examples/parameters.yaml")
            let said = try await cluster.run(
                "kubectl-run_template", "backup", "-p", "database=orders", "-p", "days=30")
            #expect(said.exitCode == 0 && said.output == "saving 30 days of orders\n", "\(said)")
        }
    }

    @Test("an errand is run when it is asked to, keeps its output, and is set back")
    func errand() async throws {
        let kubectl = Self.kubectl
        try await RunningCluster.with { cluster in
            try await cluster.output(kubectl, "apply", "-f", Program.root + "/docs/examples/extended-job.yaml")
            try await cluster.output(
                kubectl, "wait", "--for=jsonpath={.status.reason}=Idle", "ejob/report", "--timeout=120s")
            try await cluster.output(
                kubectl, "patch", "ejob", "report", "--type", "merge", "-p", #"{"spec": {"run": "now"}}"#)
            try await cluster.output(
                kubectl, "wait", "--for=condition=OutputPersisted", "ejob/report", "--timeout=120s")
            try await cluster.output(
                kubectl, "wait", "--for=jsonpath={.spec.run}=manually", "ejob/report", "--timeout=120s")
            let kept = try await cluster.output(
                kubectl, "get", "configmap", "report-out", "-o", #"jsonpath={.data.main\.stdout}"#)
            #expect(kept == "3 rows\n")
            let table = try await cluster.output(kubectl, "get", "ejob", "report")
            for words in ["RUN", "PHASE", "RUNS", "manually", "Succeeded"] {
                #expect(table.contains(words), "\(table)")
            }
        }
    }

    @Test("a pod that gets ready starts a Job")
    func trigger() async throws {
        let kubectl = Self.kubectl
        try await RunningCluster.with { cluster in
            try await cluster.output(kubectl, "apply", "-f", Program.root + "/docs/examples/extended-job.yaml")
            try await cluster.output(
                kubectl, "wait", "--for=jsonpath={.status.watchedFrom}", "ejob/warm-cache", "--timeout=120s")
            try await cluster.output(
                kubectl, "run", "shop", "--image=busybox", "--labels=app=shop", "--command", "--", "sleep", "60")
            try await cluster.output(
                kubectl, "wait", "--for=condition=Succeeded", "ejob/warm-cache", "--timeout=120s")
            let log = try await cluster.output(kubectl, "logs", "-l", "affected-pod=shop")
            #expect(log == "warm\n")
            try await cluster.output(kubectl, "delete", "pod", "shop", "--grace-period=0", "--force")
        }
    }
}
