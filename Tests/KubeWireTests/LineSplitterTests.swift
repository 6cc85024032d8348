import KubeWire
import Testing

struct LineSplitterTests {
    private func lines(_ chunks: [String]) -> (lines: [String], rest: String?) {
        var splitter = LineSplitter()
        var lines: [String] = []
        for chunk in chunks {
            lines += splitter.append(Array(chunk.utf8)).map { String(decoding: $0, as: UTF8.self) }
        }
        return (lines, splitter.finish().map { String(decoding: $0, as: UTF8.self) })
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var chunks: [String]
        var lines: [String]
        var rest: String?
    }

    @Test(arguments: [
        Case(testDescription: "nothing", chunks: [], lines: []),
        Case(testDescription: "one line in one chunk", chunks: ["a\n"], lines: ["a"]),
        Case(testDescription: "several lines in one chunk", chunks: ["a\nb\n\nc"], lines: ["a", "b", ""], rest: "c"),
        Case(testDescription: "a line over several chunks", chunks: ["a", "b", "c\nd"], lines: ["abc"], rest: "d"),
        Case(testDescription: "the line feed alone", chunks: ["ab", "\n", "\n"], lines: ["ab", ""]),
        Case(testDescription: "empty chunks", chunks: ["", "a", "", "\n"], lines: ["a"]),
        Case(testDescription: "carriage returns stay", chunks: ["a\r\n"], lines: ["a\r"]),
    ])
    func linesAreWhatStandsBetweenLineFeeds(_ test: Case) {
        let result = lines(test.chunks)
        #expect(result.lines == test.lines)
        #expect(result.rest == test.rest)
    }

    @Test func howATextIsCutIntoChunksDoesNotMatter() {
        let text = "first\nsecond line\n\nlast without end"
        let whole = lines([text])
        for size in 1..<text.utf8.count {
            let bytes = Array(text.utf8)
            let chunks = stride(from: 0, to: bytes.count, by: size).map {
                String(decoding: bytes[$0..<min($0 + size, bytes.count)], as: UTF8.self)
            }
            #expect(lines(chunks) == whole)
        }
    }

    @Test func pendingBytesAreCounted() {
        var splitter = LineSplitter()
        _ = splitter.append(Array("abc\nde".utf8))
        #expect(splitter.pendingCount == 2)
        _ = splitter.finish()
        #expect(splitter.pendingCount == 0)
    }
}
