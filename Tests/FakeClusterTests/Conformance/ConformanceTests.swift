import Foundation
import KubeObjects
import KubeWire
import Logging
import TestSupport
import Testing

@testable import FakeCluster

/// Recorded answers of a Kubernetes v1.36.2 API server, compared whole with ours.
struct ConformanceTests {
    /// Files of transcripts.
    static let files = [
        "objects", "watch", "patches", "errors", "access", "gc", "tables", "discovery", "jobs", "crds", "apply",
        "jobs-run", "pods-run",
    ]

    /// Scenarios that need read-only mounts.
    static let isolated: Set<String> = ["pod-volumes"]

    private static let transcripts = files.flatMap(Transcript.read)

    @Test(arguments: transcripts.filter { !isolated.contains($0.name) })
    func answersAreThoseOfARealServer(_ transcript: Transcript) async throws {
        try await replay(transcript)
    }

    @Test(.containersAreIsolated, arguments: transcripts.filter { isolated.contains($0.name) })
    func answersAreThoseOfARealServerWithIsolatedContainers(_ transcript: Transcript) async throws {
        try await replay(transcript)
    }

    private func replay(_ transcript: Transcript) async throws {
        let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let cluster = try FakeCluster(configuration: .init(runsPods: true), logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            let replay = TranscriptReplay { request, isAnonymous in
                await cluster.handle(request, identity: isAnonymous ? .anonymous : .admin)
            }
            let differences = try await replay.differences(transcript)
            #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
            group.cancelAll()
        }
    }

    @Test func everyFileHasTranscripts() {
        for file in Self.files { #expect(!Transcript.read(file).isEmpty, "\(file)") }
    }
}
