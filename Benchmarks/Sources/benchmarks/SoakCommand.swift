import ArgumentParser
import Foundation
import KubeClient
import KubeObjects
import KubeWire
import Synchronization

/// A mixed load for long: what creeps shows.
struct SoakCommand: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "The fake cluster and the controller under mixed load: memory flat, store compacted, no event lost.",
        discussion: """
            Runs with processes that succeed and fail, runs cancelled and deleted, objects written, listed and watched \
            by watches that break off and resume. It fails if a watch misses an acknowledged write, if a run does not \
            end as it must, if memory is larger at the end than it was in the first half (from a fifth of the time on) by \
            more than --growth allows, if anything is left when all is deleted, or if the store then still has changes \
            that are older than it keeps them.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "For how long.") var minutes = 60.0
    @Option(help: "How many writes a second are tried.") var writes = 200
    @Option(help: "How many objects they write again and again.") var objects = 2000
    @Option(help: "How many runs are under way.") var inFlight = 4
    @Option(help: "How many runs a second are begun at most.") var runs = 40.0
    /// Short, so that a minute shows compaction; but nothing that a busy machine can fall behind.
    @Option(help: "How long the cluster keeps old changes, as its option of that name.") var historyAge = "10s"
    @Option(help: "How much larger memory may be at the end, as a share.") var growth = 0.2

    func validate() throws {
        guard writes > 0, runs > 0 else { throw ValidationError("--writes and --runs must be above 0") }
    }

    func measure() async throws -> [Figure] {
        let cluster = try ClusterProcess(common, options: ["--history-age", historyAge])
        try await applyDefinitions(common, cluster.client)
        let controller = try await ControllerProcess(common, kubeconfig: cluster.kubeconfig)
        let soak = Soak(
            client: cluster.client, end: ContinuousClock.now + .seconds(minutes * 60), writes: writes,
            objects: objects, inFlight: inFlight, runs: runs)
        let watch = MemoryWatch(cluster: cluster, controller: controller, minutes: minutes)
        try await soak.prepare()
        let samples = try await beside({
            try await soak.watchRuns()
        }) {
            async let sampling = watch.sample()
            try await soak.run()
            return try await sampling
        }
        let left = try await soak.cleanUp()
        try await soak.waitForCompaction()
        controller.stop()
        cluster.stop()
        return try report(
            creep(soak, samples) + [
                Figure("soak", "objects left when all is deleted", Double(left), "", goal: .atMost(0)),
                Figure(
                    "soak", "revisions left in the store then", try storedRevisions(in: cluster.folder), "",
                    against: ("without load", try await revisionsWithoutLoad()), goal: .ratioAtMost(1.5)),
            ])
    }

    /// How many revisions the store of a cluster has that was only started and given our definitions.
    private func revisionsWithoutLoad() async throws -> Double {
        let cluster = try ClusterProcess(common)
        try await applyDefinitions(common, cluster.client)
        cluster.stop()
        return try storedRevisions(in: cluster.folder)
    }

    private func report(_ figures: [Figure]) throws -> [Figure] {
        let failed = figures.filter { $0.isMet == false }
        guard failed.isEmpty else {
            print(Report(machine: Machine(), figures: figures).table)
            throw BenchmarkError("not as it must be: \(failed.map(\.name).joined(separator: "; "))")
        }
        return figures
    }

    private func creep(_ soak: Soak, _ samples: [MemoryWatch.Sample]) -> [Figure] {
        let name = "soak"
        let totals = soak.totals
        func creep(_ value: (MemoryWatch.Sample) -> Double) -> (early: Double, late: Double) {
            let half = samples.count / 2
            let early = samples[(samples.count / 5)..<max(half, samples.count / 5 + 1)].map(value).max() ?? 0
            return (early, samples[max(samples.count - max(samples.count / 5, 1), 0)...].map(value).min() ?? 0)
        }
        let store = creep(\.store)
        return [
            Figure(name, "minutes", minutes, ""),
            Figure(name, "writes acknowledged", Double(totals.written), ""),
            Figure(
                name, "of them seen by a watch", Double(totals.seen), "",
                against: ("written", Double(totals.written)), goal: .ratioAtLeast(1)),
            Figure(name, "watches resumed", Double(totals.resumed), ""),
            Figure(
                name, "runs that ended as they must", Double(totals.runs), "",
                against: ("made", Double(totals.made)), goal: .ratioAtLeast(1)),
        ]
            + [("cluster's memory", creep(\.cluster)), ("controller's memory", creep(\.controller))].map {
                Figure(
                    name, $0.0, $0.1.late, "MB", against: ("in the first half", $0.1.early),
                    goal: .ratioAtMost(1 + growth))
            }
            // No goal: files keep the size that they once needed, and when that is depends on the machine's other work.
            + [Figure(name, "store's files", store.late, "MB", against: ("in the first half", store.early))]
    }
}

/// Looks at processes and disk from time to time.
struct MemoryWatch: Sendable {
    struct Sample: Sendable {
        var cluster: Double
        var controller: Double
        var store: Double
    }

    let cluster: ClusterProcess
    let controller: ControllerProcess
    let minutes: Double

    /// A hundred looks over the time.
    func sample() async throws -> [Sample] {
        var samples: [Sample] = []
        for number in 1...100 {
            try await Task.sleep(for: .seconds(minutes * 60 / 100))
            var store = 0
            for file in ["cluster.db", "cluster.db-wal"] {
                let attributes = try? FileManager.default.attributesOfItem(
                    atPath: "\(cluster.folder.path)/data/\(file)")
                store += attributes?[.size] as? Int ?? 0
            }
            let sample = Sample(
                cluster: try cluster.usage.residentMegabytes, controller: try controller.usage.residentMegabytes,
                store: Double(store) / 1e6)
            samples.append(sample)
            if number % 10 == 0 {
                note(
                    "\(number)%: cluster \(Int(sample.cluster)) MB, controller \(Int(sample.controller)) MB, "
                        + "store \(Int(sample.store)) MB")
            }
        }
        return samples
    }
}
