import Foundation
import TestSupport
import Testing

/// A server that is stopped in the middle of things.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct StopTests {
    /// Clients that connect and hang up, as fast as they can, until nobody listens any more.
    private static let storm = """
        for client in 1 2; do
            while (exec 3<>/dev/tcp/127.0.0.1/$0) 2>/dev/null; do :; done &
        done
        wait
        """

    @Test("a server that stops while clients connect ends in peace", arguments: 1...4)
    func stopsUnderStorm(_ round: Int) async throws {
        let isUp = Journal<String>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await RunningCluster.with(controller: false) { cluster in
                    isUp.add(
                        try await cluster.output(
                            "kubectl-1.34", "config", "view", "-o", "jsonpath={.clusters[0].cluster.server}"))
                    // It answers in the storm, too.
                    for _ in 0..<3 { try await cluster.output("kubectl-1.34", "get", "--raw", "/livez") }
                }
            }
            let url = try #require(await isUp.next())
            let port = try #require(url.split(separator: ":").last)
            _ = try await Program.run("/bin/bash", ["-c", Self.storm, String(port)])
            try await group.waitForAll()
        }
    }
}
