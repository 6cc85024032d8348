/// What of one container's log is written next, put together in the style in which logs are shown.
struct LogPage {
    /// What was put on it so far.
    private(set) var bytes: [UInt8] = []
    /// Whether only this container has spoken yet.
    let isAlone: Bool
    private let source: LogSource
    private let style: LogStyle
    private let filter: CompiledLogFilter
    /// What stands before each whole line.
    private let origin: [UInt8]

    private static let lineFeed = UInt8(ascii: "\n")

    /// - Parameter filter: The style's own, compiled.
    init(of source: LogSource, style: LogStyle, filter: CompiledLogFilter, isAlone: Bool) {
        self.source = source
        self.style = style
        self.filter = filter
        self.isAlone = isAlone
        origin = !isAlone && style.format == .default ? Array(style.origin(of: source).utf8) : []
    }

    /// Adds a piece as it came.
    mutating func put(_ piece: LogCursor.Piece) {
        put(stamp: piece.stamp)
        bytes += piece.text
    }

    /// Adds a whole line, given without its line feed, unless the filter leaves it out.
    /// - Parameter endsOther: Whether a line is ended first that somebody else has begun.
    /// - Returns: whether it was added.
    mutating func put(line: ArraySlice<UInt8>, stamp: ArraySlice<UInt8>?, endsOther: Bool) -> Bool {
        let isPlain = style.format != .json && !style.filter.isActive
        // To make a text of each line costs as much as all else together.
        let content = isPlain ? "" : String(decoding: line, as: UTF8.self)
        guard filter.shows(content) else { return false }
        if endsOther { bytes.append(Self.lineFeed) }
        if style.format == .json {
            bytes += style.json(content, stamp.map { String(decoding: $0, as: UTF8.self) }, source).utf8
        } else {
            bytes += origin
            put(stamp: stamp)
            if style.isColored, let marked = filter.highlighted(content) { bytes += marked.utf8 } else { bytes += line }
        }
        bytes.append(Self.lineFeed)
        return true
    }

    private mutating func put(stamp: ArraySlice<UInt8>?) {
        guard style.showsTimestamps, let stamp else { return }
        bytes += stamp
        bytes.append(UInt8(ascii: " "))
    }
}
