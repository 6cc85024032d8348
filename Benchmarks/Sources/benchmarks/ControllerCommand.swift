import ArgumentParser
import Foundation
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import Synchronization

/// What the controller holds on to.
struct ControllerCommand: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "controller",
        abstract: "The controller: memory when idle, with 10,000 finished runs, and over many made and deleted.",
        discussion: """
            The runs are played as in `runs`. What is kept is compared with the JSON of the runs, Jobs and pods. For \
            the growth, runs are made and deleted, 200 of them there at a time; memory at a fifth of the way is \
            compared with that at the end.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "How many finished runs are kept.") var runs = 10_000
    @Option(help: "How many runs are made and deleted.") var churn = 5000
    @Option(help: "How many runs are under way.") var inFlight = 32

    func measure() async throws -> [Figure] {
        try await measureKept() + measureChurn()
    }

    private func measureKept() async throws -> [Figure] {
        let name = "controller"
        return try await withPlayer { player, controller, cluster in
            try await Task.sleep(for: settleTime)
            let idle = try controller.usage
            let result = try await load(runs, inFlight: inFlight) { _ = try await player.execute("run-\($0)") }
            try await Task.sleep(for: .seconds(1))
            let full = try controller.usage
            try await Task.sleep(for: .seconds(3))
            let later = try controller.usage
            var json = 0
            for resource in [APIResource.jobRuns, .jobs, .pods] {
                let path = ResourcePath(resource, namespace: player.namespace).encoded
                let response = try await player.client.send(.get, path, timeout: .seconds(60))
                json += try await response.body.collect(upTo: 1 << 30).count
            }
            controller.stop()
            let again = try await ControllerProcess(common, kubeconfig: cluster.kubeconfig)
            try await Task.sleep(for: settleTime)
            let fresh = try again.usage
            return [
                Figure(name, "idle, resident", idle.residentMegabytes, "MB", goal: .atMost(25)),
                Figure(name, "of it without a file behind it", idle.anonymousMegabytes, "MB"),
                Figure(
                    name, "with \(runs) finished runs, resident", full.residentMegabytes, "MB",
                    against: ("their JSON", Double(json) / 1e6), goal: .atMost(60)),
                Figure(name, "the same, started anew", fresh.residentMegabytes, "MB", goal: .atMost(60)),
                Figure(
                    name, "processor time of a run", (full.seconds - idle.seconds) / Double(runs) * 1000, "ms",
                    against: ("the run's wall time", result.wall.milliseconds / Double(runs))),
                Figure(
                    name, "processor time idle with \(runs) runs", (later.seconds - full.seconds) / 3 * 1000, "ms/s"),
            ]
        }
    }

    private func measureChurn() async throws -> [Figure] {
        let name = "controller"
        guard churn > 0 else { return [] }
        return try await withPlayer { player, controller, _ in
            let samples = Mutex<[Int: Double]>([:])
            let (churn, kept) = (churn, 200)
            _ = try await load(churn, inFlight: inFlight) { number in
                _ = try await player.execute("run-\(number)")
                if number >= kept { try await player.delete("run-\(number - kept)") }
                if number % max(churn / 20, 1) == 0 || number == churn - 1 {
                    let now = try controller.usage.residentMegabytes
                    samples.withLock { $0[number] = now }
                }
            }
            let sorted = samples.withLock { $0 }.sorted { $0.key < $1.key }
            let early = sorted.first { $0.key >= churn / 5 }?.value ?? 0
            let last = sorted.last?.value ?? 0
            return [
                Figure(
                    name, "after \(churn) runs made and deleted", last, "MB",
                    against: ("after \(churn / 5)", early), goal: .ratioAtMost(1.1))
            ]
        }
    }

    /// A cluster, a controller, and runs at hand.
    private func withPlayer(
        _ body: @escaping @Sendable (RunPlayer, ControllerProcess, ClusterProcess) async throws -> [Figure]
    ) async throws -> [Figure] {
        let cluster = try ClusterProcess(common)
        try await applyDefinitions(common, cluster.client)
        let controller = try await ControllerProcess(common, kubeconfig: cluster.kubeconfig)
        let player = RunPlayer(cluster.client, namespace: "runs")
        try await player.prepare()
        try await Task.sleep(for: .seconds(1))
        return try await beside(player.watch) { try await body(player, controller, cluster) }
    }
}
