import ArgumentParser
import Foundation
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire

/// How fast the fake cluster starts.
struct StartCommand: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "The fake cluster: from the start of the process to its answer, and its memory when idle.",
        discussion: """
            Each start has an empty folder of its own, so that certificates, keys and the store are made anew; then the \
            same folder is started again. Compared with the start of /bin/true.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "How often it is started.") var starts = 10

    func measure() async throws -> [Figure] {
        let name = "start"
        var first: [Duration] = []
        var again: [Duration] = []
        for _ in 0..<starts {
            let cluster = try ClusterProcess(common)
            first.append(cluster.startTime)
            cluster.stop()
            let second = try ClusterProcess(common, folder: cluster.folder)
            again.append(second.startTime)
            second.stop()
        }
        let bare = Latencies(try (0..<30).map { _ in try runCommand(["/bin/true"], keepsOutput: false).wall })
        let cluster = try ClusterProcess(common)
        try await Task.sleep(for: settleTime)
        let idle = try cluster.usage
        cluster.stop()
        return [
            Figure(
                name, "start to ready, empty folder, median of \(starts)", Latencies(first).median, "ms",
                against: ("/bin/true", bare.median), goal: .atMost(100)),
            Figure(
                name, "start to ready, same folder again", Latencies(again).median, "ms",
                against: ("empty folder", Latencies(first).median), goal: .atMost(100)),
            Figure(name, "memory when idle, resident", idle.residentMegabytes, "MB", goal: .atMost(40)),
            Figure(name, "of it without a file behind it", idle.anonymousMegabytes, "MB"),
        ]
    }
}

/// How many requests the fake cluster answers.
struct RequestsCommand: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "The fake cluster: durable writes and reads a second with 1, 16 and 64 in flight.",
        discussion: """
            Writes create and then replace ConfigMaps over HTTPS; each is on the disk before it is answered. They are \
            compared with commits of SQLite (WAL, synchronous=FULL) on the same disk, as many rows of the same size to \
            a commit as there are requests in flight: what the disk allows. Reads are compared with requests of \
            /livez, which touch no object: what HTTPS allows.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "How many requests of each kind.") var requests = 4000
    @Option(help: "How many bytes of data an object has.") var size = 512
    @Option(help: "How many requests are under way; may be given again. (1, 16, 64)") var inFlight: [Int] = []

    func measure() async throws -> [Figure] {
        let name = "requests"
        var figures: [Figure] = []
        let cluster = try ClusterProcess(common)
        let client = cluster.client
        for width in inFlight.isEmpty ? [1, 16, 64] : inFlight {
            let count = width == 1 ? max(requests / 8, 1) : requests
            let path = "/api/v1/namespaces/default/configmaps"
            let bodies = (0..<count).map { configMap("w\(width)-\($0)", size: size) }
            _ = try await load(width * 2, inFlight: width) { _ in try await client.push(.get, "/livez") }
            let bare = try await load(count, inFlight: width) { _ in try await client.push(.get, "/livez") }
            let before = try cluster.usage.seconds
            let creates = try await load(count, inFlight: width) { try await client.push(.post, path, bodies[$0]) }
            let cpu = (try cluster.usage.seconds - before) / Double(count) * 1e6
            let changed = (0..<count).map { configMap("w\(width)-\($0)", size: size, version: 1) }
            let replaces = try await load(count, inFlight: width) {
                try await client.push(.put, "\(path)/w\(width)-\($0)", changed[$0])
            }
            let reads = try await load(count, inFlight: width) {
                try await client.push(.get, "\(path)/w\(width)-\($0)")
            }
            let disk = try sqliteRate(
                file: cluster.folder.path + "/reference-\(width).db", rows: min(count, width * 200), size: size + 400,
                rowsPerCommit: width)
            let sqlite = (name: "SQLite, \(width) rows a commit", value: disk)
            figures += [
                Figure(
                    name, "creates a second, \(width) in flight", creates.rate, "/s", against: sqlite,
                    goal: width == 64 ? .atLeast(5000) : nil),
                Figure(
                    name, "replaces a second, \(width) in flight", replaces.rate, "/s", against: sqlite,
                    goal: width == 64 ? .atLeast(5000) : nil),
                Figure(name, "create, p50, \(width) in flight", creates.latencies.median, "ms"),
                Figure(name, "create, p99, \(width) in flight", creates.latencies.percentile(0.99), "ms"),
                Figure(name, "server's processor time of a create, \(width) in flight", cpu, "µs"),
                Figure(
                    name, "reads a second, \(width) in flight", reads.rate, "/s", against: ("/livez", bare.rate)),
            ]
        }
        return figures
    }
}

/// A ConfigMap as a request's body.
/// - Parameter version: makes its data another: a write that changes nothing is none.
func configMap(_ name: String, size: Int, version: Int = 0) -> [UInt8] {
    let text = "\(version)" + String(repeating: "0123456789abcdef", count: size / 16)
    let object: JSONValue = [
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)], "data": ["text": .string(text)],
    ]
    return object.encoded()
}

/// How many rows a second SQLite stores durably: what the disk allows.
func sqliteRate(file: String, rows: Int, size: Int, rowsPerCommit: Int) throws -> Double {
    let database = try Database(file)
    try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE")
    try database.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, data BLOB NOT NULL)")
    let begin = ContinuousClock.now
    for _ in 0..<max(rows / rowsPerCommit, 1) {
        try database.execute("BEGIN IMMEDIATE")
        for _ in 0..<rowsPerCommit { try database.execute("INSERT INTO rows (data) VALUES (zeroblob(\(size)))") }
        try database.execute("COMMIT")
    }
    return Double(max(rows / rowsPerCommit, 1) * rowsPerCommit) / (ContinuousClock.now - begin).seconds
}
