#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Cuts a byte stream into lines: watch frames, log lines.
public struct LineSplitter: Sendable {
    private var pending: [UInt8] = []

    /// Starts with nothing pending.
    public init() {}

    /// Takes a chunk and returns the lines that it completes, without their line feeds.
    public mutating func append(_ chunk: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        append(chunk) { lines.append(Array($0)) }
        return lines
    }

    /// Takes a chunk and hands over the lines that it completes, without their line feeds and without a copy of those that
    /// are whole in the chunk.
    package mutating func append(_ chunk: [UInt8], body: (ArraySlice<UInt8>) -> Void) {
        var rest = chunk[...]
        while let end = rest.firstPlace(of: UInt8(ascii: "\n")) {
            if pending.isEmpty {
                body(rest[..<end])
            } else {
                pending.append(contentsOf: rest[..<end])
                body(pending[...])
                pending = []
            }
            rest = rest[(end + 1)...]
        }
        pending.append(contentsOf: rest)
    }

    /// How many bytes wait for their line to end.
    public var pendingCount: Int { pending.count }

    /// What is left at the end of the stream; nil if the last line was complete.
    public mutating func finish() -> [UInt8]? {
        defer { pending = [] }
        return pending.isEmpty ? nil : pending
    }
}

extension ArraySlice<UInt8> {
    /// The first place of a byte, as `firstIndex(of:)` finds it, by the C library's search: that looks at dozens of bytes at
    /// once, where ours takes a third of a nanosecond and more for each.
    package func firstPlace(of byte: UInt8) -> Int? {
        let distance: Int? = unsafe withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = unsafe memchr(base, Int32(byte), bytes.count) else {
                return nil
            }
            return unsafe UnsafeRawPointer(found) - base
        }
        return distance.map { startIndex + $0 }
    }
}
