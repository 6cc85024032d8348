import Testing

/// helm's commands with whole outputs, on a chart with a workload, hooks, a definition and a test.
@Suite(.timeLimit(.minutes(5)))
struct HelmTests {
    @Test("Golden: what helm prints")
    func releases() async throws {
        let transcript = Transcript(
            folder: "helm", name: "releases", version: "4", clients: ["helm": "helm", "kubectl": "kubectl-1.34"])
        try await RunningCluster.with(controller: false) { try await transcript.run(on: $0) }
    }
}
