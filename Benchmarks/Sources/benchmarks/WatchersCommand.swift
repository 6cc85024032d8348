import ArgumentParser
import Foundation
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire

/// What many watches cost.
struct WatchersCommand: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "watchers",
        abstract: "The fake cluster: changes that reach 1,000 watches, each on a connection of its own.",
        discussion: """
            Every watch must be told of every change, or the benchmark fails. The rate is compared with that of plain \
            reads of the same object, which carry the same bytes over the same HTTPS.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "How many watches.") var watchers = 1000
    @Option(help: "How many changes.") var changes = 50

    func measure() async throws -> [Figure] {
        let name = "watchers"
        let cluster = try ClusterProcess(common)
        let client = cluster.client
        let path = "/api/v1/namespaces/default/configmaps"
        try await client.push(.post, path, configMap("watched", size: 512))
        let reads = try await load(4000, inFlight: 16) { _ in try await client.push(.get, "\(path)/watched") }
        let idle = try cluster.usage
        let clock = ContinuousClock()
        let open = SharedCount()
        let (changes, watchers) = (changes, watchers)
        return try await withThrowingTaskGroup(of: [ContinuousClock.Instant].self) { group in
            // One transport runs all its connections on one thread; so many share the work.
            let clients = try (0..<16).map { _ in try makeClient(kubeconfig: cluster.kubeconfig) }
            for number in 0..<watchers {
                group.addTask {
                    try await watch(
                        clients[number % clients.count], "\(path)?watch=1&resourceVersion=0", changes, clock
                    ) {
                        open.increment()
                    }
                }
            }
            try await waitUntil("all watches are open") { open.value == watchers }
            let opened = try cluster.usage
            var written: [ContinuousClock.Instant] = []
            let begin = clock.now
            for number in 1...changes {
                let body = configMap("watched", size: 512, version: number)
                written.append(clock.now)
                try await client.push(.put, "\(path)/watched", body)
            }
            let writes = clock.now - begin
            let arrived = try await group.reduce(into: []) { $0.append($1) }
            let wall = clock.now - begin
            let cpu = try cluster.usage.seconds - opened.seconds
            let delays = arrived.flatMap { times in zip(times, written).map { $0 - $1 } }
            let deliveries = Double(delays.count)
            return [
                Figure(name, "watches told of all \(changes) changes", Double(watchers), "", goal: .atLeast(1000)),
                Figure(
                    name, "changes delivered a second", deliveries / wall.seconds, "/s", against: ("reads", reads.rate)),
                Figure(name, "server's processor time of a delivery", cpu / deliveries * 1e6, "µs"),
                Figure(name, "change to watch, p50", Latencies(delays).median, "ms"),
                Figure(name, "change to watch, p99", Latencies(delays).percentile(0.99), "ms"),
                Figure(name, "write while \(watchers) watch", writes.milliseconds / Double(changes), "ms"),
                Figure(
                    name, "memory of a watch",
                    (opened.residentMegabytes - idle.residentMegabytes) * 1024
                        / Double(watchers), "KB"),
            ]
        }
    }
}

/// Reads a watch until so many changes have come after the one that is there.
private func watch(
    _ client: KubeClient, _ path: String, _ changes: Int, _ clock: ContinuousClock, onFirst: () -> Void
) async throws -> [ContinuousClock.Instant] {
    let response = try await client.send(.get, path, timeout: .seconds(60), isStream: true)
    var times: [ContinuousClock.Instant] = []
    var lines = 0
    for try await chunk in response.body {
        let came = chunk.reduce(into: 0) { if $1 == UInt8(ascii: "\n") { $0 += 1 } }
        // Before the first change, the watched object itself and the namespace's own come.
        if lines == 0, came > 0 {
            lines = came
            onFirst()
            continue
        }
        times += Array(repeating: clock.now, count: came)
        if times.count >= changes { return times }
    }
    throw BenchmarkError("a watch ended after \(times.count) of \(changes) changes")
}

/// Waits for something that cannot be awaited otherwise; at most a minute.
func waitUntil(_ what: String, within limit: Duration = .seconds(60), _ isTrue: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + limit
    while !(try await isTrue()) {
        guard ContinuousClock.now < end else { throw BenchmarkError("waited for long, and still not: \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
