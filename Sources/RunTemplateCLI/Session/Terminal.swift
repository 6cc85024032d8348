import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The terminal that the process was started at.
enum Terminal {
    /// Whether standard input is one.
    static var isInputTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// Whether the user has nothing against colours (no-color.org) and the terminal can show them.
    static var takesColors: Bool {
        variable("NO_COLOR").isEmpty && variable("TERM") != "dumb"
    }

    /// Whether the terminal can write over a line.
    static var canMove: Bool { variable("TERM") != "dumb" && !variable("TERM").isEmpty }

    /// The columns of the terminal that standard error is.
    static var width: Int {
        var size = winsize()
        guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func variable(_ name: String) -> String {
        unsafe getenv(name).map { unsafe String(cString: $0) } ?? ""
    }

    /// Asks and waits for a line, on a thread that may block; nil at the end of the input, or when the task is
    /// cancelled because the question has become idle.
    static func ask(_ question: String) async -> String? {
        StandardStream.errors.text(question)
        let (answers, continuation) = AsyncStream<String>.makeStream()
        DispatchQueue.global().async {
            if let line = readLine() { continuation.yield(line) }
            continuation.finish()
        }
        for await answer in answers { return answer }
        return nil
    }

    /// A line of standard input without its end; nil at the end of the input. Not the standard library's, which holds
    /// the C library's lock of the stream as long as nobody answers: the process could not end meanwhile.
    private static func readLine() -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }
}

extension Interrupt {
    /// Takes SIGINT and SIGTERM away from their default action, which would end the process, as long as somebody
    /// iterates.
    static func stream() -> AsyncStream<Interrupt> {
        let (stream, continuation) = AsyncStream<Interrupt>.makeStream()
        let sources = SignalSources { continuation.yield($0) }
        continuation.onTermination = { _ in sources.cancel() }
        return stream
    }
}

/// The signals while they are ours.
private final class SignalSources: Sendable {
    private let sources = Mutex<[any DispatchSourceSignal]>([])
    private let lastReport = Mutex<ContinuousClock.Instant?>(nil)

    /// Programs that stop others (`timeout`, shells, CI runners) signal a process and its group: one wish comes twice.
    private static let echoTime = Duration.milliseconds(250)

    init(_ report: @escaping @Sendable (Interrupt) -> Void) {
        sources.withLock { sources in
            for (number, interrupt) in [(SIGINT, Interrupt.interrupt), (SIGTERM, .terminate)] {
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number)
                source.setEventHandler { [weak self] in if self?.isNew() == true { report(interrupt) } }
                source.resume()
                sources.append(source)
            }
        }
    }

    private func isNew() -> Bool {
        lastReport.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < Self.echoTime { return false }
            last = now
            return true
        }
    }

    func cancel() {
        sources.withLock { sources in
            for source in sources { source.cancel() }
            sources = []
        }
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
    }
}
