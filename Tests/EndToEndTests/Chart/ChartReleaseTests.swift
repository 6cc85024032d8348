import Foundation
import KubeObjects
import Testing

/// The chart's life with real helm on a cluster that enforces RBAC: the controller is a pod with its own account.
@Suite(.timeLimit(.minutes(5)))
struct ChartReleaseTests {
    @Test("installed, runs all families, upgraded, rolled back, uninstalled")
    func life() async throws {
        try await RunningCluster.with(controller: false) { cluster in
            let release = ChartInstallation(cluster: cluster)
            let previous = cluster.scratch + "/previous"
            try await cluster.output(
                "chart-generator", "controller", "--version", "0.0.9", "--output", previous)
            try await release.install(
                chart: previous + "/job-template-run", "--set", "families={job-template}")
            try await release.example("echo-template")
            try await release.kubectl("wait", "--for=condition=Complete", "jobrun/hello-world", "--timeout=120s")
            let before = try await release.uids(
                "crd/jobruns.cellbytes.io", "crd/jobtemplates.cellbytes.io", "jobrun.cellbytes.io/hello-world")

            try await release.upgrade("--set", "crds.tekton=true")
            let label = try await release.kubectl(
                "get", "crd/jobruns.cellbytes.io", "-o", #"jsonpath={.metadata.labels.helm\.sh/chart}"#)
            #expect(label == "job-template-run-\(ProjectVersion.current)")
            let versions = try await cluster.output("kubectl-run_template", "version")
            #expect(versions.hasSuffix("\nController Version: \(ProjectVersion.current)\n"), "\(versions)")
            try await Self.runAllFamilies(release)
            let report = try await release.test()
            #expect(report.contains("ok: lease job-runs/runs-job-template-run: runs-job-template-run-"), "\(report)")
            #expect(!report.contains("missing:"), "\(report)")

            try await release.run("rollback", "1", "--wait", "--timeout", "120s")
            try await release.kubectl("create", "-f", "-", input: Self.secondRun)
            try await release.kubectl("wait", "--for=condition=Complete", "jobrun/second", "--timeout=120s")

            let farewell = try await release.run("uninstall", "--wait")
            #expect(farewell.contains("kept due to the resource policy"), "\(farewell)")
            #expect(farewell.contains("[CustomResourceDefinition] jobruns.cellbytes.io"), "\(farewell)")
            let left = try await release.kubectl("get", "all,serviceaccounts,roles", "-n", "job-runs", "-o", "name")
            #expect(left.split(separator: "\n") == ["pod/runs-job-template-run-test", "serviceaccount/default"])
            let after = try await release.uids(
                "crd/jobruns.cellbytes.io", "crd/jobtemplates.cellbytes.io", "jobrun.cellbytes.io/hello-world")
            #expect(before == after)

            // What was left is taken over again.
            try await release.install()
            try await release.test()
        }
    }

    private static let secondRun = """
        apiVersion: cellbytes.io/v1
        kind: JobRun
        metadata: {name: second}
        spec: {templateRef: echo-template, args: [again]}
        """

    /// The manifests of the documentation, one of each family.
    private static func runAllFamilies(_ release: ChartInstallation) async throws {
        for name in ["plain-run", "kubernetes-job", "extended-job", "custom-run"] { try await release.example(name) }
        try await release.kubectl(
            "wait", "--for=condition=Complete", "runs.acme.com/greet", "kubernetesjobs/shards", "--timeout=120s")
        try await release.kubectl("wait", "--for=condition=Succeeded", "customrun/area", "--timeout=120s")
        let product = try await release.kubectl(
            "get", "customrun/area", "-o", "jsonpath={.status.results[0].value}")
        #expect(product == "42")
        try await release.kubectl(
            "patch", "ejob/report", "--type=merge", "-p", #"{"spec": {"run": "now"}}"#)
        try await release.kubectl("wait", "--for=create", "configmap/report-out", "--timeout=120s")
        let output = try await release.kubectl("get", "configmap/report-out", "-o", "jsonpath={.data.main\\.stdout}")
        #expect(output == "3 rows\n")
    }

    @Test("helm 3 installs it too")
    func helm3() async throws {
        try await RunningCluster.with(controller: false) { cluster in
            let release = ChartInstallation(cluster: cluster, helm: "helm-3")
            let notes = try await release.install()
            #expect(notes.contains("runs job-template, plain-run"), "\(notes)")
            try await release.test()
            try await release.upgrade("--set", "concurrency=8")
            let farewell = try await release.run("uninstall", "--wait")
            #expect(farewell.contains("[CustomResourceDefinition] jobruns.cellbytes.io"), "\(farewell)")
        }
    }

    @Test("a second replica takes over")
    func replicas() async throws {
        try await RunningCluster.with(controller: false) { cluster in
            let release = ChartInstallation(cluster: cluster)
            try await release.install("--set", "replicas=2,families={job-template}")
            let leader = try await Self.leader(release)
            try await release.kubectl("delete", "pod", leader, "-n", "job-runs", "--wait=false")
            try await release.example("echo-template")
            try await release.kubectl("wait", "--for=condition=Complete", "jobrun/hello-world", "--timeout=120s")
            let next = try await Self.leader(release)
            #expect(next.hasPrefix(ChartInstallation.deployment) && next != leader)
            let budget = try await release.kubectl(
                "get", "pdb", "-n", "job-runs", "-o", "jsonpath={.items[*].spec.maxUnavailable}")
            #expect(budget == "1")
        }
    }

    /// The pod that holds the lease.
    private static func leader(_ release: ChartInstallation) async throws -> String {
        let holder = try await release.kubectl(
            "get", "lease/\(ChartInstallation.deployment)", "-n", "job-runs", "-o", "jsonpath={.spec.holderIdentity}")
        return String(holder.prefix { $0 != "_" })
    }
}
