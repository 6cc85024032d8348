import Foundation
import TestSupport
import Testing

/// docs/kubectl-run-template.md shows what its commands print.
@Suite(.timeLimit(.minutes(5)))
struct PluginPageTests {
    private static let page = "docs/kubectl-run-template.md"

    @Test("the page shows what the plugin prints; make docs writes it anew")
    func thePageIsCurrent() async throws {
        let page = PluginPage(text: try Repository.text(Self.page))
        try await RunningCluster.with { cluster in
            let programs = cluster.scratch + "/bin"
            try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: true)
            for (name, program) in [
                ("kubectl", "kubectl-1.34"), ("kubectl-run_template", "kubectl-run_template"),
                ("kubectl_complete-run_template", "kubectl-run_template"), ("fake-cluster", "fake-cluster"),
            ] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(programs)/\(name)", withDestinationPath: try Program.path(of: program))
            }
            let text = try await page.regenerated { command in
                // A manifest of the documentation is named from the repository's root.
                let script = "cd '\(Program.root)' && PATH='\(programs)':$PATH && exec 2>&1 && \(command)"
                var result = try await Program.run(
                    "/bin/sh", ["-c", script], environment: ["KUBECONFIG": cluster.kubeconfig])
                // What a machine cannot isolate is that machine's matter.
                result.output.replace(/(?m)^fake-cluster: note: .*\n/, with: "")
                return result
            }
            try Golden.expect(text, matches: Self.page)
        }
    }

    /// What stands in the page for each verb of the plugin's help.
    @Test("every verb is on the page")
    func everyVerb() async throws {
        let page = try Repository.text(Self.page)
        let help = try await Program.run("kubectl-run_template", ["--help"])
        let verbs = help.output.matches(of: /(?m)^  ([a-z]+) {2,}[A-Z]/).map { String($0.output.1) }
        #expect(verbs.count > 10, "\(help)")
        for verb in verbs { #expect(page.contains("kubectl run-template \(verb)"), "\(verb) is not on the page") }
    }
}
