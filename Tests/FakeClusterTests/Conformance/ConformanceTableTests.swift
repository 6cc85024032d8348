import KubeObjects
import TestSupport
import Testing

/// The page that tells what the fake cluster does as a real server, made of what the conformance tests compare.
struct ConformanceTableTests {
    /// The files of transcripts with their headings, in the order of the page.
    private static let topics = [
        ("discovery", "Discovery"), ("objects", "Objects"), ("patches", "Patches"), ("apply", "Server-side apply"),
        ("watch", "Watches"), ("tables", "Tables"), ("errors", "Errors"), ("access", "Access"),
        ("crds", "Custom resources"), ("jobs", "Jobs and CronJobs, as objects"), ("jobs-run", "Jobs that run"),
        ("pods-run", "Pods that run"), ("gc", "Garbage collection"),
    ]

    @Test("Golden: docs/reference/fake-cluster.md")
    func page() throws {
        var text = """
            # What the fake cluster does as a real one

            Made from the conformance tests (`make golden`); do not edit. Each row is a scenario whose requests were sent to
            an API server of Kubernetes v1.36.2 once. The fake cluster's answers are compared with the recorded ones whole,
            but for times, ids and random names, and are equal in every row. What it is not is told in
            [fake-cluster.md](../fake-cluster.md#what-it-is-not).

            """
        for (file, heading) in Self.topics {
            text += "\n## \(heading)\n\n| scenario | what it holds the cluster to | requests |\n|---|---|---|\n"
            for scenario in try Self.scenarios(file) {
                let about = scenario["about"]?.string ?? ""
                text += "| \(scenario["name"]?.string ?? "") | \(about.replacing("|", with: "\\|")) "
                text += "| \(scenario["steps"]?.array?.count ?? 0) |\n"
            }
        }
        try Golden.expect(text, matches: "docs/reference/fake-cluster.md")
    }

    @Test func everyTranscriptIsOnThePage() {
        let files = Repository.files(under: "Tests/FakeClusterTests/Transcripts", endingWith: ".json")
        let names = files.compactMap { $0.split(separator: "/").last?.split(separator: ".").first.map(String.init) }
        #expect(Set(names) == Set(Self.topics.map(\.0)))
    }

    private static func scenarios(_ file: String) throws -> [JSONValue] {
        let text = try Repository.text("Tests/FakeClusterTests/Transcripts/\(file).json")
        return try JSONValue(parsing: text)["scenarios"]?.array ?? []
    }
}
