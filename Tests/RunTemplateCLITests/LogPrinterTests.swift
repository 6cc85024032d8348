import Testing

@testable import RunTemplateCLI

/// One log is shown as it is; several are shown line by line with their origins.
struct LogPrinterTests {
    private let first = LogSource(pod: "run-aaaaa", podUID: "1", container: "main", restart: 0)
    private let second = LogSource(pod: "run-bbbbb", podUID: "2", container: "main", restart: 0)

    private func printed(_ pieces: [(LogSource, String)], finishing: [LogSource] = []) -> String {
        let sink = TextBuffer()
        let printer = LogPrinter(sink: sink)
        for (source, text) in pieces {
            printer.write(LogCursor.Piece(text: Array(text.utf8)[...], endsLine: text.hasSuffix("\n")), of: source)
        }
        for source in finishing { printer.finish(source) }
        return sink.text
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

    @Test func anIndexStandsForThePod() {
        var indexed = second
        indexed.index = 3
        #expect(printed([(first, "a\n"), (indexed, "b\n")]) == "a\n#3 main b\n")
    }
}
