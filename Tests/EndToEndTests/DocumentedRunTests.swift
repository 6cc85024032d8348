import Foundation
import TestSupport
import Testing

/// The manifests of the families' own documentation, as they stand there (the golden cases' files), with real kubectl.
@Suite(.timeLimit(.minutes(5)))
struct DocumentedRunTests {
    private static let kubectl = "kubectl-1.34"

    private static func manifest(_ name: String) throws -> String {
        try Repository.text("Tests/Golden/\(name)/run.yaml")
    }

    @Test(
        "plain Runs, one of them of nothing but a name",
        arguments: [
            ("bare", "bare", ""), ("command", "printer", "one line\n"), ("variables", "with-env", "nightly\n"),
        ])
    func plainRuns(folder: String, name: String, words: String) async throws {
        let kubectl = Self.kubectl
        try await RunningCluster.with { cluster in
            try await cluster.output(kubectl, "create", "namespace", "demo")
            try await cluster.output(
                kubectl, "create", "secret", "generic", "db", "-n", "demo", "--from-literal=pw=hunter2")
            try await cluster.output(kubectl, "apply", "-f", "-", input: try Self.manifest("plain-run/\(folder)"))
            try await cluster.output(
                kubectl, "wait", "--for=condition=Complete", "-n", "demo", "runs.acme.com/\(name)", "--timeout=120s")
            #expect(try await cluster.output(kubectl, "logs", "-n", "demo", "-l", "kblock/name=\(name)") == words)
            let table = try await cluster.output(kubectl, "get", "runs.acme.com", "-n", "demo")
            #expect(table.contains("Succeeded"), "\(table)")
        }
    }

    /// What the image would hold: an interpreter that says with what it was started.
    private static let interpreter = """
        #!/bin/sh
        echo "$1 of $DATABASE_URL, $BATCH_SIZE at a time, with $DATABASE_PASSWORD in $K8S_POD_ID"
        """

    @Test("a KubernetesJob with its namespace, and a Secret that comes later")
    func dataMigration() async throws {
        let kubectl = Self.kubectl
        let image = Program.buildFolder + "/end-to-end-image-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: image, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: image) }
        try Self.interpreter.write(toFile: image + "/python", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: image + "/python")
        try await RunningCluster.with(programs: image) { cluster in
            let manifest = try Self.manifest("kubernetes-job/data-migration")
            try await cluster.output(kubectl, "apply", "-f", "-", input: manifest)
            let run = "kubernetesjob/data-migration"
            // The namespace is made; the Secret is the user's, and named where he looks.
            try await cluster.output(
                kubectl, "wait", "--for=jsonpath={.status.reason}=SecretNotFound", run, "--timeout=120s")
            let message = try await cluster.output(kubectl, "get", run, "-o", "jsonpath={.status.message}")
            #expect(message.contains("db-credentials"))
            let label = try await cluster.output(
                kubectl, "get", "namespace", "batch-jobs", "-o", #"jsonpath={.metadata.labels.planton\.ai/name}"#)
            #expect(label == "data-migration")
            try await cluster.output(
                kubectl, "create", "secret", "generic", "db-credentials", "-n", "batch-jobs",
                "--from-literal=password=s3cr3t")
            try await cluster.output(kubectl, "wait", "--for=condition=Complete", run, "--timeout=120s")
            let log = try await cluster.output(kubectl, "logs", "-n", "batch-jobs", "job/data-migration")
            #expect(
                log.hasPrefix(
                    "/app/migrate.py of postgres://localhost:5432/mydb, 1000 at a time, with s3cr3t in data-migration-"),
                "\(log)")
            let outputs = try await cluster.output(
                kubectl, "get", run, "-o", "jsonpath={.status.outputs.namespace}/{.status.outputs.jobName}")
            #expect(outputs == "batch-jobs/data-migration")
            let table = try await cluster.output(kubectl, "get", "kubernetesjobs")
            #expect(table.contains("batch-jobs") && table.contains("Succeeded"), "\(table)")
            // The namespace outlives the run.
            try await cluster.output(kubectl, "delete", run)
            try await cluster.output(
                kubectl, "wait", "-n", "batch-jobs", "--for=delete", "job/data-migration", "--timeout=120s")
            try await cluster.output(kubectl, "get", "namespace", "batch-jobs")
        }
    }
}
