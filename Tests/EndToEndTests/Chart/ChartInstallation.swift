import FakeCluster
import Foundation
import KubeObjects
import TestSupport
import Testing

/// The committed chart on a running cluster, installed by real helm; its controller is the program that was just built.
struct ChartInstallation: Sendable {
    /// Where, and as whom.
    var cluster: RunningCluster
    /// Which helm.
    var helm = "helm"
    /// The release's namespace.
    var namespace = "job-runs"
    /// Whether helm makes the namespace.
    var createsNamespace = true

    static let chart = Repository.url("charts/job-template-run").path
    static let kubectl = "kubectl-1.34"
    /// The Deployment's name, if the release is called `runs`.
    static let deployment = "runs-job-template-run"

    /// The program in its pod.
    private static let command = "command: [/run-controller/run-controller]"

    /// The program where pods have no mounts, and so no token where programs look for it: a kubeconfig names the files of
    /// the same service account, whose paths the fake cluster rewrites here.
    private static let commandWithoutMounts = #"""
        command:
        - /bin/sh
        - -ec
        - |
          account=/var/run/secrets/kubernetes.io/serviceaccount
          server=https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT
          cat >"$HOME/kubeconfig" <<END
          {apiVersion: v1, kind: Config, current-context: pod, contexts: [{name: pod, context: {cluster: pod, user: pod}}],
          clusters: [{name: pod, cluster: {server: "$server", certificate-authority: $account/ca.crt}}],
          users: [{name: pod, user: {tokenFile: $account/token}}]}
          END
          KUBECONFIG=$HOME/kubeconfig exec "$0" "$@"
        - /run-controller/run-controller
        """#

    /// What has to be set so that the controller runs on a fake cluster: the program's folder is mounted, as there are no
    /// images, and each pod listens at its own address, as all share the machine's network.
    private func valuesFile() async throws -> String {
        try cluster.file(
            "values.yaml",
            """
            \(await FakeCluster.hasMounts ? Self.command : Self.commandWithoutMounts)
            extraEnv: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
            extraVolumes: [{name: program, hostPath: {path: \(Program.buildFolder)}}]
            extraVolumeMounts: [{name: program, mountPath: /run-controller, readOnly: true}]
            metrics: {host: $(POD_IP), port: 19187}
            readinessProbe: {periodSeconds: 1}

            """)
    }

    /// Installs the release `runs` and waits until its controller is ready. Returns what helm printed.
    @discardableResult
    func install(
        chart: String = chart, _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        try await apply("install", chart, arguments + (createsNamespace ? ["--create-namespace"] : []), sourceLocation)
    }

    /// Upgrades the release to the committed chart and waits until its controller is ready. Returns what helm printed.
    @discardableResult
    func upgrade(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        try await upgrade(arguments, sourceLocation: sourceLocation)
    }

    /// The same, with arguments in a list.
    @discardableResult
    func upgrade(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        try await apply("upgrade", Self.chart, arguments, sourceLocation)
    }

    private func apply(
        _ command: String, _ chart: String, _ arguments: [String], _ sourceLocation: SourceLocation
    ) async throws -> String {
        try await cluster.output(
            helm,
            [
                command, "runs", chart, "--namespace", namespace, "--values", try await valuesFile(), "--wait",
                "--timeout", "120s",
            ]
                + arguments, sourceLocation: sourceLocation)
    }

    /// Runs another command of helm about the release `runs`. Returns what it printed.
    @discardableResult
    func run(_ command: String, _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation)
        async throws -> String
    {
        try await cluster.output(
            helm, [command, "runs", "--namespace", namespace] + arguments, sourceLocation: sourceLocation)
    }

    /// Runs the chart's test. Returns what its pod has said.
    @discardableResult
    func test(sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        try await run("test", "--logs", "--timeout", "120s", sourceLocation: sourceLocation)
    }

    /// Runs kubectl.
    @discardableResult
    func kubectl(_ arguments: String..., input: String = "", sourceLocation: SourceLocation = #_sourceLocation)
        async throws -> String
    {
        try await cluster.output(Self.kubectl, arguments, input: input, sourceLocation: sourceLocation)
    }

    /// Applies a manifest of the documentation.
    func example(_ name: String, namespace: String = "default") async throws {
        try await kubectl(
            "apply", "-n", namespace, "-f", Repository.url("docs/examples/\(name).yaml").path)
    }

    /// The uids of objects, which tell whether they are still the same ones.
    func uids(_ names: String...) async throws -> String {
        try await cluster.output(
            Self.kubectl, ["get"] + names + ["-o", "jsonpath={.items[*].metadata.uid}{.metadata.uid}"])
    }
}
