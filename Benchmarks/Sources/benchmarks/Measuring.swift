import Foundation
import Synchronization

/// What went wrong, for people.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Tells how far it is, on standard error: standard output is the table's.
func note(_ text: String) { FileHandle.standardError.write(Data("benchmarks: \(text)\n".utf8)) }

/// A thousand watches are a thousand connections.
func raiseFileLimit() {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(7), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(7), &limit)
}

extension Duration {
    /// In seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
    /// In milliseconds.
    var milliseconds: Double { seconds * 1000 }
}

/// Times of many like things.
struct Latencies: Sendable {
    private var sorted: [Duration]

    init(_ durations: [Duration]) { sorted = durations.sorted() }

    var count: Int { sorted.count }

    /// The time that such a share stays within, in milliseconds.
    func percentile(_ share: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(Int(Double(sorted.count) * share), sorted.count - 1)].milliseconds
    }

    var median: Double { percentile(0.5) }
}

/// A number that many tasks count up.
final class SharedCount: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    /// Counts one more; returns how many there were before.
    @discardableResult
    func increment() -> Int { count.add(1, ordering: .relaxed).oldValue }
}

/// How a load went.
struct LoadResult: Sendable {
    var latencies: Latencies
    var wall: Duration
    var rate: Double { Double(latencies.count) / wall.seconds }
}

/// Does something `count` times with so many of it under way.
func load(
    _ count: Int, inFlight: Int, _ operation: @escaping @Sendable (Int) async throws -> Void
) async throws -> LoadResult {
    let next = SharedCount()
    let clock = ContinuousClock()
    let begin = clock.now
    let durations = try await withThrowingTaskGroup(of: [Duration].self) { group in
        for _ in 0..<min(inFlight, count) {
            group.addTask {
                var durations: [Duration] = []
                while true {
                    let number = next.increment()
                    guard number < count else { return durations }
                    let start = clock.now
                    try await operation(number)
                    durations.append(clock.now - start)
                }
            }
        }
        return try await group.reduce(into: []) { $0 += $1 }
    }
    return LoadResult(latencies: Latencies(durations), wall: clock.now - begin)
}

/// What a process has used, by /proc.
struct ProcessUsage: Sendable {
    /// Processor time, in user and kernel mode.
    var seconds = 0.0
    /// Memory that is resident.
    var residentMegabytes = 0.0
    /// That part of it which no file backs.
    var anonymousMegabytes = 0.0

    /// A process that runs.
    init(of process: pid_t) throws {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        else { throw BenchmarkError("process \(process) has ended before it was asked to") }
        // The name in parentheses may have spaces; utime and stime are the 14th and 15th field.
        let fields = stat.drop { $0 != ")" }.split(separator: " ").dropFirst()
        let ticks = fields.dropFirst(11).prefix(2).compactMap { Double($0) }.reduce(0, +)
        seconds = ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        func megabytes(_ name: String) -> Double {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
        }
        residentMegabytes = megabytes("VmRSS")
        anonymousMegabytes = megabytes("RssAnon")
    }
}

/// Runs a command to its end.
/// - Returns: its output, how long it took, and its processor time.
@discardableResult
func runCommand(
    _ command: [String], environment: [String: String] = [:], keepsOutput: Bool = true, mayFail: Bool = false
) throws -> (output: String, wall: Duration, cpu: Double) {
    let child = try ChildProcess(
        command, environment: environment, output: keepsOutput ? .pipe : .discard)
    let output = child.readOutput()
    let end = try child.wait()
    guard end.status == 0 || mayFail else {
        throw BenchmarkError("\(command.joined(separator: " ")) ended with \(end.status): \(output.suffix(500))")
    }
    return (output, end.wall, end.cpu)
}

/// Does something as long as something else goes on beside it; if that ends first, by an error, so does this.
func beside<Value: Sendable>(
    _ background: @escaping @Sendable () async throws -> Void, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            try await background()
            return nil
        }
        group.addTask { try await body() }
        defer { group.cancelAll() }
        for try await value in group { if let value { return value } }
        throw CancellationError()
    }
}

/// Does something that must be over within a time.
func within<Value: Sendable>(
    _ limit: Duration, _ what: String, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await beside(
        {
            try await Task.sleep(for: limit)
            throw BenchmarkError("waited for \(limit.seconds) seconds, and still not: \(what)")
        }, body)
}
