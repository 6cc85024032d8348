import Synchronization

/// Puts the logs of several containers on one stream: bytes as they come while only one has spoken, whole lines with
/// their origin before them from then on.
final class LogPrinter: Sendable {
    private let sink: any TextSink
    private let state = Mutex(State())

    private struct State {
        var speakers: [LogSource: Int] = [:]
        /// Whose line the stream is in the middle of.
        var unfinished: LogSource?
        /// Parts of lines of the others.
        var pending: [LogSource: [UInt8]] = [:]
        var byteCount = 0
    }

    init(sink: any TextSink) { self.sink = sink }

    /// How many bytes of logs came so far.
    var byteCount: Int { state.withLock(\.byteCount) }

    /// Writes a piece of a container's log.
    func write(_ piece: LogCursor.Piece, of source: LogSource) {
        state.withLock { state in
            state.byteCount += piece.text.count
            if state.speakers[source] == nil { state.speakers[source] = state.speakers.count }
            if state.speakers.count == 1 {
                sink.write(piece.text)
                state.unfinished = piece.endsLine ? nil : source
                return
            }
            if state.unfinished == source {
                // The line that began when nobody else spoke goes on where it stands.
                sink.write(piece.text)
                if piece.endsLine { state.unfinished = nil }
                return
            }
            guard piece.endsLine else {
                state.pending[source, default: []] += piece.text
                return
            }
            if state.unfinished != nil {
                sink.write([UInt8(ascii: "\n")])
                state.unfinished = nil
            }
            let line = Array(Self.prefix(source).utf8) + (state.pending.removeValue(forKey: source) ?? []) + piece.text
            sink.write(line[...])
        }
    }

    /// A container's log is over: what is left of an unfinished line is written.
    func finish(_ source: LogSource) {
        state.withLock { state in
            guard let rest = state.pending.removeValue(forKey: source) else { return }
            sink.write((Array(Self.prefix(source).utf8) + rest + [UInt8(ascii: "\n")])[...])
        }
    }

    /// The completion index, or else the part of the pod's name that tells it from the others, and the container.
    private static func prefix(_ source: LogSource) -> String {
        let pod = source.index.map { "#\($0)" } ?? source.pod.split(separator: "-").last.map(String.init) ?? source.pod
        return "\(pod) \(source.container) "
    }
}
