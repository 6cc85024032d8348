/// Cuts a byte stream into lines: watch frames, log lines.
public struct LineSplitter: Sendable {
    private var pending: [UInt8] = []

    /// Starts with nothing pending.
    public init() {}

    /// Takes a chunk and returns the lines that it completes, without their line feeds.
    public mutating func append(_ chunk: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = chunk[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if pending.isEmpty {
                lines.append(Array(rest[..<end]))
            } else {
                pending.append(contentsOf: rest[..<end])
                lines.append(pending)
                pending = []
            }
            rest = rest[(end + 1)...]
        }
        pending.append(contentsOf: rest)
        return lines
    }

    /// How many bytes wait for their line to end.
    public var pendingCount: Int { pending.count }

    /// What is left at the end of the stream; nil if the last line was complete.
    public mutating func finish() -> [UInt8]? {
        defer { pending = [] }
        return pending.isEmpty ? nil : pending
    }
}
