import Synchronization

/// Puts the logs of several containers on one stream: bytes as they come while only one has spoken, whole lines with
/// their origin before them from then on.
final class LogPrinter: Sendable {
    private let sink: any TextSink
    private let style: LogStyle
    private let state: Mutex<State>

    /// A part of a line that has not been shown.
    private struct Begun {
        var stamp: ArraySlice<UInt8>?
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

    /// Writes what has come of a container's log, in one piece: a write for each line would cost more than all else.
    func write(_ pieces: [LogCursor.Piece], of source: LogSource) {
        guard !pieces.isEmpty else { return }
        state.withLock { state in
            state.speakers.insert(source)
            var page = page(of: source, state)
            var begun = state.pending.removeValue(forKey: source)
            for piece in pieces {
                state.byteCount += piece.text.count
                if !style.isByLine, page.isAlone || state.unfinished == source {
                    // Nobody else has spoken, or the line that began so goes on where it stands.
                    page.put(piece)
                    state.unfinished = piece.endsLine ? nil : source
                } else if !piece.endsLine {
                    // Taken out, so that it grows in place: a progress bar is one line of any number of pieces.
                    var line = begun.take() ?? Begun()
                    line.stamp = line.stamp ?? piece.stamp
                    line.text += piece.text
                    begun = line
                } else if let earlier = begun.take() {
                    show(earlier.text + piece.text.dropLast(), stamp: earlier.stamp, on: &page, &state)
                } else {
                    show(piece.text.dropLast(), stamp: piece.stamp, on: &page, &state)
                }
            }
            state.pending[source] = begun
            if !page.bytes.isEmpty { sink.write(page.bytes[...]) }
        }
    }

    /// A container's log is over: what is left of an unfinished line is written.
    func finish(_ source: LogSource) {
        state.withLock { state in
            guard let rest = state.pending.removeValue(forKey: source) else { return }
            var page = page(of: source, state)
            show(rest.text[...], stamp: rest.stamp, on: &page, &state)
            sink.write(page.bytes[...])
        }
    }

    private func page(of source: LogSource, _ state: State) -> LogPage {
        LogPage(of: source, style: style, filter: state.filter, isAlone: state.speakers.count == 1)
    }

    private func show(
        _ line: ArraySlice<UInt8>, stamp: ArraySlice<UInt8>?, on page: inout LogPage, _ state: inout State
    ) {
        if page.put(line: line, stamp: stamp, endsOther: state.unfinished != nil) { state.unfinished = nil }
    }
}
