import KubeClient
import KubeObjects
import KubeWire
import RunController
import RunCore
import TestSupport
import Testing

/// A controller that is stopped at any request of a run's life, and started again.
@Suite(.timeLimit(.minutes(2)))
struct InterruptionTests {
    /// The Job, the status, and the status again.
    static let deaths = (1...3).flatMap { request in
        [true, false].map { InterruptedTransport.Death(request: request, isDelivered: $0) }
    }

    /// Whatever request was the last: one Job, and the right end.
    @Test(arguments: deaths)
    func aRunCutOffAnywhereHasOneJobAndItsRightEnd(_ death: InterruptedTransport.Death) async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        try await cluster.makeRun()
        let first = cluster.transport(death: death)
        let second = cluster.transport()
        let failed = try await play(cluster, over: first) { first.isDead }
        if failed { _ = try await play(cluster, over: second) { false } }
        #expect(first.isDead)
        let run = try await cluster.client.get(RunCluster.jobRuns, namespace: "default", name: "run")
        #expect(run[path: "status", "phase"] == "Failed")
        #expect(run[path: "status", "exitCode"] == 3)
        let jobs = try await cluster.jobs()
        #expect(jobs.count == 1)
        #expect(jobs.first?.uid == run[path: "status", "jobRef", "uid"]?.string)
        let creations = (first.writes + second.writes).count { $0.hasSuffix("/jobs") }
        #expect(creations <= 2)
    }

    /// Plays Job controller and kubelet for one run until it is over, or until the controller is dead.
    /// - Returns: whether it died.
    private func play(
        _ cluster: RunCluster, over transport: InterruptedTransport, _ isDead: @escaping @Sendable () -> Bool
    ) async throws -> Bool {
        try await cluster.withController(over: transport) {
            while !isDead() {
                let run = try await cluster.client.get(RunCluster.jobRuns, namespace: "default", name: "run")
                if run[path: "status", "phase"] == "Failed" { return false }
                if let job = try await cluster.jobs().first {
                    if job[path: "status", "startTime"] == nil {
                        try await cluster.start(job)
                    } else if run[path: "status", "phase"] == "Pending", ObservedJob(job).result == nil {
                        try await cluster.finish(job, exitCode: 3)
                    }
                }
                cluster.time.advance(by: .milliseconds(100))
                await Task.yield()
            }
            return true
        }
    }
}
