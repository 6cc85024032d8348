import ArgumentParser
import Foundation
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import Synchronization

/// How fast runs go through the controller.
struct RunsCommand: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "The controller: latency, throughput and requests of N runs, against raw writes.",
        discussion: """
            Each run is a JobRun whose Job and pod this program ends by itself, as Job controller and kubelet would, so \
            no process is started. First, with no controller, the ceiling: the same writes (run, Job, pod, pod status, \
            Job status, run status) with as many under way. Then the runs with the controller, whose /metrics tell how \
            many requests it made. The idle figures are of runs one at a time.

            Without --kubeconfig a fake cluster is started. With it, that API server is loaded in a namespace that is \
            deleted afterwards; the controller is started here unless --metrics names one that runs already.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "How many runs; may be given again. (1000)") var runs: [Int] = []
    @Option(help: "How many runs are under way.") var inFlight = 32
    @Option(help: ArgumentHelp("The API server to load, instead of a fake cluster.", valueName: "file"))
    var kubeconfig: String?
    @Option(help: ArgumentHelp("The /metrics of a controller that runs already: http://HOST:PORT", valueName: "url"))
    var metrics: String?

    func measure() async throws -> [Figure] {
        let cluster = try kubeconfig == nil ? ClusterProcess(common) : nil
        guard let file = kubeconfig ?? cluster?.kubeconfig else { return [] }
        let client = try makeClient(kubeconfig: file)
        try await applyDefinitions(common, client)
        var figures: [Figure] = []
        for count in runs.isEmpty ? [1000] : runs {
            figures += try await measure(count, client, file, cluster)
        }
        return figures
    }

    private func measure(
        _ count: Int, _ client: KubeClient, _ file: String, _ cluster: ClusterProcess?
    ) async throws -> [Figure] {
        let name = "runs \(count)"
        let suffix = UUID().uuidString.prefix(8).lowercased()
        let bare = RunPlayer(client, namespace: "ceiling-\(suffix)")
        try await bare.prepare()
        let ceiling = try await load(count, inFlight: inFlight) { try await bare.writeAlone("r\($0)", statusWrites: 1) }
        let single = try await load(30, inFlight: 1) { number in
            try await client.push(
                .post, "/api/v1/namespaces/\(bare.namespace)/configmaps", configMap("c\(number)", size: 512))
        }
        await bare.cleanUp()

        let controller = try await controller(file)
        defer { controller.process?.stop() }
        let player = RunPlayer(client, namespace: "runs-\(suffix)")
        try await player.prepare()
        let result = try await beside(player.watch) {
            try await measureRuns(count, player, controller, cluster)
        }
        await player.cleanUp()
        return figures(name, result, ceiling: ceiling, single: single)
    }

    /// A controller's figures, and its process if it is ours.
    private struct Watched {
        var process: ControllerProcess?
        var scrape: @Sendable () async throws -> [String: Double]
    }

    private func controller(_ kubeconfig: String) async throws -> Watched {
        if let metrics {
            let client = KubeClient(transport: try CurlTransport(endpoint: Endpoint(server: metrics)))
            return Watched(scrape: { try await scrapeMetrics(client) })
        }
        let process = try await ControllerProcess(common, kubeconfig: kubeconfig)
        return Watched(process: process, scrape: { try await process.metrics() })
    }

    private struct Result {
        var idle: [RunTimes]
        var busy: [RunTimes]
        var rate: Double
        var wall: Duration
        /// Requests of the controller, by method.
        var requests: [String: Double]
        var controllerSeconds: Double?
        var serverSeconds: Double?
    }

    private func measureRuns(
        _ count: Int, _ player: RunPlayer, _ controller: Watched, _ cluster: ClusterProcess?
    ) async throws -> Result {
        var idle: [RunTimes] = []
        for number in 0..<min(20, count) { idle.append(try await player.execute("idle-\(number)")) }
        let before = try await controller.scrape()
        let (controllerBefore, serverBefore) = (try controller.process?.usage.seconds, try cluster?.usage.seconds)
        let times = TimesBox()
        let busy = try await load(count, inFlight: inFlight) { times.add(try await player.execute("run-\($0)")) }
        // What is written after the last run is seen belongs to it, too.
        try await Task.sleep(for: .milliseconds(300))
        let after = try await controller.scrape()
        var requests: [String: Double] = [:]
        for (series, value) in after where series.hasPrefix("rest_client_requests_total{") {
            let method = series.split(separator: "method=\"").last.map { String($0.prefix { $0 != "\"" }) } ?? "?"
            requests[method, default: 0] += value - (before[series] ?? 0)
        }
        return Result(
            idle: idle, busy: times.all, rate: busy.rate, wall: busy.wall, requests: requests,
            controllerSeconds: try controllerBefore.flatMap { before in
                try controller.process.map { try $0.usage.seconds - before }
            },
            serverSeconds: try serverBefore.flatMap { before in try cluster.map { try $0.usage.seconds - before } })
    }

    private func figures(_ name: String, _ result: Result, ceiling: LoadResult, single: LoadResult) -> [Figure] {
        let count = Double(result.busy.count)
        var figures = [
            Figure(
                name, "runs a second, \(inFlight) under way", result.rate, "/s",
                against: ("raw writes of as many", ceiling.rate), goal: count == 1000 ? .ratioAtLeast(0.8) : nil),
            Figure(name, "total", result.wall.seconds, "s", against: ("raw writes", ceiling.wall.seconds)),
            Figure(
                name, "create to Job, idle, p50", Latencies(result.idle.map(\.toJob)).median, "ms",
                against: ("one write", single.latencies.median), goal: .ratioAtMost(3)),
            Figure(
                name, "Job finished to status, idle, p50", Latencies(result.idle.map(\.toStatus)).median, "ms",
                against: ("one write", single.latencies.median)),
        ]
        for (share, label) in [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")] {
            figures += [
                Figure(
                    name, "create to Job, busy, \(label)", Latencies(result.busy.map(\.toJob)).percentile(share), "ms",
                    against: ("six writes, \(label)", ceiling.latencies.percentile(share))),
                Figure(
                    name, "Job finished to status, busy, \(label)",
                    Latencies(result.busy.map(\.toStatus)).percentile(share), "ms",
                    against: ("six writes, \(label)", ceiling.latencies.percentile(share))),
            ]
        }
        let writes = result.requests.filter { $0.key != "GET" }.values.reduce(0, +)
        figures.append(Figure(name, "writes of ours a run", writes / count, "", goal: .atMost(4)))
        for (method, requests) in result.requests.sorted(by: { $0.key < $1.key }) where method != "GET" {
            figures.append(Figure(name, "\(method) a run", requests / count, ""))
        }
        figures.append(
            Figure(name, "GETs (lists, reads) in all runs", result.requests["GET"] ?? 0, "", goal: .atMost(0)))
        if let seconds = result.controllerSeconds {
            figures.append(
                Figure(
                    name, "controller's processor time of a run", seconds / count * 1000, "ms",
                    against: result.serverSeconds.map { ("server's", $0 / count * 1000) }))
        }
        return figures
    }
}

/// Collects from many tasks.
final class TimesBox: Sendable {
    private let times = Mutex<[RunTimes]>([])
    func add(_ value: RunTimes) { times.withLock { $0.append(value) } }
    var all: [RunTimes] { times.withLock { $0 } }
}

/// Applies the definitions of the controller's resources, and waits until they are served.
func applyDefinitions(_ common: CommonOptions, _ client: KubeClient) async throws {
    let text = try runCommand([try common.program("run-controller"), "crds"]).output
    for item in try YAML.parse(text).compactMap({ KubeObject($0.value) }) {
        do {
            try await client.push(
                .post, ResourcePath(.customResourceDefinitions, namespace: nil).encoded, item.value.encoded())
        } catch let status as KubeStatus where status.isAlreadyExists {}
    }
    try await waitUntil("the definitions are served") {
        (try? await client.list(.jobRuns, namespace: "default", options: ListOptions(limit: 1))) != nil
    }
}
