import FakeCluster
import FakeClusterServer
import KubeClient
import Testing

/// The same transcripts through the real server's front: its kubeconfig, TLS, who asks told by tokens.
@Suite(.timeLimit(.minutes(5)))
struct TranscriptsOverHTTPSTests {
    @Test(arguments: ConformanceTests.files)
    func answersAreThoseOfARealServer(_ file: String) async throws {
        try await ClusterSession(options: ClusterSession.Options()).run { running in
            var options = ConnectionOptions()
            options.kubeconfig = running.kubeconfig
            let configuration = try ClientConfiguration.load(options)
            let admin = try CurlTransport(endpoint: configuration.endpoint, credentials: configuration.credentials)
            let nobody = try CurlTransport(endpoint: configuration.endpoint)
            let isIsolated = await running.cluster.isolationShortcoming == nil
            for transcript in Transcript.read(file)
            where isIsolated || !ConformanceTests.isolated.contains(transcript.name) {
                let replay = TranscriptReplay { request, isAnonymous in
                    try await (isAnonymous ? nobody : admin).send(request)
                }
                let differences = try await replay.differences(transcript)
                #expect(differences.isEmpty, "\(transcript.name): \(differences.joined(separator: "\n"))")
            }
        }
    }
}
