import Foundation
import TestSupport
import Testing

/// Python's client libraries, each by a script that asserts what it sees.
@Suite(.timeLimit(.minutes(5)))
struct PythonTests {
    @Test("a script of client calls ends well", arguments: ["client", "operator_kopf", "small_clients"])
    func script(name: String) async throws {
        try await RunningCluster.with(controller: false) { cluster in
            let path = Repository.url("Tests/EndToEndTests/Clients/python/\(name).py").path
            let printed = try await cluster.output("python/bin/python3", "-B", path)
            #expect(printed.hasSuffix(": holds\n"), "\(printed)")
        }
    }
}
