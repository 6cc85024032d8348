import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where a command writes: standard output or standard error, or a test's memory.
package protocol TextSink: Sendable {
    /// Writes all bytes.
    func write(_ bytes: ArraySlice<UInt8>)
    /// Whether something that somebody wanted to have was lost.
    var hasLost: Bool { get }
}

extension TextSink {
    /// Nothing is lost in general.
    package var hasLost: Bool { false }

    /// Writes a text.
    func text(_ text: String) { write(Array(text.utf8)[...]) }

    /// Writes a text and a line feed.
    func line(_ text: String) { self.text(text + "\n") }
}

/// A stream of this process.
package struct StandardStream: TextSink {
    private let descriptor: Int32

    /// Standard output.
    package static let output = StandardStream(descriptor: STDOUT_FILENO)
    /// Standard error.
    package static let errors = StandardStream(descriptor: STDERR_FILENO)

    /// Whether a person sees it.
    package var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Writes all bytes, waiting for a slow reader. What nobody can read any more is dropped: the process is about to
    /// be ended by SIGPIPE, or has chosen not to be. What a full disk does not take is lost, which is said once.
    package func write(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe systemPoll(&poll, 1, -1)
                continue
            }
            guard count > 0 else { return sayLost(errno) }
            rest = rest.dropFirst(count)
        }
    }

    private static let hasSaidLost = Atomic(false)

    /// Whether a full disk has not taken something of standard output.
    package var hasLost: Bool { descriptor == STDOUT_FILENO && Self.hasSaidLost.load(ordering: .relaxed) }

    private func sayLost(_ error: Int32) {
        guard descriptor == STDOUT_FILENO, error != EPIPE, error != EBADF,
            !Self.hasSaidLost.exchange(true, ordering: .relaxed)
        else { return }
        Self.errors.line("error: standard output cannot be written: \(unsafe String(cString: strerror(error)))")
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, bytes, count)
}

private func systemPoll(_ descriptors: UnsafeMutablePointer<pollfd>, _ count: UInt, _ timeout: Int32) {
    unsafe _ = poll(descriptors, count, timeout)
}

/// Keeps what is written, for tests and for output that is needed as a whole.
package final class TextBuffer: TextSink {
    private let bytes = Mutex<[UInt8]>([])

    /// Empty.
    package init() {}

    /// Appends.
    package func write(_ bytes: ArraySlice<UInt8>) { self.bytes.withLock { $0.append(contentsOf: bytes) } }

    /// All that was written.
    package var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
}
