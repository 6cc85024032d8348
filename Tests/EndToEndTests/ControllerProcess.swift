import Foundation
import KubeWire
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The program `run-controller` at work on a cluster, and what it logs.
struct ControllerProcess: Sendable {
    /// What it logs, line by line.
    let lines: Journal<String>
    private static let endOfLog = "(the process has ended)"
    private let end: @Sendable () -> Void

    /// Starts a controller, does the work, and ends it with SIGTERM.
    static func with<Value: Sendable>(
        _ cluster: RunningCluster, _ arguments: String..., work: (ControllerProcess) async throws -> Value
    ) async throws -> Value {
        let lines = Journal<String>()
        let result = try await Subprocess.run(
            .path(FilePath(try Program.path(of: "run-controller"))), arguments: Arguments(arguments),
            environment: .inherit.updating(["KUBECONFIG": cluster.kubeconfig]),
            input: .none, output: .discarded, error: .sequence
        ) { execution in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await line in execution.standardError.strings() { lines.add(line) }
                    lines.add(Self.endOfLog)
                }
                let value: Value
                do {
                    value = try await work(
                        ControllerProcess(lines: lines) { try? execution.send(signal: .terminate) })
                } catch {
                    try? execution.send(signal: .terminate)
                    throw error
                }
                try? execution.send(signal: .terminate)
                try await group.waitForAll()
                return value
            }
        }
        #expect(result.terminationStatus == .exited(0), "run-controller did not end cleanly")
        return result.closureResult
    }

    /// Sends SIGTERM.
    func terminate() { end() }

    /// Waits until something is logged, and returns the line.
    func wait(for words: String) async throws -> String {
        while let line = await lines.next(), line != Self.endOfLog {
            if line.contains(words) { return line }
        }
        throw TransportError(.other, "run-controller never said \"\(words)\"")
    }
}
