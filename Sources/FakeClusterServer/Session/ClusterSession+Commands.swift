import Foundation
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
    /// - Returns: the command's exit code.
    package func run(command: ChildCommand) async throws -> Int32 {
        let signals = try await ChildCommand.Signals()
        return try await run { running in try await command.run(kubeconfig: running.kubeconfig, signals) }
    }

    /// Keeps the cluster up until a signal asks it to end, after printing how to reach it: on standard output the line for the
    /// shell, everything else on standard error.
    package func runUntilSignal() async throws {
        let signals = await UnixSignalsSequence.forEnd()
        try await run { running in
            FileHandle.standardOutput.write(
                Data("export KUBECONFIG=\(Self.shellQuoted(running.kubeconfig))\n".utf8))
            FileHandle.standardError.write(Data("fake-cluster: ready at \(running.url); Ctrl-C stops it\n".utf8))
            for await _ in signals { break }
            FileHandle.standardError.write(Data("fake-cluster: stopping\n".utf8))
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
