import Foundation
import Subprocess
import Synchronization
import SystemPackage
import UnixSignals

/// The command that `fake-cluster run` is for: it owns the terminal, and its exit code becomes ours.
package struct ChildCommand: Sendable {
    private let words: [String]

    /// The exit code in place of the command's where there is none, as the command was not run or not to its end: that of
    /// other programs that run a command (env, timeout, docker run).
    package static let notStarted: Int32 = 125

    /// A command and its arguments, as given after `--`.
    package init(_ words: [String]) { self.words = words }

    /// The signals that are meant for the command, from the moment on that this is made: what comes before it runs is not lost.
    struct Signals: Sendable {
        fileprivate let ends: UnixSignalsSequence
        fileprivate let interrupts: AsyncStream<Interrupt>

        init() async throws(SessionError) {
            ends = await UnixSignalsSequence.forEnd(withInterrupt: false)
            interrupts = try Interrupt.stream()
        }
    }

    /// Runs the command with KUBECONFIG set and our own programs first on PATH, so that kubectl finds the plugin.
    ///
    /// Ctrl-C reaches the command through the terminal; what it makes of it is its business, so we only wait. A SIGINT or
    /// SIGTERM that some process has sent is handed on, and so is a SIGHUP, as SIGTERM: who loses the terminal still cleans
    /// up.
    /// - Returns: the exit code; 128 + n for signal n, as shells say it.
    /// - Throws: ``SessionError`` if the command cannot be started.
    func run(kubeconfig: String, _ signals: Signals) async throws -> Int32 {
        let process = StartedProcess()
        return try await withThrowingTaskGroup(of: Int32?.self) { group in
            group.addTask {
                for await _ in signals.ends { process.send(SIGTERM) }
                return nil
            }
            group.addTask {
                for await interrupt in signals.interrupts { process.send(SIGINT, hasOne: interrupt == .typed) }
                return nil
            }
            group.addTask { try await start(kubeconfig: kubeconfig) { started in process.set(started) } }
            defer { group.cancelAll() }
            while let code = try await group.next() {
                if let code { return code }
            }
            throw CancellationError()
        }
    }

    private func start(kubeconfig: String, onStart: (ProcessIdentifier) -> Void) async throws -> Int32 {
        guard let program = words.first else { throw SessionError("no command given after --") }
        let path = Self.searchPath
        guard let executable = Self.find(program, in: path) else {
            throw SessionError("\(program): command not found")
        }
        let result = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(Array(words.dropFirst())),
            environment: .inherit.updating(["KUBECONFIG": kubeconfig, "PATH": path]),
            input: .currentStandardInput, output: .currentStandardOutput, error: .currentStandardError
        ) { execution in onStart(execution.processIdentifier) }
        switch result.terminationStatus {
        case .exited(let code): return code
        case .signaled(let signal): return 128 + signal
        }
    }

    private static func find(_ program: String, in path: String) -> String? {
        if program.contains("/") { return program }
        return path.split(separator: ":").map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static var searchPath: String {
        let inherited = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return inherited
        }
        return (own as NSString).deletingLastPathComponent + ":" + inherited
    }
}

/// The command's process, known once it runs.
private final class StartedProcess: Sendable {
    private let state = Mutex((identifier: ProcessIdentifier?.none, pending: Int32?.none))

    /// Sends what has come before, too.
    func set(_ started: ProcessIdentifier) {
        state.withLock { state in
            state.identifier = started
            if let signal = state.pending { kill(started.value, signal) }
        }
    }

    /// - Parameter hasOne: Whether the process got the signal of its own, if it runs.
    func send(_ signal: Int32, hasOne: Bool = false) {
        state.withLock { state in
            guard let identifier = state.identifier else { return state.pending = signal }
            if !hasOne { kill(identifier.value, signal) }
        }
    }
}
