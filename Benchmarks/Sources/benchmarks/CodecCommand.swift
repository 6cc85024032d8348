import ArgumentParser
import CAllocations
import Foundation
import KubeClient
import KubeObjects
import KubeWire
import Yams

/// How fast objects are read and written.
struct CodecCommand: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "codec",
        abstract: "JSON and YAML: bytes a second and allocations, beside Foundation's and Yams'.",
        discussion: """
            The objects are a JobRun with its status and managed fields, and a pod. Foundation's JSONSerialization and \
            Yams (libyaml into a tree of nodes) read and write the same bytes on the same thread.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "How long each is repeated.") var seconds = 0.5

    func measure() async throws -> [Figure] {
        var figures: [Figure] = []
        for (name, text) in [("JobRun", Samples.jobRun), ("pod", Samples.pod)] {
            let bytes = Array(text.utf8)
            figures += try json(name, bytes) + yaml(name, bytes) + [memory(name, bytes)]
        }
        return try await figures + watchLine()
    }

    private func json(_ name: String, _ bytes: [UInt8]) throws -> [Figure] {
        let data = Data(bytes)
        let value = try JSONValue(parsing: bytes)
        let foundation = try JSONSerialization.jsonObject(with: data)
        let size = Double(bytes.count) / 1e6
        return try compare(
            "JSON parse", name, size, { _ = try JSONValue(parsing: bytes) },
            with: ("Foundation", { _ = try JSONSerialization.jsonObject(with: data) }))
            + compare(
                "JSON print", name, size, { _ = value.encoded() },
                with: ("Foundation", { _ = try JSONSerialization.data(withJSONObject: foundation) }))
    }

    /// How fast something is beside what others do, and how often it allocates.
    private func compare(
        _ what: String, _ name: String, _ size: Double, _ own: () throws -> Void,
        with other: (name: String, body: () throws -> Void)
    ) throws -> [Figure] {
        let cost = try repeated(own)
        let reference = try repeated(other.body)
        return [
            Figure(
                "codec", "\(what), \(name)", size / cost.seconds, "MB/s",
                against: (other.name, size / reference.seconds), goal: .ratioAtLeast(1)),
            Figure(
                "codec", "allocations of a \(what), \(name)", cost.allocations, "",
                against: (other.name, reference.allocations), goal: .ratioAtMost(1)),
        ]
    }

    /// What an object holds of the heap as a tree.
    private func memory(_ name: String, _ bytes: [UInt8]) throws -> Figure {
        let before = heap_in_use()
        let values = try (0..<200).map { _ in try JSONValue(parsing: bytes) }
        let held = Double(heap_in_use() - before) / Double(values.count)
        return Figure(
            "codec", "memory of a parsed \(name)", held / 1024, "KB", against: ("its JSON", Double(bytes.count) / 1024))
    }

    private func yaml(_ name: String, _ json: [UInt8]) throws -> [Figure] {
        let value = try JSONValue(parsing: json)
        let text = YAML.encode(value)
        let bytes = Array(text.utf8)
        guard let node = try Yams.compose(yaml: text) else { throw BenchmarkError("Yams reads nothing") }
        let size = Double(bytes.count) / 1e6
        return try compare(
            "YAML parse", name, size, { _ = try YAML.parse(bytes) },
            with: ("Yams", { _ = try Yams.compose(yaml: text) }))
            + compare(
                "YAML print", name, size, { _ = YAML.encode(value) },
                with: ("Yams", { _ = try Yams.serialize(node: node) })
            ).prefix(1)
    }

    /// A watch's lines as the controller reads them: split, parsed, made into events.
    private func watchLine() async throws -> [Figure] {
        let line = Array("{\"type\":\"MODIFIED\",\"object\":\(Samples.jobRun)}\n".utf8)
        let chunk = Array(repeatElement(line, count: 50).joined())
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<5 {
            let begin = clock.now
            var events = 0
            var spent = 0.0
            repeat {
                for try await _ in WatchStream(body: ResponseBody(chunk)) { events += 1 }
                spent = (clock.now - begin).seconds
            } while spent < seconds / 5
            best = min(best, spent / Double(events))
        }
        let data = Data(line)
        let reference = try repeated { _ = try JSONSerialization.jsonObject(with: data) }
        return [
            Figure(
                "codec", "JobRun event of a watch line of \(line.count) bytes", best * 1e6, "µs",
                against: ("Foundation's parse", reference.seconds * 1e6), goal: .atMost(20))
        ]
    }

    /// Time and allocations of one call. The best of five rounds: what disturbs only ever adds.
    private func repeated(_ body: () throws -> Void) throws -> (seconds: Double, allocations: Double) {
        try body()
        let first = thread_allocations()
        try body()
        let allocations = Double(thread_allocations() - first)
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<5 {
            let begin = clock.now
            var calls = 0
            var spent = 0.0
            repeat {
                for _ in 0..<20 { try body() }
                calls += 20
                spent = (clock.now - begin).seconds
            } while spent < seconds / 5
            best = min(best, spent / Double(calls))
        }
        return (best, allocations)
    }
}
