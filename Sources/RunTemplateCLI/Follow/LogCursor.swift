import KubeObjects
import KubeWire

/// How far a container's log was read, by the times that the server puts before its lines: what makes it possible to go
/// on after a broken connection without losing or repeating a byte.
///
/// Times need not rise: a node's clock may be set back, and of two streams one line's time may be taken before the other's
/// and be written after it. So times are compared only to find the last line that was shown, on the connection that
/// follows a broken one; all that comes behind that line is new. If the node has put that line away and its clock was set
/// back, what is new looks like what was shown before: then the log may have a gap, and the cursor knows it.
struct LogCursor {
    /// A part of the log that is to be shown.
    struct Piece: Hashable {
        var text: ArraySlice<UInt8>
        /// Whether the line ends with this piece; the line feed is part of the text.
        var endsLine: Bool
        /// The line's time as the server wrote it, with the first piece of each line.
        var stamp: ArraySlice<UInt8>?
    }

    /// The time of the last line that was shown, wholly or in part.
    private var lastTime: Timestamp?
    /// The latest time of all lines that were shown.
    private var latestTime: Timestamp?
    /// How many lines of the last time were shown wholly since the time before it.
    private var shownAtTime = 0
    /// How many bytes were shown of the line that is not complete.
    private var shownOfLine = 0
    /// How many bytes were shown.
    private(set) var byteCount = 0
    /// How many were shown before this connection.
    private var formerCount = 0

    /// How many lines of the last time are to be seen again before a new one comes.
    private var linesToPass = 0
    /// Whether lines of other times were passed over while the last line was looked for.
    private var hasPassedOthers = false
    /// Whether lines were passed over that were not before the last one.
    private var hasGap = false
    private var line = Line.stamp([])
    /// The time of the line that begins with the next piece, and as it was written.
    private var next: (time: Timestamp, text: ArraySlice<UInt8>)?

    private enum Line {
        /// The time is being read.
        case stamp([UInt8])
        /// The content is shown, but for its first bytes.
        case shown(skip: Int)
        /// The content has no time, and is shown as it is.
        case plain
        /// The content was shown before.
        case skipped
    }

    private static let stampLimit = 40
    /// How much earlier than the last line a new one's time may be: the server leaves out what is before the time that it
    /// is asked for.
    private static let disorder = Duration.seconds(1)

    /// Where the next connection is to begin; nil for the beginning of the log.
    var resumeTime: String? {
        // Behind a connection that brought nothing new the next one is spared all that can be spared: connections that
        // always break after so many bytes would never get any further.
        lastTime.map { (byteCount > formerCount ? $0 + (.zero - Self.disorder) : $0).rfc3339Nano }
    }

    /// Whether lines may be missing in what was shown, now that nothing more comes: the last line was looked for in vain,
    /// and what was passed over meanwhile may have been new.
    var mayHaveGap: Bool { hasGap || (linesToPass > 0 && hasPassedOthers) }

    /// A new connection begins: at or before what was the ``resumeTime`` until now.
    mutating func reconnect() {
        linesToPass = lastTime == nil ? 0 : shownAtTime + (shownOfLine > 0 ? 1 : 0)
        hasPassedOthers = false
        formerCount = byteCount
        line = .stamp([])
        next = nil
    }

    /// Takes what came and returns what is to be shown of it.
    mutating func consume(_ chunk: [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var rest = chunk[...]
        while !rest.isEmpty {
            if case .stamp(let begun) = line {
                readStamp(begun, &rest, &pieces)
            } else {
                readContent(&rest, &pieces)
            }
        }
        return pieces
    }

    private mutating func readStamp(_ begun: [UInt8], _ rest: inout ArraySlice<UInt8>, _ pieces: inout [Piece]) {
        let end = rest.firstIndex { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") } ?? rest.endIndex
        let stamp = begun.isEmpty ? rest[..<end] : begun + rest[..<end]
        let isComplete = end < rest.endIndex
        guard isComplete || stamp.count > Self.stampLimit else {
            line = .stamp(Array(stamp))
            rest = []
            return
        }
        guard isComplete, rest[end] == UInt8(ascii: " "), let time = Timestamp(utf8: stamp) else {
            // No time: a server that knows none, or the rest of a line that the runtime has cut. Shown as it is.
            line = .plain
            if !stamp.isEmpty { pieces.append(Piece(text: stamp, endsLine: false)) }
            rest = rest[end...]
            return
        }
        rest = rest[(end + 1)...]
        begin(time, stamp)
    }

    private mutating func begin(_ time: Timestamp, _ text: ArraySlice<UInt8>) {
        guard !wasShown(time) else { return }
        shownOfLine = 0
        line = .shown(skip: 0)
        next = (time, text)
    }

    /// Whether a line, or its beginning, was shown on an earlier connection.
    private mutating func wasShown(_ time: Timestamp) -> Bool {
        guard linesToPass > 0, let lastTime, let latestTime else { return false }
        guard time <= latestTime else {
            // The last line is not there any more: the node has put that part of the log away, and all that was before it.
            hasGap = mayHaveGap
            linesToPass = 0
            return false
        }
        line = .skipped
        guard time == lastTime else {
            hasPassedOthers = true
            return true
        }
        linesToPass -= 1
        if linesToPass == 0, shownOfLine > 0 { line = .shown(skip: shownOfLine) }
        return true
    }

    private mutating func readContent(_ rest: inout ArraySlice<UInt8>, _ pieces: inout [Piece]) {
        let feed = rest.firstPlace(of: UInt8(ascii: "\n"))
        let end = feed.map { $0 + 1 } ?? rest.endIndex
        var text = rest[..<end]
        rest = rest[end...]
        switch line {
        case .stamp, .skipped: break
        case .plain: pieces.append(Piece(text: text, endsLine: feed != nil))
        case .shown(let skip):
            let dropped = min(skip, text.count)
            text = text.dropFirst(dropped)
            line = .shown(skip: skip - dropped)
            if !text.isEmpty {
                if let next { note(next.time) }
                shownOfLine += text.count
                byteCount += text.count
                pieces.append(Piece(text: text, endsLine: feed != nil, stamp: next?.text))
                next = nil
            }
            if feed != nil {
                shownAtTime += 1
                shownOfLine = 0
            }
        }
        if feed != nil { line = .stamp([]) }
    }

    /// The first bytes of a line of this time are shown.
    private mutating func note(_ time: Timestamp) {
        if time != lastTime { (lastTime, shownAtTime) = (time, 0) }
        latestTime = max(latestTime ?? time, time)
    }
}
