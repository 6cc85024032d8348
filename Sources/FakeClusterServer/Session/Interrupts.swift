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

    /// One element for each. From now on to the end of the process SIGINT does nothing else, also when nobody reads the
    /// stream any more; and a handler may be about to write at any time, so the pipe stays open as long. Once in a process.
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
            while true {
                let count = unsafe read(readable, &byte, 1)
                if count < 0, errno == EINTR { continue }
                guard count == 1 else { return continuation.finish() }
                continuation.yield(Interrupt(rawValue: byte) ?? .sent)
            }
        }
        clibc_write_interrupts(writable)
        return stream
    }
}
