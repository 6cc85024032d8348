import Foundation
import Synchronization

/// A program that was started, by posix_spawn: Foundation's `Process` costs milliseconds that would be measured.
final class ChildProcess: Sendable {
    enum Output: Sendable {
        case pipe
        case discard
        case file(String)
    }

    /// How it ended.
    struct End: Sendable {
        var status: Int32
        var wall: Duration
        var cpu: Double
    }

    let id: pid_t
    private let reader: Int32?
    private let begin = ContinuousClock.now
    private let end = Mutex<End?>(nil)

    init(_ command: [String], environment: [String: String] = [:], output: Output) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        var ends: [Int32] = [-1, -1]
        switch output {
        case .pipe:
            guard unsafe pipe(&ends) == 0 else { throw BenchmarkError("no pipe: \(errno)") }
            // Other children must not hold the ends open.
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        case .discard: unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        case .file(let path):
            unsafe posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        // What a program says when it fails is worth reading; what it says otherwise is not.
        switch output {
        case .file: unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        case .pipe: break
        case .discard: unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        reader = ends[0] < 0 ? nil : ends[0]
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        var variables = unsafe all.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        var id = pid_t()
        let code = unsafe posix_spawnp(&id, command[0], &actions, nil, &arguments, &variables)
        if ends[1] >= 0 { close(ends[1]) }
        guard code == 0 else {
            if let reader { close(reader) }
            throw BenchmarkError("cannot start \(command[0]): \(unsafe String(cString: strerror(code)))")
        }
        self.id = id
    }

    /// Its next line of output; nil at the end.
    func readLine() -> String? {
        guard let reader else { return nil }
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe read(reader, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }

    /// All that it prints until it closes its output.
    func readOutput() -> String {
        guard let reader else { return "" }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = unsafe read(reader, &buffer, buffer.count), count > 0 {
            bytes += buffer[..<count]
        }
        close(reader)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Waits for its end.
    @discardableResult
    func wait() throws -> End {
        if let known = end.withLock({ $0 }) { return known }
        var status: Int32 = 0
        var usage = rusage()
        guard unsafe wait4(id, &status, 0, &usage) == id else {
            throw BenchmarkError("process \(id) cannot be waited for")
        }
        let cpu =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        let ended = End(status: code, wall: ContinuousClock.now - begin, cpu: cpu)
        end.withLock { $0 = ended }
        return ended
    }

    /// Ends it, if it has not ended.
    func terminate() {
        guard end.withLock({ $0 }) == nil else { return }
        kill(id, SIGTERM)
        _ = try? wait()
    }

    deinit { terminate() }
}
