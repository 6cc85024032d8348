import Foundation
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire

extension CommonOptions {
    /// The path of a program of ours.
    func program(_ name: String) throws -> String {
        let path = URL(fileURLWithPath: programs).appending(path: name).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw BenchmarkError("\(path) is missing; `make bench` builds it; or say where it is with --programs")
        }
        return path
    }
}

/// A folder that goes with its object.
final class ScratchFolder: Sendable {
    let path: String

    init(in parent: String) throws {
        path =
            URL(fileURLWithPath: parent).appending(path: "benchmarks-\(getpid())-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A fake cluster of its own, as a process: durable, on loopback, on a port that the system picks.
final class ClusterProcess: Sendable {
    let process: ChildProcess
    let folder: ScratchFolder
    let kubeconfig: String
    let client: KubeClient
    /// From the start of the process to its word that it answers.
    let startTime: Duration

    /// Starts one, and waits until it answers.
    /// - Parameter options: more options of `fake-cluster up`.
    init(_ common: CommonOptions, options: [String] = [], folder: ScratchFolder? = nil) throws {
        let folder = try folder ?? ScratchFolder(in: common.scratch)
        self.folder = folder
        kubeconfig = folder.path + "/kubeconfig"
        let clock = ContinuousClock()
        let begin = clock.now
        process = try ChildProcess(
            [
                try common.program("fake-cluster"), "up", "--data", folder.path + "/data", "--kubeconfig",
                kubeconfig, "--listen", "127.0.0.1:0",
            ] + options, output: .pipe)
        guard process.readLine()?.hasPrefix("export KUBECONFIG=") == true else {
            throw BenchmarkError("fake-cluster did not start; run it by hand to see why")
        }
        startTime = clock.now - begin
        client = try makeClient(kubeconfig: kubeconfig)
    }

    /// What the process has used so far.
    var usage: ProcessUsage { get throws { try ProcessUsage(of: process.id) } }

    /// Ends it and waits for that; the folder stays as long as its object.
    func stop() { process.terminate() }
}

/// How long a program that waits is left alone before its memory is looked at: what a start needs it gives back after
/// five seconds.
let settleTime = Duration.seconds(7)

/// A client of the server that a kubeconfig names.
func makeClient(kubeconfig: String) throws -> KubeClient {
    var options = ConnectionOptions()
    options.kubeconfig = kubeconfig
    return try ClientConfiguration.load(options).makeClient(userAgent: "benchmarks")
}

/// A run controller, as a process.
final class ControllerProcess: Sendable {
    let process: ChildProcess
    private let metricsClient: KubeClient

    /// Starts one, and waits until it has seen everything that it watches.
    init(_ common: CommonOptions, kubeconfig: String, options: [String] = []) async throws {
        let port = try freePort()
        process = try ChildProcess(
            [
                try common.program("run-controller"), "--kubeconfig", kubeconfig, "--listen", "127.0.0.1:\(port)",
                "--log-level", "error",
            ] + options, output: .discard)
        metricsClient = KubeClient(
            transport: try CurlTransport(endpoint: Endpoint(server: "http://127.0.0.1:\(port)")),
            userAgent: "benchmarks")
        for _ in 0..<600 {
            if (try? await metricsClient.send(.get, "/readyz", accept: "*/*", timeout: .seconds(5))) != nil { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BenchmarkError("run-controller was not ready within 30 seconds; run it by hand to see why")
    }

    /// What the process has used so far.
    var usage: ProcessUsage { get throws { try ProcessUsage(of: process.id) } }

    /// Its figures: by name and labels as Prometheus reads them.
    func metrics() async throws -> [String: Double] {
        try await scrapeMetrics(metricsClient)
    }

    /// Ends it.
    func stop() { process.terminate() }
}

/// Figures in Prometheus' text format, by name and labels.
func scrapeMetrics(_ client: KubeClient, path: String = "/metrics") async throws -> [String: Double] {
    let response = try await client.send(.get, path, accept: "*/*", timeout: .seconds(10))
    let text = String(decoding: try await response.body.collect(), as: UTF8.self)
    var values: [String: Double] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
        guard let space = line.lastIndex(of: " ") else { continue }
        values[String(line[..<space])] = Double(line[line.index(after: space)...])
    }
    return values
}

/// A port of loopback that nobody listens on.
func freePort() throws -> UInt16 {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw BenchmarkError("no socket: \(errno)") }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) {
        unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
            unsafe bind(socket, place, size) == 0 && getsockname(socket, place, &size) == 0
        }
    }
    guard isBound else { throw BenchmarkError("no free port: \(errno)") }
    return UInt16(bigEndian: address.sin_port)
}

extension KubeClient {
    /// Sends a request whose answer is read and thrown away: the load must not cost more than what it measures.
    func push(_ method: HTTPRequest.Method, _ path: String, _ body: [UInt8] = [], type: String = MediaType.json)
        async throws
    {
        let response = try await send(
            method, path, contentType: body.isEmpty ? nil : type, body: body, timeout: requestTimeout)
        _ = try await response.body.collect(upTo: 512 << 20)
    }
}
