import CLibc
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A SIGINT, and where it comes from: a terminal's Ctrl-C reaches all programs in its foreground, this one's child among them.
enum Interrupt: UInt8, Sendable {
    /// A process has sent it to this one.
    case sent = 0
    /// The kernel has, for a terminal.
    case typed = 1

    /// One element for each, as long as the stream is there; until then SIGINT does nothing else.
    /// - Throws: ``SessionError`` where the system has no pipe left.
    static func stream() throws(SessionError) -> AsyncStream<Interrupt> {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw SessionError("no pipe can be made: \(unsafe String(cString: strerror(errno)))")
        }
        let (readable, writable) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A handler of a signal must not wait.
        _ = fcntl(writable, F_SETFL, O_NONBLOCK)
        let (stream, continuation) = AsyncStream<Interrupt>.makeStream()
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while unsafe read(readable, &byte, 1) == 1 { continuation.yield(Interrupt(rawValue: byte) ?? .sent) }
            close(readable)
        }
        continuation.onTermination = { _ in
            clibc_write_interrupts(-1)
            close(writable)
        }
        clibc_write_interrupts(writable)
        return stream
    }
}
