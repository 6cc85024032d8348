import Synchronization
import Testing

@testable import RunTemplateCLI

/// One log is shown as it is; several are shown line by line with their origins.
struct LogPrinterTests {
    private let first = LogSource(pod: "run-aaaaa", podUID: "1", container: "main", restart: 0)
    private let second = LogSource(pod: "run-bbbbb", podUID: "2", container: "main", restart: 0)

    private func printed(
        _ pieces: [(LogSource, String)], finishing: [LogSource] = [], style: LogStyle = LogStyle()
    ) -> String {
        let sink = TextBuffer()
        let printer = LogPrinter(sink: sink, style: style)
        for (source, text) in pieces {
            let (bytes, stamp) = (Array(text.utf8), Array("T".utf8))
            printer.write(
                [LogCursor.Piece(text: bytes[...], endsLine: text.hasSuffix("\n"), stamp: stamp[...])], of: source)
        }
        for source in finishing { printer.finish(source) }
        return sink.text
    }

    private static func pieces(_ texts: String..., stamp: String? = nil) -> [LogCursor.Piece] {
        texts.map {
            LogCursor.Piece(
                text: Array($0.utf8)[...], endsLine: $0.hasSuffix("\n"), stamp: stamp.map { Array($0.utf8)[...] })
        }
    }

    @Test func oneLogIsShownAsItIs() {
        #expect(printed([(first, "a\n"), (first, "b"), (first, "c\n"), (first, "end")]) == "a\nbc\nend")
    }

    @Test func fromTheSecondSpeakerOnLinesHaveOrigins() {
        #expect(
            printed([(first, "a\n"), (second, "b\n"), (first, "c\n")]) == "a\nbbbbb main b\naaaaa main c\n")
    }

    @Test func linesAreNeverMixed() {
        #expect(
            printed([(first, "a\n"), (second, "b"), (first, "c\n"), (second, "d\n")])
                == "a\naaaaa main c\nbbbbb main bd\n")
    }

    @Test func aLineThatWasBegunAloneIsEndedFirst() {
        #expect(printed([(first, "a"), (second, "b\n"), (first, "c\n")]) == "a\nbbbbb main b\naaaaa main c\n")
    }

    @Test func theRestOfALineIsShownAtTheEnd() {
        #expect(printed([(first, "a\n"), (second, "b")], finishing: [second]) == "a\nbbbbb main b\n")
    }

    @Test func whatComesAtOnceIsWrittenAtOnce() {
        let sink = WriteCounter()
        let printer = LogPrinter(sink: sink)
        printer.write(Self.pieces("a\n", "b\n", "c"), of: first)
        printer.write(Self.pieces("x\n", "y\n", "z"), of: second)
        printer.write(Self.pieces("1\n", "2\n"), of: first)
        printer.write([], of: first)
        printer.finish(second)
        #expect(
            sink.writes == [
                "a\nb\nc", "\nbbbbb main x\nbbbbb main y\n", "aaaaa main 1\naaaaa main 2\n", "bbbbb main z\n",
            ])
    }

    @Test func aLineThatWasBegunAloneGoesOnInPlaceBeforeWholeLines() {
        let sink = WriteCounter()
        let printer = LogPrinter(sink: sink)
        printer.write(Self.pieces("a"), of: first)
        printer.write(Self.pieces("x"), of: second)
        printer.write(Self.pieces("b\n", "c\n", "d"), of: first)
        printer.write(Self.pieces("y\n", "z"), of: second)
        printer.write(Self.pieces("e\n"), of: first)
        printer.finish(first)
        printer.finish(second)
        #expect(
            sink.writes == [
                "a", "b\naaaaa main c\n", "bbbbb main xy\n", "aaaaa main de\n", "bbbbb main z\n",
            ])
    }

    /// A progress bar is one line of many pieces, which others speak between.
    @Test(arguments: [LogStyle.Format.json, .default])
    func aLineOfManyPiecesIsShownOnce(_ format: LogStyle.Format) {
        let sink = WriteCounter()
        let printer = LogPrinter(sink: sink, style: LogStyle(format: format))
        printer.write(Self.pieces("-\n"), of: first)
        printer.write(Self.pieces("-\n"), of: second)
        let count = 2_000
        for number in 0..<count {
            for source in [first, second] { printer.write(Self.pieces("\(number) ", stamp: "T\(number)"), of: source) }
        }
        printer.write(Self.pieces("end\n", "next\n", stamp: "E"), of: first)
        printer.finish(second)
        let bar = (0..<count).map { "\($0) " }.joined()
        let (ended, left) = (bar + "end", bar)
        let lines =
            switch format {
            case .json:
                [
                    #"{"time":"T0","pod":"run-aaaaa","container":"main","message":"\#(ended)"}"# + "\n"
                        + #"{"time":"E","pod":"run-aaaaa","container":"main","message":"next"}"# + "\n",
                    #"{"time":"T0","pod":"run-bbbbb","container":"main","message":"\#(left)"}"# + "\n",
                ]
            default: ["aaaaa main \(ended)\naaaaa main next\n", "bbbbb main \(left)\n"]
            }
        #expect(Array(sink.writes.dropFirst(2)) == lines)
    }

    @Test func rawLinesNeverHaveOrigins() {
        #expect(
            printed([(first, "a\n"), (second, "b\n"), (first, "c\n")], style: LogStyle(format: .raw)) == "a\nb\nc\n")
    }

    @Test func timesStandBeforeLines() {
        #expect(
            printed([(first, "a\n"), (second, "b\n")], style: LogStyle(showsTimestamps: true))
                == "T a\nbbbbb main T b\n")
    }

    @Test func jsonLinesSayEverything() {
        var restarted = second
        (restarted.index, restarted.restart) = (3, 1)
        #expect(
            printed([(first, "a \"b\"\n"), (restarted, "c\n")], style: LogStyle(format: .json)) == """
                {"time":"T","pod":"run-aaaaa","container":"main","message":"a \\"b\\""}
                {"time":"T","pod":"run-bbbbb","container":"main","index":3,"restart":1,"message":"c"}

                """)
    }

    @Test func coloursTellPodsApart() {
        let text = printed([(first, "a\n"), (second, "b\n"), (first, "c\n")], style: LogStyle(isColored: true))
        #expect(text.hasPrefix("a\n\u{1B}["))
        #expect(text.hasSuffix("main\u{1B}[0m c\n"))
        #expect(!text.contains("\u{1B}[31m"))
    }

    @Test(arguments: [
        (["b"], [], "abc\nb\n"), ([], ["^a"], "b\nd\n"), (["b"], ["c$"], "b\n"), (["x"], [], ""),
        (["b", "d"], [], "abc\nb\nd\n"),
    ])
    func linesArePicked(_ include: [String], _ exclude: [String], _ expected: String) {
        let filter = LogFilter(
            include: include.compactMap { LogFilter.Expression($0) },
            exclude: exclude.compactMap { LogFilter.Expression($0) })
        #expect(
            printed([(first, "ab"), (first, "c\n"), (first, "b\n"), (first, "d\n")], style: LogStyle(filter: filter))
                == expected)
    }

    @Test func whatIsHighlightedIsReversed() throws {
        let filter = LogFilter(highlight: [try #require(LogFilter.Expression("o+"))])
        #expect(
            printed([(first, "foo do\n")], style: LogStyle(isColored: true, filter: filter))
                == "f\u{1B}[7moo\u{1B}[0m d\u{1B}[7mo\u{1B}[0m\n")
        #expect(printed([(first, "foo do\n")], style: LogStyle(filter: filter)) == "foo do\n")
    }

    @Test func anIndexStandsForThePod() {
        var indexed = second
        indexed.index = 3
        #expect(printed([(first, "a\n"), (indexed, "b\n")]) == "a\n#3 main b\n")
    }
}

/// Keeps each write apart.
private final class WriteCounter: TextSink {
    private let texts = Mutex<[String]>([])

    var writes: [String] { texts.withLock { $0 } }

    func write(_ bytes: ArraySlice<UInt8>) {
        texts.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
    }
}
