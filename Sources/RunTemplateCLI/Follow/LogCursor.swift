import KubeObjects

/// How far a container's log was read, by the times that the server puts before its lines: what makes it possible to go
/// on after a broken connection without losing or repeating a byte.
struct LogCursor {
    /// A part of the log that is to be shown.
    struct Piece: Hashable {
        var text: ArraySlice<UInt8>
        /// Whether the line ends with this piece; the line feed is part of the text.
        var endsLine: Bool
        /// The line's time as the server wrote it, with the first piece of each line.
        var stamp: String?
    }

    /// The time of the last line that was shown, wholly or in part, and as it was written.
    private var lastStamp: (time: Timestamp, text: String)?
    /// How many lines of that time were shown wholly.
    private var shownAtStamp = 0
    /// How many bytes were shown of the line that is not complete.
    private var shownOfLine = 0

    /// Lines of `lastStamp`'s time seen on this connection.
    private var seenAtStamp = 0
    private var line = Line.stamp([])
    /// The time of the line that begins with the next piece.
    private var nextStamp: String?

    private enum Line {
        /// The time is being read.
        case stamp([UInt8])
        /// The content is shown, but for its first bytes.
        case shown(skip: Int)
        /// The content was shown before.
        case skipped
    }

    private static let stampLimit = 40

    /// Where a new connection is to begin; nil for the beginning of the log.
    var resumeTime: String? { lastStamp?.text }

    /// A new connection begins: at or before ``resumeTime``.
    mutating func reconnect() {
        seenAtStamp = 0
        line = .stamp([])
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
        let stamp = begun + rest[..<end]
        let isComplete = end < rest.endIndex
        guard isComplete || stamp.count > Self.stampLimit else {
            line = .stamp(stamp)
            rest = []
            return
        }
        let text = String(decoding: stamp, as: UTF8.self)
        guard isComplete, rest[end] == UInt8(ascii: " "), let time = Timestamp(text) else {
            // No time: a server that knows none, or the rest of a line that the runtime has cut. Shown as it is.
            line = .shown(skip: 0)
            pieces.append(Piece(text: stamp[...], endsLine: false))
            rest = rest[end...]
            return
        }
        rest = rest[(end + 1)...]
        begin(time, text, &pieces)
    }

    private mutating func begin(_ time: Timestamp, _ text: String, _ pieces: inout [Piece]) {
        if let last = lastStamp, time <= last.time {
            if time < last.time {
                line = .skipped
                return
            }
            seenAtStamp += 1
            if seenAtStamp <= shownAtStamp {
                line = .skipped
                return
            }
            if seenAtStamp == shownAtStamp + 1, shownOfLine > 0 {
                line = .shown(skip: shownOfLine)
                return
            }
        } else {
            lastStamp = (time, text)
            (shownAtStamp, seenAtStamp) = (0, 1)
        }
        shownOfLine = 0
        line = .shown(skip: 0)
        nextStamp = text
    }

    private mutating func readContent(_ rest: inout ArraySlice<UInt8>, _ pieces: inout [Piece]) {
        let feed = rest.firstIndex(of: UInt8(ascii: "\n"))
        let end = feed.map { $0 + 1 } ?? rest.endIndex
        var text = rest[..<end]
        rest = rest[end...]
        if case .shown(let skip) = line {
            let dropped = min(skip, text.count)
            text = text.dropFirst(dropped)
            line = .shown(skip: skip - dropped)
            if !text.isEmpty {
                shownOfLine += text.count
                pieces.append(Piece(text: text, endsLine: feed != nil, stamp: nextStamp))
                nextStamp = nil
            }
            if feed != nil {
                shownAtStamp += 1
                shownOfLine = 0
            }
        }
        if feed != nil { line = .stamp([]) }
    }
}
