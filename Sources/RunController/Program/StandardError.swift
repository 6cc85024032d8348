#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The process' standard error, line by line.
package enum StandardError {
    /// Writes a line with its line feed in one call, so that lines of several tasks do not mix. What cannot be written
    /// is lost: there is nowhere to say so.
    @Sendable package static func writeLine(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        var written = 0
        while written < bytes.count {
            let rest = bytes[written...]
            let count = unsafe rest.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            written += count
        }
    }
}
