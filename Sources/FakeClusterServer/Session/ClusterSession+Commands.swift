import Foundation
import Synchronization
import UnixSignals

/// What the command line does with a session.
extension ClusterSession {
    /// Where `up` keeps a cluster if it is not told: the XDG base directory for state.
    package static var defaultDataDirectory: String {
        let environment = ProcessInfo.processInfo.environment
        let state = environment["XDG_STATE_HOME"] ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.local/state"
        return state + "/fake-cluster"
    }

    /// Runs one command on the cluster.
    ///
    /// Ctrl-C reaches the command through the terminal; what it makes of it is its business, so we only wait. A SIGINT or
    /// SIGTERM that some process has sent is handed on, and so is a SIGHUP, as SIGTERM: who loses the terminal still cleans
    /// up. A signal that comes before the command is begun ends the start; one that comes behind its end does nothing, as
    /// all that is left is to clean up.
    /// - Returns: the command's exit code; 128 + n if signal n came before it.
    package func run(command: ChildCommand) async throws -> Int32 {
        let signals = try await ChildCommand.Signals()
        let process = ChildProcess()
        return try await withThrowingTaskGroup(of: Int32?.self) { group in
            group.addTask {
                for await _ in signals.ends { process.send(SIGTERM) }
                return nil
            }
            group.addTask {
                for await interrupt in signals.interrupts { process.send(SIGINT, hasOne: interrupt == .typed) }
                return nil
            }
            group.addTask { try await run(command, as: process) }
            defer { group.cancelAll() }
            while let code = try await group.next() {
                if let code { return code }
            }
            throw CancellationError()
        }
    }

    /// Starts the cluster for the command, and stops it behind the command's end or instead of it.
    private func run(_ command: ChildCommand, as process: ChildProcess) async throws -> Int32 {
        try await withThrowingTaskGroup(of: Int32.self) { group in
            group.addTask { 128 + (try await process.earlySignal()) }
            group.addTask {
                try await run { running in try await command.run(kubeconfig: running.kubeconfig, as: process) }
            }
            defer { group.cancelAll() }
            guard let code = try await group.next() else { throw CancellationError() }
            return code
        }
    }

    /// Keeps the cluster up until a signal asks it to end, after printing how to reach it: on standard output the line for the
    /// shell, everything else on standard error.
    /// - Returns: the exit code: 128 + n if signal n came before the cluster was up.
    package func runUntilSignal() async throws -> Int32 {
        let signals = await UnixSignalsSequence.forEnd()
        let (ends, end) = AsyncStream<Void>.makeStream()
        let readiness = Readiness()
        return try await withThrowingTaskGroup(of: Int32?.self) { group in
            group.addTask {
                let signal = await signals.first { _ in true }
                end.finish()
                return readiness.isReached.load(ordering: .acquiring) ? nil : signal.map { 128 + $0.rawValue }
            }
            group.addTask {
                try await run { running in
                    readiness.isReached.store(true, ordering: .releasing)
                    FileHandle.standardOutput.write(
                        Data("export KUBECONFIG=\(Self.shellQuoted(running.kubeconfig))\n".utf8))
                    FileHandle.standardError.write(
                        Data("fake-cluster: ready at \(running.url); Ctrl-C stops it\n".utf8))
                    for await _ in ends {}
                    FileHandle.standardError.write(Data("fake-cluster: stopping\n".utf8))
                }
                return 0
            }
            defer { group.cancelAll() }
            while let code = try await group.next() {
                if let code { return code }
            }
            throw CancellationError()
        }
    }

    /// A path as a POSIX shell reads it back.
    private static func shellQuoted(_ path: String) -> String {
        let plain = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return plain ? path : "'" + path.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}

/// Whether a cluster is up.
private final class Readiness: Sendable {
    let isReached = Atomic(false)
}
