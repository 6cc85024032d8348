import Foundation
import Testing

/// What the plugin prints with kubectl's output flags is what kubectl prints for the same objects.
@Suite(.timeLimit(.minutes(5)))
struct PluginOutputTests {
    private static let greet = PluginTemplates.script("greet", "echo Hello '<&>'")

    /// Flags of `kubectl get`.
    private static let forms: [[String]] = [
        ["-o", "json"], ["-o", "yaml"], ["-o", "name"], ["-ojson", "--show-managed-fields"],
        ["-o", "jsonpath={.metadata.name} {.status.phase}{\"\\n\"}"],
        ["-o", "jsonpath={range .items[*]}{.metadata.name}={.status.exitCode};{end}"],
        ["-o", "jsonpath", "--template", "{..templateRef}"], ["-o=jsonpath-as-json={..phase}"],
        ["-o", "jsonpath-file=TEMPLATE"], ["-o", "jsonpath={.items[?(@.metadata.name==\"a-10\")].spec}"],
        ["-o", "custom-columns=NAME:.metadata.name,PHASE:.status.phase,LABELS:.metadata.labels,NONE:.no.such"],
        ["-o", "custom-columns=N:metadata.name,C:{.status.conditions[*].type}", "--no-headers"],
        ["-o", "custom-columns-file=COLUMNS"], ["--template", "{{.kind}}{{\"\\n\"}}"],
        ["-o", "go-template={{range .items}}{{.metadata.name}} {{.status.exitCode}};{{end}}"],
        ["-o", "go-template-file=TEMPLATE"], ["-o", "templatefile=TEMPLATE"],
    ]
    private static let listForms =
        forms + [
            ["-o", "name", "--sort-by=.metadata.name"], ["-o", "name", "--sort-by", "{.status.exitCode}"],
            ["-o", "name", "-l", "set=ten"], ["-o", "json", "-l", "set=none"],
            ["-o", "custom-columns=A:.kind", "-l", "set=none"],
        ]

    /// Flags that both refuse in the same words.
    private static let faults = [
        ["-o", "jsonpath={.a["], ["-o", "jsonpath"], ["-o", "custom-columns"], ["-o", "custom-columns=A"],
        ["-o", "custom-columns=A:{.a}{.b}"], ["-o", "go-template={{.a"], ["-o", "go-template={{nothing}}"],
        ["-o", "go-template"],
    ]

    @Test("the same bytes as kubectl's")
    func sameAsKubectl() async throws {
        try await RunningCluster.withTemplates(Self.greet) { cluster in
            for name in ["a-10", "a-9", "b"] {
                let label = name == "a-10" ? ["-l", "set=ten"] : []
                let run = try await Program.run(
                    "kubectl-run_template", ["greet", "--name", name, "-q", "--args", "echo \(name)"] + label,
                    environment: ["KUBECONFIG": cluster.kubeconfig])
                #expect(run.exitCode == 0, "\(run)")
            }
            let template = try cluster.file("template", "{.kind}: {.metadata.name}{\"\\n\"}")
            let columns = try cluster.file("columns", "NAME   CODE\nmetadata.name {.status.exitCode}\n")
            func words(_ form: [String]) -> [String] {
                form.map { $0.replacing("TEMPLATE", with: template).replacing("COLUMNS", with: columns) }
            }
            for form in Self.forms {
                try await compare(["get", "jobruns", "b"] + words(form), ["get", "b"] + words(form), cluster)
                try await compare(
                    ["get", "jobtemplates"] + words(form), ["list"] + words(form), cluster)
            }
            for form in Self.listForms {
                try await compare(
                    ["get", "jobruns"] + words(form), ["runs"] + words(form), cluster)
            }
            for form in Self.faults { try await compare(["get", "jobruns"] + form, ["runs"] + form, cluster) }
        }
    }

    /// Runs both and compares.
    private func compare(_ kubectl: [String], _ plugin: [String], _ cluster: RunningCluster) async throws {
        let environment = ["KUBECONFIG": cluster.kubeconfig]
        let theirs = try await Program.run("kubectl-1.34", kubectl, environment: environment)
        let ours = try await Program.run("kubectl-run_template", plugin, environment: environment)
        #expect(ours.output == theirs.output, "\(plugin): \(ours.error)")
        #expect((ours.exitCode == 0) == (theirs.exitCode == 0), "\(plugin): \(ours)")
        guard theirs.exitCode != 0 else { return }
        // Ours says behind it where help is.
        let message = theirs.error.trimmingCharacters(in: .newlines)
        #expect(ours.error.hasPrefix(message), "\(plugin): \(ours.error) instead of \(message)")
    }
}
