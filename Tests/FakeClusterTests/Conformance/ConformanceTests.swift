import FakeClusterServer
import Foundation
import KubeClient
import KubeObjects
import KubeWire
import Logging
import TestSupport
import Testing

@testable import FakeCluster

/// Recorded answers of a Kubernetes v1.36.2 API server, compared whole with ours: in process and through the HTTPS front.
struct ConformanceTests {
    /// Files of transcripts.
    private static let files = [
        "objects", "watch", "patches", "errors", "access", "gc", "tables", "discovery", "jobs", "crds", "apply",
        "jobs-run", "pods-run",
    ]

    /// Scenarios that need read-only mounts.
    private static let isolated: Set<String> = ["pod-volumes"]

    private static let transcripts = files.flatMap(Transcript.read)

    /// How the requests reach the cluster.
    enum Way: CaseIterable, Sendable { case inProcess, overHTTPS }

    @Test(arguments: transcripts.filter { !isolated.contains($0.name) }, Way.allCases)
    func answersAreThoseOfARealServer(_ transcript: Transcript, _ way: Way) async throws {
        try await replay(transcript, way)
    }

    @Test(.containersAreIsolated, arguments: transcripts.filter { isolated.contains($0.name) }, Way.allCases)
    func answersAreThoseOfARealServerWithIsolatedContainers(_ transcript: Transcript, _ way: Way) async throws {
        try await replay(transcript, way)
    }

    private func replay(_ transcript: Transcript, _ way: Way) async throws {
        let differences =
            switch way {
            case .inProcess: try await Self.differencesInProcess(transcript)
            case .overHTTPS: try await Self.differencesOverHTTPS(transcript)
            }
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    private static func differencesInProcess(_ transcript: Transcript) async throws -> [String] {
        let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let cluster = try FakeCluster(configuration: .init(runsPods: true), logger: quiet)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await cluster.run() }
            let replay = TranscriptReplay { request, isAnonymous in
                await cluster.handle(request, identity: isAnonymous ? .anonymous : .admin)
            }
            return try await replay.differences(transcript)
        }
    }

    /// With the real server in front, its kubeconfig, TLS, and who asks told by tokens.
    private static func differencesOverHTTPS(_ transcript: Transcript) async throws -> [String] {
        try await ClusterSession(options: ClusterSession.Options()).run { running in
            var options = ConnectionOptions()
            options.kubeconfig = running.kubeconfig
            let configuration = try ClientConfiguration.load(options)
            let admin = try CurlTransport(endpoint: configuration.endpoint, credentials: configuration.credentials)
            let nobody = try CurlTransport(endpoint: configuration.endpoint)
            let replay = TranscriptReplay { request, isAnonymous in
                try await (isAnonymous ? nobody : admin).send(request)
            }
            return try await replay.differences(transcript)
        }
    }

    @Test func everyFileHasTranscripts() {
        for file in Self.files { #expect(!Transcript.read(file).isEmpty, "\(file)") }
    }
}
