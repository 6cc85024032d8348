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
    private static let files = [
        "objects", "watch", "patches", "errors", "access", "gc", "tables", "discovery", "jobs", "crds", "apply",
        "jobs-run", "pods-run",
    ]

    /// Scenarios whose answers differ still; a scenario leaves this list when it is equal, and none comes in.
    private static let open: Set<String> = [
        // Needs read-only mounts, hence bubblewrap, which not every machine has.
        "pod-volumes"
    ]

    /// `CONFORM_ALL=1` replays the open ones, too.
    private static let transcripts = files.flatMap(Transcript.read).filter {
        ProcessInfo.processInfo.environment["CONFORM_ALL"] == "1" || !open.contains($0.name)
    }

    @Test(arguments: transcripts)
    func answersAreThoseOfARealServer(_ transcript: Transcript) async throws {
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
