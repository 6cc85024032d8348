import ConfigJobs
import FakeCluster
import KubeClient
import KubeObjects
import KubeWire
import Logging
import Testing

/// The controller against a cluster in this process, whose pods do what the test says.
@Suite(.timeLimit(.minutes(1)))
struct ConfigJobsTests {
    @Test(arguments: [("true", 0, "Complete"), ("false", 1, "Failed")])
    func aConfigMapSaysWhatBecameOfItsCommand(_ command: String, _ exitCode: Int, _ result: String) async throws {
        var configuration = FakeCluster.Configuration()
        configuration.script = PodScript { container in
            container.print("running \(container.command)")
            return container.command.last == command ? exitCode : 125
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let cluster = try FakeCluster(configuration: configuration, logger: logger)
        let client = KubeClient(transport: cluster.transport())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            group.addTask { try await ConfigJobs(client: client, logger: logger).run() }
            var config = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "hello")
            config.metadata["labels"] = ["example.com/run": "true"]
            config["data"] = ["command": .string(command)]
            _ = try await client.create(.configMaps, config)
            #expect(try await annotation(of: "hello", client) == result)
            group.cancelAll()
        }
    }

    /// Waits until the controller has said what became of a ConfigMap.
    private func annotation(of name: String, _ client: KubeClient) async throws -> String? {
        for try await event in try await client.watch(.configMaps, namespace: "default") {
            guard event.object?.name == name else { continue }
            if let result = event.object?.annotations["example.com/result"] { return result }
        }
        return nil
    }
}
