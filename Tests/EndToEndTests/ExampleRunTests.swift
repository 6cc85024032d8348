import Foundation
import Testing

/// The manifests of the documentation, applied as they stand to the real programs.
@Suite(.timeLimit(.minutes(5)))
struct ExampleRunTests {
    /// A file, the run in it, and what one of its pods says.
    static let examples = [
        ("plain-run.yaml", "runs.acme.com/greet", "default", "acme.com/run=greet", "Hello, world\n"),
        (
            "kubernetes-job.yaml", "kubernetesjobs/shards", "batch-jobs", "planton.ai/name=shards",
            "shard 0 of stage test"
        ),
    ]

    @Test("the documented runs of other families succeed", arguments: examples)
    func examplesSucceed(
        file: String, run: String, namespace: String, selector: String, words: String
    ) async throws {
        let kubectl = "kubectl-1.34"
        try await RunningCluster.with { cluster in
            try await cluster.output(kubectl, "apply", "-f", Program.root + "/docs/examples/" + file)
            try await cluster.output(kubectl, "wait", "--for=condition=Complete", run, "--timeout=60s")
            let log = try await cluster.output(kubectl, "-n", namespace, "logs", "-l", selector)
            #expect(log.contains(words), "\(log)")
            let table = try await cluster.output(kubectl, "get", run)
            #expect(table.contains("Succeeded"), "\(table)")
            try await cluster.output(kubectl, "delete", run)
            try await cluster.output(
                kubectl, "-n", namespace, "wait", "--for=delete", "jobs", "-l", selector, "--timeout=30s")
        }
    }
}
