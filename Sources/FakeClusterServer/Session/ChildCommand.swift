import Foundation
import Subprocess
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

    /// The signals that are meant for the command, from the moment on that this is made.
    struct Signals: Sendable {
        let ends: UnixSignalsSequence
        let interrupts: AsyncStream<Interrupt>

        init() async throws(SessionError) {
            ends = await UnixSignalsSequence.forEnd(withInterrupt: false)
            interrupts = try Interrupt.stream()
        }
    }

    /// Runs the command with KUBECONFIG set and our own programs first on PATH, so that kubectl finds the plugin.
    ///
    /// - Parameter process: What hands signals on to it.
    /// - Returns: the exit code; 128 + n for signal n, as shells say it.
    /// - Throws: ``SessionError`` if the command cannot be started; `CancellationError` if it is not to be started any more.
    func run(kubeconfig: String, as process: ChildProcess) async throws -> Int32 {
        guard let program = words.first else { throw SessionError("no command given after --") }
        let path = Self.searchPath
        guard let executable = Self.find(program, in: path) else {
            throw SessionError("\(program): command not found")
        }
        try process.begin()
        defer { process.end() }
        let result = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(Array(words.dropFirst())),
            environment: .inherit.updating(["KUBECONFIG": kubeconfig, "PATH": path]),
            input: .currentStandardInput, output: .currentStandardOutput, error: .currentStandardError
        ) { execution in process.set(execution.processIdentifier) }
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
