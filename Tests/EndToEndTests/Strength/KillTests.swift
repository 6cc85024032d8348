import Foundation
import KubeClient
import KubeObjects
import KubeWire
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A server that is killed without warning, at random and under load, again and again on the same data.
///
/// `KILL_ROUNDS` says how often (`make kill`); CI does it a few times.
@Suite(.timeLimit(.minutes(30)))
struct KillTests {
    private static let rounds = ProcessInfo.processInfo.environment["KILL_ROUNDS"].flatMap { Int($0) } ?? 3
    private static let seed = ProcessInfo.processInfo.environment["KILL_SEED"].flatMap { UInt64($0) } ?? 1
    private static let writers = 4

    @Test("every acknowledged write is there, no watch showed what was not stored, versions never go back")
    func killedUnderLoad() async throws {
        let folder = NSTemporaryDirectory() + "kill-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = WriteLedger()
        var random = SeededGenerator(seed: Self.seed)
        var watcher = ClusterWatcher()
        for round in 1...Self.rounds {
            watcher = try await live(
                round, folder, ledger, watcher, life: .milliseconds(Int.random(in: 20..<400, using: &random)))
            try #require(watcher.faults.isEmpty, "round \(round): \(watcher.faults)")
        }
        // What the last kill left behind.
        watcher = try await live(Self.rounds + 1, folder, ledger, watcher, life: nil)
        #expect(watcher.faults.isEmpty, "\(watcher.faults)")
        #expect(watcher.events > 0)
        print(
            "\(Self.rounds) rounds (seed \(Self.seed)): \(ledger.summary); a watch over all of them showed "
                + "\(watcher.events) changes and began anew \(watcher.resets) times")
    }

    /// One life of the server: compares it with what is known, then writes until it is killed.
    /// - Parameter life: how long it is written to; nil stops the server in peace instead.
    private func live(
        _ round: Int, _ folder: String, _ ledger: WriteLedger, _ watcher: ClusterWatcher, life: Duration?
    ) async throws -> ClusterWatcher {
        let result = try await Subprocess.run(
            .path(FilePath(try Program.path(of: "fake-cluster"))), arguments: ["up", "--data", folder], input: .none,
            output: .sequence, error: .discarded
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            try #require(try await lines.next() != nil, "round \(round): the server did not start")
            defer { try? execution.send(signal: life == nil ? .terminate : .kill) }
            var options = ConnectionOptions()
            options.kubeconfig = folder + "/kubeconfig"
            let client = try ClientConfiguration.load(options).makeClient(userAgent: "kill-test")
            var watcher = watcher
            try await compare(round, client, ledger, &watcher)
            guard let life else { return watcher }
            let start = watcher
            return try await withThrowingTaskGroup(of: ClusterWatcher?.self) { group in
                for writer in 0..<Self.writers {
                    group.addTask {
                        try await Self.write(client, ledger, writer: writer, round: round)
                        return nil
                    }
                }
                group.addTask {
                    var watcher = start
                    do {
                        try await watcher.follow(client, ledger: ledger) { _ in false }
                    } catch is TransportError {
                        // The server is dead.
                    }
                    return watcher
                }
                group.addTask {
                    try await Task.sleep(for: life)
                    try execution.send(signal: .kill)
                    return nil
                }
                return try await group.reduce(into: start) { if let watcher = $1 { $0 = watcher } }
            }
        }
        if life == nil { #expect(result.terminationStatus == .exited(0)) }
        return result.closureResult
    }

    private func compare(
        _ round: Int, _ client: KubeClient, _ ledger: WriteLedger, _ watcher: inout ClusterWatcher
    ) async throws {
        let list = try await client.list(.configMaps, namespace: "default")
        let present = list.items.compactMap { object -> (String, (content: String, version: UInt64))? in
            guard let name = object.name, name.hasPrefix("w") || name == "round" else { return nil }
            return (name, (ClusterWatcher.content(object), object.resourceVersion.flatMap { UInt64($0) } ?? 0))
        }
        let faults = ledger.compare(
            Dictionary(uniqueKeysWithValues: present), listVersion: UInt64(list.resourceVersion) ?? 0)
        try #require(faults.isEmpty, "round \(round): \(faults)")
        try await Self.put("round", "\(round)", client, ledger)
        try await watcher.catchUp(client, until: "round", has: "\(round)")
    }

    /// Creates, changes and deletes objects of its own until the server is gone.
    private static func write(_ client: KubeClient, _ ledger: WriteLedger, writer: Int, round: Int) async throws {
        var random = SeededGenerator(seed: seed &+ UInt64(round * writers + writer))
        for number in 0... {
            let name = "w\(writer)-\(Int.random(in: 0..<8, using: &random))"
            do {
                if ledger.content(of: name) != nil, Int.random(in: 0..<4, using: &random) == 0 {
                    ledger.begin(name, nil)
                    try await client.delete(.configMaps, namespace: "default", name: name)
                    ledger.acknowledge(name, version: nil)
                } else {
                    try await put(name, "\(round)/\(number)", client, ledger)
                }
            } catch is TransportError {
                return
            }
        }
    }

    private static func put(
        _ name: String, _ content: String, _ client: KubeClient, _ ledger: WriteLedger
    ) async throws {
        let isThere = ledger.content(of: name) != nil
        ledger.begin(name, content)
        let written: KubeObject
        if isThere {
            written = try await client.patch(
                .configMaps, namespace: "default", name: name, type: .merge, ["data": ["text": .string(content)]])
        } else {
            var object = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: name)
            object["data"] = ["text": .string(content)]
            written = try await client.create(.configMaps, object)
        }
        ledger.acknowledge(name, version: written.resourceVersion.flatMap { UInt64($0) })
    }
}
