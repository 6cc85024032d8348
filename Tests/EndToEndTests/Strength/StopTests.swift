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

    /// Starts a cluster ($0: by what), sends it SIGHUP, and SIGTERM if SIGHUP is ignored; tells how it ended.
    private static let hangUp = """
        $0 fake-cluster up --data "$1/data" --kubeconfig "$1/kubeconfig" --listen 127.0.0.1:0 2>"$1/errors" >&2 &
        until grep -q ready "$1/errors"; do
            kill -0 $! || exit 99
            sleep 0.05
        done
        kill -HUP $!
        ignored=$((0x$(sed -n 's/^SigIgn:[^0-9a-f]*//p' /proc/$!/status) & 1))
        [ $ignored = 0 ] || kill -TERM $!
        wait $!
        echo "ignored=$ignored code=$? $(tail -n 1 "$1/errors")"
        """

    @Test(arguments: [("", 0), ("nohup", 1)])
    func aTerminalThatGoesEndsACluster(_ starter: String, ignored: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/hang-up-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let result = try await Program.run("/bin/bash", ["-c", Self.hangUp, starter, folder])
        #expect(result.output == "ignored=\(ignored) code=0 fake-cluster: stopping\n", "\(result.error)")
    }
}
