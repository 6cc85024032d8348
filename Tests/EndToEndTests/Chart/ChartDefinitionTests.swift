import Foundation
import KubeObjects
import RunCore
import TestSupport
import Testing

/// The definitions from the chart's folder `crds`, with both helms: there before everything else, and never lost.
@Suite(.timeLimit(.minutes(5)))
struct ChartDefinitionTests {
    /// A helm, and what it needs to take over what `kubectl apply` has set.
    struct Client: Sendable, CustomTestStringConvertible {
        var helm: String
        var takeover: [String]
        var testDescription: String { helm }
    }

    private static let clients = [
        Client(helm: "helm", takeover: ["--take-ownership", "--force-conflicts"]),
        Client(helm: "helm-3", takeover: ["--take-ownership"]),
    ]

    @Test("installed before anything else, used, upgraded by hand, left by uninstall", arguments: clients)
    func life(client: Client) async throws {
        try await RunningCluster.with(controller: false) { cluster in
            let release = ChartInstallation(cluster: cluster, helm: client.helm)
            // What is refused while the templates are rendered shows that the folder came first.
            let refused = try await cluster.run(
                client.helm, "install", "runs", ChartInstallation.chart, "--set",
                "crds.folder=true,replicas=2,leaderElection=false")
            #expect(refused.exitCode == 1 && refused.error.contains("replicas: more than one needs"), "\(refused)")
            #expect(try await Self.names(release) == Definitions.ours.compactMap(\.name).sorted())
            try await release.kubectl("delete", "crd", "--all")

            let notes = try await release.install("--set", "crds.folder=true")
            #expect(notes.contains("are from the chart's folder crds"), "\(notes)")
            let before = try await Self.runOnce(release)

            // What the notes say of an upgrade: helm leaves the definitions alone, kubectl brings them up to date.
            let shown = try await cluster.output(client.helm, "show", "crds", ChartInstallation.chart)
            let next = shown.replacing("The JobTemplate, in the run's own namespace.", with: "The next version.")
            try await release.upgrade("--set", "crds.folder=true,concurrency=4")
            try await release.kubectl(
                "apply", "--server-side", "--force-conflicts", "-f", "-", input: next)
            let schema = try await release.kubectl(
                "get", "crd/jobruns.cellbytes.io", "-o", "jsonpath={.spec.versions[0].schema.openAPIV3Schema}")
            #expect(schema.contains("The next version."), "\(schema)")

            let farewell = try await release.run("uninstall", "--wait")
            #expect(!farewell.contains("CustomResourceDefinition"), "\(farewell)")
            #expect(try await Self.uids(release) == before)
            try await release.kubectl("delete", "-f", "-", input: shown)
            #expect(try await Self.names(release) == [])
        }
    }

    @Test("an upgrade from the templates to the folder and back deletes none", arguments: clients)
    func change(client: Client) async throws {
        try await RunningCluster.with(controller: false) { cluster in
            let release = ChartInstallation(cluster: cluster, helm: client.helm)
            try await release.install("--set", "crds.keep=false")
            let before = try await Self.runOnce(release)
            for values in ["crds.folder=true", "families={plain-run}"] {
                let refused = try await cluster.run(
                    client.helm, "upgrade", "runs", ChartInstallation.chart, "--namespace", release.namespace,
                    "--set", "crds.keep=false,\(values)")
                #expect(refused.exitCode == 1, "\(refused)")
                #expect(refused.error.contains("crds: this upgrade would delete the definition"), "\(refused)")
            }
            try await release.upgrade("--set", "crds.keep=true")
            try await release.upgrade("--set", "crds.folder=true")
            #expect(try await Self.uids(release) == before)
            let shown = try await cluster.output(client.helm, "show", "crds", ChartInstallation.chart)
            try await release.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input: shown)

            try await release.upgrade(client.takeover)
            let farewell = try await release.run("uninstall", "--wait")
            #expect(farewell.contains("[CustomResourceDefinition] jobruns.cellbytes.io"), "\(farewell)")
            #expect(try await Self.uids(release) == before)
        }
    }

    /// A second release's folder is written over the definitions of the first one by Helm 4.
    @Test("a release keeps its definitions after another one's folder was installed over them", arguments: clients)
    func secondRelease(client: Client) async throws {
        try await RunningCluster.with(controller: false) { cluster in
            let release = ChartInstallation(cluster: cluster, helm: client.helm)
            try await release.install("--set", "replicas=0")
            let before = try await release.uids("crd")
            try await cluster.output(
                client.helm, "install", "other", ChartInstallation.chart, "--namespace", "other", "--create-namespace",
                "--set", "replicas=0,crds.folder=true")
            try await release.upgrade("--set", "replicas=0,crds.folder=true")
            #expect(try await release.uids("crd") == before)
        }
    }

    /// Runs a template to its end. Returns the uids of everything that must outlive the release.
    private static func runOnce(_ release: ChartInstallation) async throws -> String {
        try await release.example("echo-template")
        try await release.kubectl("wait", "--for=condition=Complete", "jobrun/hello-world", "--timeout=120s")
        return try await uids(release)
    }

    private static func uids(_ release: ChartInstallation) async throws -> String {
        try await release.uids(
            "crd/jobruns.cellbytes.io", "crd/jobtemplates.cellbytes.io", "jobrun.cellbytes.io/hello-world")
    }

    private static func names(_ release: ChartInstallation) async throws -> [String] {
        try await release.kubectl("get", "crd", "-o", "jsonpath={.items[*].metadata.name}")
            .split(separator: " ").map(String.init).sorted()
    }
}
