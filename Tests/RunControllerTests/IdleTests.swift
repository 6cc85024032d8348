import KubeClient
import KubeObjects
import KubeWire
import RunController
import RunCore
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct IdleTests {
    /// Finished runs cost nothing: in ten minutes the watches are renewed, and that is all.
    @Test func finishedRunsAreLeftAlone() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        for number in 1...50 {
            let run = try await cluster.makeRun("run-\(number)")
            _ = try await cluster.client.patch(
                RunCluster.jobRuns, namespace: "default", name: run.name ?? "", type: .merge,
                ["status": ["phase": "Succeeded", "jobRef": ["name": "gone", "uid": "gone"]]], subresource: "status")
        }
        let transport = cluster.transport()
        var configuration = RunControllerConfiguration()
        configuration.families = [JobTemplateFamily()]
        try await cluster.withController(over: transport, configuration: configuration) {
            // Runs, templates, Jobs and pods.
            for _ in 1...4 { _ = await transport.watches.next() }
            let lists = transport.lists
            #expect(lists.count == 4)
            for _ in 1...11 {
                cluster.time.advance(by: .seconds(60))
                await Task.yield()
            }
            for _ in 1...4 { _ = await transport.watches.next() }
            #expect(transport.lists == lists)
            #expect(transport.writes.isEmpty)
            #expect(transport.requestCount == 0)
        }
    }
}
