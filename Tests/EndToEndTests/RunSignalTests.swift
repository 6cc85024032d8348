import Foundation
import Glibc
import Subprocess
import Synchronization
import SystemPackage
import Testing

/// Signals to `fake-cluster` while it starts, and to `run` behind its command's end.
@Suite(.timeLimit(.minutes(5)))
struct RunSignalTests {
    struct Start: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var arguments: [String]
        /// Whether a program podman that says nothing is on PATH.
        var hasPodman = false
    }

    /// Runs a cluster with a folder of its own, which has a pipe `pipe`, a folder `bin` that is on PATH, and nothing else.
    private func withCluster(
        _ arguments: [String], hasPodman: Bool = false,
        _ body: @escaping @Sendable (_ folder: String, _ process: pid_t) async throws -> Void
    ) async throws -> (status: TerminationStatus, output: String, left: [String]) {
        let folder = NSTemporaryDirectory() + "signals-" + UUID().uuidString
        let scratch = folder + "/scratch"
        for path in [scratch, folder + "/bin"] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let hasPipe = unsafe mkfifo(folder + "/pipe", 0o600) == 0
        try #require(hasPipe)
        if hasPodman {
            let script = "#!/bin/sh\nexec cat '\(folder)/pipe'\n"
            try script.write(toFile: folder + "/bin/podman", atomically: true, encoding: .utf8)
            unsafe _ = chmod(folder + "/bin/podman", 0o700)
        }
        let path = folder + "/bin:" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
        // Standard input is a pipe that nobody writes to, until the program has ended.
        let input = try FileDescriptor.pipe()
        defer { try? input.writeEnd.close() }
        let result = try await Subprocess.run(
            .path(FilePath(try Program.path(of: "fake-cluster"))),
            arguments: Arguments(arguments.map { $0.replacing("DIR", with: folder) }),
            environment: .inherit.updating(["TMPDIR": scratch, "PATH": path]),
            input: .fileDescriptor(input.readEnd, closeAfterSpawningProcess: true), output: .string(limit: 1 << 16),
            error: .discarded
        ) { execution in try await body(folder, execution.processIdentifier.value) }
        return (
            result.terminationStatus, result.standardOutput,
            try FileManager.default.contentsOfDirectory(atPath: scratch)
        )
    }

    private static let command = ["--", "/bin/sh", "-c", "echo started"]

    @Test(
        "one that comes while the cluster starts ends it without the command",
        arguments: [
            Start(testDescription: "run, standard input says nothing", arguments: ["run", "--apply", "-"] + command),
            Start(
                testDescription: "run, podman says nothing", arguments: ["run", "--runner", "podman"] + command,
                hasPodman: true),
            Start(
                testDescription: "up, standard input says nothing",
                arguments: ["up", "--apply", "-", "--data", "DIR/scratch/data"]),
        ], [Signal.interrupt, .terminate])
    func early(_ start: Start, _ signal: Signal) async throws {
        let ended = try await withCluster(start.arguments, hasPodman: start.hasPodman) {
            folder, process in
            let writer = PipeEnd()
            let isStarting = try await Program.wait(for: process) {
                start.hasPodman ? writer.open(folder + "/pipe") : Self.takesSignals(process)
            }
            try #require(isStarting, "it ended at once")
            #expect(kill(process, signal == .interrupt ? SIGINT : SIGTERM) == 0)
            _ = try await Program.wait(for: process) { false }
            writer.close()
        }
        #expect(ended.output.isEmpty)
        #expect(ended.status == .exited(signal == .interrupt ? 130 : 143))
        #expect(ended.left.isEmpty, "\(ended.left)")
    }

    /// Whether a process has handlers of SIGINT and SIGTERM (proc_pid_status(5)).
    private static func takesSignals(_ process: pid_t) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let mask = text.firstMatch(of: /SigCgt:\s*([0-9a-f]+)/).flatMap({ UInt64($0.output.1, radix: 16) })
        else { return false }
        return [SIGINT, SIGTERM].allSatisfy { mask & (1 << UInt64($0 - 1)) != 0 }
    }

    @Test("those that come behind the command's end leave its exit code and the clean-up alone")
    func late() async throws {
        let command = ["run", "--", "/bin/sh", "-c", "trap '' INT; mkdir DIR/ending; exit 7"]
        let ended = try await withCluster(command) { folder, process in
            // The command ignores them, then it is gone, then the cluster is: one of them comes at each moment.
            _ = try await Program.wait(for: process) {
                if FileManager.default.fileExists(atPath: folder + "/ending") { kill(process, SIGINT) }
                return false
            }
        }
        #expect(ended.status == .exited(7))
        #expect(ended.left.isEmpty, "\(ended.left)")
    }
}

/// The end of a pipe that is written to.
private final class PipeEnd: Sendable {
    private let descriptor = Mutex<Int32>(-1)

    /// Opens it, if somebody reads the pipe.
    func open(_ path: String) -> Bool {
        descriptor.withLock { descriptor in
            if descriptor < 0 { descriptor = unsafe Glibc.open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC) }
            return descriptor >= 0
        }
    }

    func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
        }
    }
}
