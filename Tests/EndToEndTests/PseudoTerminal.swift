import Foundation
import Glibc
import Subprocess
import Synchronization
import SystemPackage
import Testing

/// A terminal with one program at it, and a test where the person would sit.
final class PseudoTerminal: Sendable {
    private let master: Int32
    private let device: String
    private let shown = Mutex<[UInt8]>([])
    private let chunks: AsyncStream<Void>

    /// TIOCSPTLCK and TIOCGPTN of <asm-generic/ioctls.h>, macros that Swift does not see.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    /// A terminal of so many columns.
    private init(columns: UInt16) throws {
        master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var lock: Int32 = 0
        var number: Int32 = 0
        var size = winsize(ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        let isReady =
            unsafe ioctl(master, Self.setLock, &lock) == 0 && ioctl(master, Self.getNumber, &number) == 0
            && ioctl(master, UInt(TIOCSWINSZ), &size) == 0
        try #require(master >= 0 && isReady, "there is no terminal to be had")
        device = "/dev/pts/\(number)"
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        chunks = stream
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = unsafe read(master, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                shown.withLock { $0.append(contentsOf: buffer[..<count]) }
                continuation.yield()
            }
            continuation.finish()
        }
    }

    deinit { close(master) }

    /// Runs a program at a terminal of its own, as the leader of a session, with what a person does meanwhile.
    /// - Parameter outputFile: where standard output goes instead of the terminal.
    static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], columns: UInt16 = 100,
        outputFile: String? = nil, _ person: @escaping @Sendable (PseudoTerminal) async throws -> Void = { _ in }
    ) async throws -> TerminalResult {
        let terminal = try PseudoTerminal(columns: columns)
        var variables = environment
        variables["PATH"] = "\(Program.buildFolder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
        variables["TERM"] = "xterm"
        variables["NO_COLOR"] = environment["NO_COLOR"] ?? ""
        let keyed = Dictionary(
            uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), Optional($1)) })
        var options = PlatformOptions()
        options.createSession = true
        // The first terminal that a session's leader opens becomes the session's.
        let output = outputFile.map { ">'\($0)'" } ?? ">&0"
        let script = #"terminal=$0; exec "$@" <>"$terminal" 2>&0 "# + output
        let result = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: Arguments(["-c", script, terminal.device, try Program.path(of: name)] + arguments),
            environment: .inherit.updating(keyed), platformOptions: options, input: .none, output: .discarded,
            error: .discarded
        ) { _ in try await person(terminal) }
        for await _ in terminal.chunks {}
        let code: Int32
        switch result.terminationStatus {
        case .exited(let exit): code = exit
        case .signaled(let signal): code = 128 + signal
        }
        return TerminalResult(exitCode: code, bytes: terminal.shown.withLock { $0 })
    }

    /// Waits until a text stands in what was shown.
    func wait(for text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        while true {
            let all = String(decoding: shown.withLock { $0 }, as: UTF8.self)
            if all.contains(text) { return }
            var iterator = chunks.makeAsyncIterator()
            guard await iterator.next() != nil else {
                let all = String(decoding: shown.withLock { $0 }, as: UTF8.self)
                try #require(
                    all.contains(text), "the program ended without: \(text)\n\(all)", sourceLocation: sourceLocation)
                return
            }
        }
    }

    /// Types a text.
    func type(_ text: String) {
        let bytes = Array(text.utf8)
        unsafe _ = write(master, bytes, bytes.count)
    }

    /// Ctrl-C.
    func interrupt() { type("\u{3}") }

    /// Ctrl-C as a person presses it a second time: within a quarter of a second the plugin takes two for one.
    func interruptAgain() async throws {
        try await Task.sleep(for: .milliseconds(300))
        interrupt()
    }
}

/// What a program showed at its terminal, and how it ended.
struct TerminalResult: CustomStringConvertible {
    var exitCode: Int32
    var bytes: [UInt8]

    /// All that was ever shown, with what the program says to the terminal.
    var raw: String { String(decoding: bytes, as: UTF8.self) }

    /// What stands there at the end: lines that were written over are gone.
    var screen: String {
        var lines: [[Unicode.Scalar]] = [[]]
        var column = 0
        var scalars = raw.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\r": column = 0
            case "\n":
                lines.append([])
                column = 0
            case "\u{1B}":
                let sequence = scalars.prefix { !$0.properties.isAlphabetic }
                scalars = scalars.dropFirst(sequence.count)
                guard scalars.popFirst() == "K" else { continue }
                lines[lines.count - 1].removeLast(max(0, lines[lines.count - 1].count - column))
            default:
                if column < lines[lines.count - 1].count {
                    lines[lines.count - 1][column] = scalar
                } else {
                    lines[lines.count - 1].append(scalar)
                }
                column += 1
            }
        }
        return lines.map { String(String.UnicodeScalarView($0)) }.joined(separator: "\n")
    }

    var description: String { "exit code \(exitCode)\n--- screen\n\(screen)\n--- raw\n\(raw.debugDescription)" }
}
