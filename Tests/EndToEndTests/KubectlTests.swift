import Testing

/// kubectl's commands, old and new, with whole outputs.
@Suite(.timeLimit(.minutes(5)))
struct KubectlTests {
    private static let topics = [
        "objects", "output", "discovery", "access", "workloads", "logs", "kinds", "admission",
    ]

    @Test("Golden: what kubectl prints", arguments: topics, ["1.20", "1.34"])
    func transcript(topic: String, version: String) async throws {
        let transcript = Transcript(
            folder: "kubectl", name: topic, version: version, clients: ["kubectl": "kubectl-\(version)"])
        try await RunningCluster.with(controller: false) { try await transcript.run(on: $0) }
    }
}
