import Synchronization

/// One line at the bottom of a terminal that changes in place, while everything else goes on above it.
///
/// Whatever else is written to the terminal must pass ``sink(_:)``, which takes the line away and puts it back.
final class LiveLine: Sendable {
    private struct State {
        var text = ""
        var isShown = false
        /// Whether somebody's output stands in the middle of a line: ours then waits.
        var isBlocked = false
    }

    private let terminal: any TextSink
    private let width: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - terminal: The stream that the line is written to.
    ///   - width: Columns of the terminal; longer texts are cut.
    init(terminal: any TextSink, width: Int) {
        self.terminal = terminal
        self.width = max(20, width)
    }

    /// Shows a text in place of the one before; an empty one takes the line away.
    func show(_ text: String) {
        state.withLock { state in
            guard text != state.text else { return }
            state.text = text
            redraw(&state)
        }
    }

    /// Takes the line away for good; a log that ended in the middle of a line is ended, so that our words begin one.
    func leave() {
        show("")
        state.withLock { state in
            if state.isBlocked { terminal.text("\n") }
            state.isBlocked = false
        }
    }

    /// A stream to the same terminal.
    func sink(_ base: any TextSink) -> any TextSink { Above(base: base, line: self) }

    private func redraw(_ state: inout State) {
        if state.isShown { terminal.text("\r\u{1B}[K") }
        state.isShown = !state.text.isEmpty && !state.isBlocked
        if state.isShown { terminal.text(String(state.text.prefix(width - 1))) }
    }

    private func write(_ bytes: ArraySlice<UInt8>, to base: any TextSink) {
        state.withLock { state in
            if state.isShown {
                terminal.text("\r\u{1B}[K")
                state.isShown = false
            }
            base.write(bytes)
            state.isBlocked = bytes.last != UInt8(ascii: "\n")
            redraw(&state)
        }
    }

    private struct Above: TextSink {
        let base: any TextSink
        let line: LiveLine

        func write(_ bytes: ArraySlice<UInt8>) { if !bytes.isEmpty { line.write(bytes, to: base) } }
    }
}
