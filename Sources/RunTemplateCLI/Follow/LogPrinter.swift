import Synchronization

/// Puts the logs of several containers on one stream: bytes as they come while only one has spoken, whole lines with
/// their origin before them from then on.
final class LogPrinter: Sendable {
    private let sink: any TextSink
    private let style: LogStyle
    private let state: Mutex<State>

    /// A part of a line that has not been shown.
    private struct Begun {
        var stamp: String?
        var text: [UInt8] = []
    }

    private struct State {
        var speakers: Set<LogSource> = []
        /// Whose line the stream is in the middle of.
        var unfinished: LogSource?
        /// Parts of lines of the others, or of all where lines are shown whole.
        var pending: [LogSource: Begun] = [:]
        var byteCount = 0
        let filter: CompiledLogFilter
    }

    init(sink: any TextSink, style: LogStyle = LogStyle()) {
        self.sink = sink
        self.style = style
        state = Mutex(State(filter: style.filter.compiled))
    }

    /// How many bytes of logs came so far.
    var byteCount: Int { state.withLock(\.byteCount) }

    /// Writes a piece of a container's log.
    func write(_ piece: LogCursor.Piece, of source: LogSource) {
        state.withLock { state in
            state.byteCount += piece.text.count
            state.speakers.insert(source)
            if !style.isByLine, state.speakers.count == 1 || state.unfinished == source {
                // Nobody else has spoken, or the line that began so goes on where it stands.
                if style.showsTimestamps, let stamp = piece.stamp { sink.text("\(stamp) ") }
                sink.write(piece.text)
                state.unfinished = piece.endsLine ? nil : source
                return
            }
            var begun = state.pending.removeValue(forKey: source) ?? Begun()
            begun.stamp = begun.stamp ?? piece.stamp
            begun.text += piece.text
            if piece.endsLine {
                begun.text.removeLast()
                show(begun, of: source, &state)
            } else {
                state.pending[source] = begun
            }
        }
    }

    /// A container's log is over: what is left of an unfinished line is written.
    func finish(_ source: LogSource) {
        state.withLock { state in
            if let rest = state.pending.removeValue(forKey: source) { show(rest, of: source, &state) }
        }
    }

    private func show(_ line: Begun, of source: LogSource, _ state: inout State) {
        guard
            let bytes = style.line(
                line.text, stamp: line.stamp, of: source, withOrigin: state.speakers.count > 1, filter: state.filter)
        else { return }
        if state.unfinished != nil {
            sink.write([UInt8(ascii: "\n")])
            state.unfinished = nil
        }
        sink.write(bytes[...])
    }
}
