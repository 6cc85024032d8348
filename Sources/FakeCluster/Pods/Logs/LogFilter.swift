import KubeObjects
import KubeWire

/// Turns the bytes of CRI log files into what a reader asked for.
struct LogFilter: Sendable {
    private let query: LogReader.Query
    private var splitter = LineSplitter()
    private var remaining: Int
    /// Entries are in order of time: after the first that is young enough, all are.
    private var isPastSince: Bool
    /// Whether the last entry ended in the middle of a line, whose rest gets no time of its own.
    private var isInsideLine = false

    init(_ query: LogReader.Query) {
        self.query = query
        remaining = query.limitBytes ?? .max
        isPastSince = query.since == nil
    }

    /// Whether the limit of bytes is reached.
    var isExhausted: Bool { remaining <= 0 }

    /// Takes bytes of the files, returns bytes for the reader.
    mutating func append(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        // The splitter cannot be a part of what it hands its lines to.
        var lines = LineSplitter()
        swap(&lines, &splitter)
        lines.append(bytes) { line in
            if let entry = LogEntry(line), isWanted(entry) { put(entry, &output) }
        }
        swap(&lines, &splitter)
        if output.count > remaining { output.removeLast(output.count - remaining) }
        remaining -= output.count
        return output
    }

    private mutating func put(_ entry: LogEntry, _ output: inout [UInt8]) {
        if query.timestamps && !isInsideLine {
            output.append(contentsOf: entry.stamp)
            output.append(UInt8(ascii: " "))
        }
        output.append(contentsOf: entry.text)
        if entry.isComplete { output.append(UInt8(ascii: "\n")) }
        isInsideLine = !entry.isComplete
    }

    private mutating func isWanted(_ entry: LogEntry) -> Bool {
        if let stream = query.stream, !entry.stream.elementsEqual(stream.rawValue.utf8) { return false }
        if !isPastSince, let since = query.since, let time = entry.time { isPastSince = time >= since }
        return isPastSince
    }
}
