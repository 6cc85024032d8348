import Foundation
import KubeObjects
import RunCore
import TestSupport
import Testing

/// The committed chart, rendered by real helm under several sets of values.
@Suite(.timeLimit(.minutes(5)))
struct ChartRenderingTests {
    private static let chart = Repository.url("charts/job-template-run").path
    private static let helms = ["helm", "helm-3"]
    /// The oldest version that has everything which the chart can make, and the newest that the validator knows.
    private static let kubernetesVersions = ["1.30", "1.37"]

    @Test("helm's lint finds nothing", arguments: helms)
    func lint(helm: String) async throws {
        let result = try await Program.run(helm, ["lint", "--strict", "--with-subcharts", Self.chart])
        #expect(result.exitCode == 0, "\(result)")
        #expect(result.output.contains("0 chart(s) failed"), "\(result)")
    }

    @Test("the committed chart is what the generator makes")
    func check() async throws {
        let result = try await Program.run(
            "chart-generator", ["controller", "--check", "--output", Repository.url("charts").path])
        #expect(result.exitCode == 0, "\(result)")
        let elsewhere = try await Program.run(
            "chart-generator", ["controller", "--check", "--output", NSTemporaryDirectory() + "no-such-chart"])
        #expect(elsewhere.exitCode == 1, "\(elsewhere)")
        #expect(elsewhere.error.contains("Chart.yaml: is missing"), "\(elsewhere)")
    }

    /// The definitions are the same in every set, and in the chart's own folder; they are validated, not compared.
    @Test("Golden: a set of values", arguments: ["default", "everything", "namespaces", "own-namespace"])
    func rendering(set: String) async throws {
        let values = Repository.url("Tests/EndToEndTests/Clients/chart/\(set).yaml").path
        let arguments = ["template", "runs", Self.chart, "--namespace", "job-runs", "--values", values]
        var texts: [String] = []
        for helm in Self.helms {
            let result = try await Program.run(helm, arguments + ["--set", "crds.enabled=false"])
            try #require(result.exitCode == 0, "\(result)")
            texts.append(result.output)
        }
        #expect(texts[0] == texts[1], "helm 3 renders something else than helm 4")
        try Golden.expect(texts[0], matches: "Tests/Golden/chart/\(set).yaml")

        let whole = try await Program.run("helm", arguments)
        try #require(whole.exitCode == 0, "\(whole)")
        for version in Self.kubernetesVersions {
            let result = try await Self.validate(whole.output, version)
            #expect(result.exitCode == 0, "\(result)")
        }
    }

    /// Where the definitions of a rendered chart come from, by value.
    @Test("crds.folder chooses between the templates and the folder", arguments: helms)
    func definitions(helm: String) async throws {
        let folder = Set(Definitions.ours.compactMap(\.name).map { "charts/crds/crds/\($0).yaml" })
        let templates = Set(Definitions.ours.compactMap(\.name).map { "templates/crds/\($0).yaml" })
        let custom: Set = ["templates/crds/customruns.tekton.dev.yaml"]
        let cases: [(values: String, flags: [String], sources: Set<String>)] = [
            ("crds.folder=false", ["--include-crds"], templates),
            ("crds.tekton=true", ["--include-crds"], templates.union(custom)),
            ("crds.enabled=false", ["--include-crds"], []),
            ("crds.folder=true", [], []),
            ("crds.folder=true", ["--include-crds"], folder),
            ("crds.folder=true,families={plain-run}", ["--include-crds"], folder),
            ("crds.folder=true,crds.tekton=true", ["--include-crds"], folder.union(custom)),
        ]
        for (values, flags, sources) in cases {
            let result = try await Program.run(
                helm, ["template", "runs", Self.chart, "--namespace", "job-runs", "--set", values] + flags)
            let found = result.output.matches(of: /# Source: job-template-run\/(\S*crds\S*)/).map { String($0.1) }
            #expect(Set(found) == sources && found.count == sources.count, "\(values) \(flags): \(found)")
        }
    }

    @Test("the validator sees what is wrong", arguments: kubernetesVersions)
    func wrongManifest(version: String) async throws {
        let result = try await Program.run("helm", ["template", "runs", Self.chart])
        let broken = result.output.replacing("replicas: 1\n", with: "replicas: one\n")
        try #require(broken != result.output)
        #expect(try await Self.validate(broken, version).exitCode != 0)
    }

    private static func validate(_ manifests: String, _ version: String) async throws -> ProgramResult {
        let file = NSTemporaryDirectory() + "chart-\(UUID().uuidString).yaml"
        try manifests.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        return try await Program.run(
            "python/bin/kubernetes-validate", ["--strict", "--quiet", "--kubernetes-version", version, file])
    }

    /// A value that is wrong, and what helm says of it.
    struct WrongValue: Sendable, CustomTestStringConvertible {
        var setting: String
        var message: String
        var testDescription: String { setting }
    }

    private static let wrongValues = [
        WrongValue(setting: "replicas=two", message: "at '/replicas': got string, want integer"),
        WrongValue(setting: "replica=2", message: "at '': additional properties 'replica' not allowed"),
        WrongValue(setting: "log.level=loud", message: "at '/log/level': value must be one of 'trace', 'debug'"),
        WrongValue(setting: "families={nope}", message: "at '/families/0': value must be one of 'job-template'"),
        WrongValue(setting: "watchNamespaces={A_b}", message: "at '/watchNamespaces/0': 'A_b' does not match pattern"),
        WrongValue(setting: "templateGrace=soon", message: "at '/templateGrace': 'soon' does not match pattern"),
        WrongValue(setting: "templateGrace=10", message: "at '/templateGrace': maximum: got 10, want 0"),
        WrongValue(setting: "dnsPolicy=Clusterfirst", message: "at '/dnsPolicy': value must be one of"),
        WrongValue(
            setting: "callbacks.allow={ftp://x}", message: "at '/callbacks/allow/0': 'ftp://x' does not match pattern"),
        WrongValue(
            setting: "resources.limits.memory=256MB",
            message: "at '/resources/limits/memory': '256MB' does not match pattern"),
        WrongValue(
            setting: "resources.requests.cpu=-1", message: "at '/resources/requests/cpu': minimum: got -1, want 0"),
        WrongValue(setting: "metrics.port=0", message: "at '/metrics/port': minimum: got 0, want 1"),
        WrongValue(setting: "image.digest=latest", message: "at '/image/digest': 'latest' does not match pattern"),
        WrongValue(setting: "concurrency=null", message: "at '': missing property 'concurrency'"),
        WrongValue(setting: "metrics.port=null", message: "at '/metrics': missing property 'port'"),
        WrongValue(setting: "log=null", message: "at '': missing property 'log'"),
        WrongValue(
            setting: "livenessProbe.enabled=false",
            message: "at '/livenessProbe': additional properties 'enabled' not allowed"),
        WrongValue(
            setting: "readinessProbe.httpGet.path=/",
            message: "at '/readinessProbe': additional properties 'httpGet' not allowed"),
        WrongValue(
            setting: "livenessProbe.successThreshold=2",
            message: "at '/livenessProbe/successThreshold': value must be 1"),
        WrongValue(
            setting: "resources.limit.cpu=1", message: "at '/resources': additional properties 'limit' not allowed"),
        WrongValue(setting: "fullnameOverride=My_Runs", message: "at '/fullnameOverride': 'My_Runs' does not match"),
        WrongValue(
            setting: "podDisruptionBudget.maxUnavailable=lots",
            message: "at '/podDisruptionBudget/maxUnavailable': 'lots' does not match pattern"),
        WrongValue(
            setting: "replicas=2,leaderElection=false", message: "replicas: more than one needs leaderElection: true"),
        WrongValue(
            setting: "crds.folder=true,crds.enabled=false",
            message: "crds.folder: with crds.enabled: false the chart brings no definitions"),
        WrongValue(setting: "crds.fodler=true", message: "at '/crds': additional properties 'fodler' not allowed"),
        WrongValue(
            setting: "metrics.service.enabled=false,metrics.serviceMonitor.enabled=true",
            message: "metrics.serviceMonitor.enabled: a ServiceMonitor needs metrics.service.enabled: true"),
    ]

    @Test("a wrong value is refused with its place", arguments: wrongValues)
    func wrongValue(row: WrongValue) async throws {
        let result = try await Program.run("helm", ["template", "runs", Self.chart, "--set", row.setting])
        #expect(result.exitCode == 1, "\(result)")
        #expect(result.error.contains(row.message), "\(result)")
    }

    @Test(
        "whatever the controller takes as a place for announcements, the chart takes",
        arguments: [
            "hooks.example.com", "*.example.com", "http://*:8080", "10.1.0.0/16", "10.0.0.0/8:8443", "[fd00::1]:443",
            "[fd00::/8]", "http://[fd00::/8]:9000", "HTTPS://x",
        ])
    func callbackPlace(entry: String) async throws {
        let result = try await Program.run(
            "helm", ["template", "runs", Self.chart, "--set", "callbacks.allow={\(entry)}"])
        #expect(result.exitCode == 0, "\(result)")
        #expect(result.output.contains(entry), "\(result)")
    }

    @Test("a server without admission policies is named")
    func oldServer() async throws {
        let result = try await Program.run(
            "helm", ["template", "runs", Self.chart, "--set", "admission.enabled=true", "--kube-version", "1.28.0"])
        #expect(result.exitCode == 1, "\(result)")
        #expect(
            result.error.contains("admission.enabled: ValidatingAdmissionPolicies need Kubernetes 1.30 or later"),
            "\(result)")
    }

    @Test("the package and its index are the same to the byte, and helm installs from them")
    func package() async throws {
        let folder = NSTemporaryDirectory() + "package-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var made: [[Data]] = []
        for name in ["one", "two"] {
            let arguments = ["controller", "--package", "--version", "1.4.0", "--output", "\(folder)/\(name)"]
            let result = try await Program.run("chart-generator", arguments)
            try #require(result.exitCode == 0, "\(result)")
            made.append(
                try ["job-template-run-1.4.0.tgz", "index.yaml"].map {
                    try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)/\($0)"))
                })
        }
        #expect(made[0] == made[1])
        for helm in Self.helms {
            let shown = try await Program.run(helm, ["show", "chart", "\(folder)/one/job-template-run-1.4.0.tgz"])
            #expect(shown.output.contains("appVersion: 1.4.0"), "\(shown)")
        }
    }
}
