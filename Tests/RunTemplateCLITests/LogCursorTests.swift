import Testing

@testable import RunTemplateCLI

/// A log is shown once and wholly, however the connections to it break.
struct LogCursorTests {
    /// Shows connections one after another; each is what the server sends from the resume time on.
    private func shown(_ connections: [[String]], timestamps: Bool = false) -> String {
        var cursor = LogCursor()
        var text = ""
        for chunks in connections {
            cursor.reconnect()
            for chunk in chunks {
                for piece in cursor.consume(Array(chunk.utf8)) {
                    if timestamps, let stamp = piece.stamp { text += String(decoding: stamp, as: UTF8.self) + " " }
                    text += String(decoding: piece.text, as: UTF8.self)
                }
            }
        }
        return text
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var connections: [[String]]
        var text: String
        var timestamps = false
    }

    private static let one = "2026-01-01T00:00:01.000000001Z one\n"
    private static let two = "2026-01-01T00:00:01.5Z two\n"
    private static let three = "2026-01-01T00:00:02Z three\n"

    @Test(arguments: [
        Case(testDescription: "one connection", connections: [[one + two + three]], text: "one\ntwo\nthree\n"),
        Case(
            testDescription: "the second connection begins anew", connections: [[one + two], [one + two + three]],
            text: "one\ntwo\nthree\n"),
        Case(
            testDescription: "the second connection begins with the last line",
            connections: [[one + two], [two + three]],
            text: "one\ntwo\nthree\n"),
        Case(testDescription: "the second connection has nothing new", connections: [[one], [one], []], text: "one\n"),
        Case(
            testDescription: "a cut in the middle of a line",
            connections: [[one, "2026-01-01T00:00:01.5Z tw"], [one, two, three]], text: "one\ntwo\nthree\n"),
        Case(
            testDescription: "a cut in the middle of a time", connections: [[one, "2026-01-01T00:00"], [one, two]],
            text: "one\ntwo\n"),
        Case(
            testDescription: "a cut before the line feed", connections: [[String(one.dropLast())], [one, two]],
            text: "one\ntwo\n"),
        Case(
            testDescription: "lines of one time",
            connections: [
                ["2026-01-01T00:00:01Z a\n2026-01-01T00:00:01Z b\n"],
                ["2026-01-01T00:00:01Z a\n2026-01-01T00:00:01Z b\n2026-01-01T00:00:01Z c\n"],
            ], text: "a\nb\nc\n"),
        Case(
            testDescription: "equal lines of one time are all shown",
            connections: [["2026-01-01T00:00:01Z a\n2026-01-01T00:00:01Z a\n"]], text: "a\na\n"),
        Case(
            testDescription: "equal times in other zones",
            connections: [["2026-01-01T01:00:01+01:00 a\n"], ["2026-01-01T00:00:01.000Z a\n2026-01-01T00:00:02Z b\n"]],
            text: "a\nb\n"),
        Case(testDescription: "empty lines", connections: [["2026-01-01T00:00:01Z \n" + three]], text: "\nthree\n"),
        Case(
            testDescription: "a server without times", connections: [["plain text\nwithout times\n"]],
            text: "plain text\nwithout times\n"),
        Case(
            testDescription: "a line that begins with a long word", connections: [[String(repeating: "x", count: 90)]],
            text: String(repeating: "x", count: 90)),
        Case(
            testDescription: "a clock that is set back, on one connection", connections: [[three + one + two]],
            text: "three\none\ntwo\n"),
        Case(
            testDescription: "a clock that is set back, and a cut behind it",
            connections: [[three + one], [three + one + two]], text: "three\none\ntwo\n"),
        Case(
            testDescription: "a clock that is set back, and a cut in the line behind it",
            connections: [[three + one + String(two.dropLast(2))], [three + one + two]], text: "three\none\ntwo\n"),
        Case(
            testDescription: "a clock that is set back behind a cut", connections: [[two], [two + one + three]],
            text: "two\none\nthree\n"),
        Case(
            testDescription: "two cuts behind a clock that is set back",
            connections: [[three + one], [three + one + two], [three + one + two + three]],
            text: "three\none\ntwo\nthree\n"),
        Case(
            testDescription: "the node has put the last line away", connections: [[one + two], [three]],
            text: "one\ntwo\nthree\n"),
        Case(
            testDescription: "a cut behind a time", connections: [[one, "2026-01-01T00:00:01.5Z "], [one + two]],
            text: "one\ntwo\n"),
        Case(
            testDescription: "a line without a time counts for none",
            connections: [[one + "plain\n"], [one + "2026-01-01T00:00:01.000000001Z too\n"]],
            text: "one\nplain\ntoo\n"),
        Case(
            testDescription: "times are shown if wanted", connections: [[one], [one + two]], text: one + two,
            timestamps: true),
    ])
    func theLogIsShownOnce(_ test: Case) {
        #expect(shown(test.connections, timestamps: test.timestamps) == test.text)
    }

    struct Rotation: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var connections: [String]
        var mayHaveGap: Bool
    }

    @Test(
        "lines that are passed over in search of one that is gone are no secret",
        arguments: [
            Rotation(
                testDescription: "the last line is there", connections: [one + two, one + two + one], mayHaveGap: false),
            Rotation(
                testDescription: "the last line is put away", connections: [one + two, three], mayHaveGap: false),
            Rotation(
                testDescription: "the last line is put away, and the clock set back", connections: [three, one + two],
                mayHaveGap: true),
            Rotation(
                testDescription: "the clock is set back and passes the last line later",
                connections: [two, one + three, three], mayHaveGap: true),
            Rotation(
                testDescription: "the clock is set back behind what is left of lines of one time",
                connections: [three + three, three + one], mayHaveGap: true),
            Rotation(
                testDescription: "some lines of one time are put away", connections: [two + two, two + three],
                mayHaveGap: false),
            Rotation(
                testDescription: "a connection breaks before the last line, and the next does not",
                connections: [one + two, one, one + two + three], mayHaveGap: false),
        ])
    func aGapIsKnown(_ test: Rotation) {
        var cursor = LogCursor()
        for connection in test.connections {
            cursor.reconnect()
            _ = cursor.consume(Array(connection.utf8))
        }
        #expect(cursor.mayHaveGap == test.mayHaveGap)
    }

    /// The order of the times of a log's lines.
    enum Order: CaseIterable, Sendable { case rising, disturbed }

    /// Cuts the log anywhere, as often as can be, goes on from the resume time as a server does, and compares.
    @Test(arguments: 0..<40, Order.allCases)
    func anyCutsGiveTheSameText(_ seed: Int, _ order: Order) {
        var random = SeededNumbers(seed: UInt64(seed))
        let lines = (0..<60).map { number in
            // Some lines have one time; disturbed, some have one that is up to a second before that of the line above.
            let tick = order == .rising ? number / 3 : number - Int.random(in: 0...6, using: &random)
            let (second, part) = (10 + (tick + 7) / 7, 100 + (tick + 7) * 120 % 840 + (order == .rising ? 0 : number))
            let text = String(repeating: "abc ", count: Int.random(in: 0...6, using: &random)) + "\(number)"
            return (time: "2026-01-01T00:00:\(second).\(part)Z", text: text)
        }
        let expected = lines.map { $0.text + "\n" }.joined()
        var cursor = LogCursor()
        var shown: [UInt8] = []
        var rounds = 0
        while shown.count < expected.utf8.count, rounds < 10_000 {
            rounds += 1
            // The server goes back to the beginning of the second, as times in requests have no fractions.
            let from = cursor.resumeTime.map { String($0.prefix(19)) } ?? ""
            cursor.reconnect()
            func sent(_ lines: some Sequence<(time: String, text: String)>) -> [UInt8] {
                Array(lines.filter { $0.time >= from }.map { "\($0.time) \($0.text)\n" }.joined().utf8)
            }
            // Of disturbed lines one is left out if its second is asked for too late, which is so behind a connection that
            // broke before it came to what is new.
            let old = sent(lines.prefix(shown.count { $0 == UInt8(ascii: "\n") } + 1)).count
            let log = sent(lines)
            let cut = Int.random(in: (order == .rising ? 0 : min(old, log.count))...log.count, using: &random)
            var position = 0
            while position < cut {
                let end = min(cut, position + Int.random(in: 1...50, using: &random))
                for piece in cursor.consume(Array(log[position..<end])) { shown += piece.text }
                position = end
            }
        }
        #expect(String(decoding: shown, as: UTF8.self) == expected)
    }

    @Test(arguments: [2, 3, 40])
    func connectionsThatAllBreakSoonGetOnAllTheSame(_ length: Int) {
        let lines = (100..<200).map { (time: "2026-01-01T00:00:01.\($0)000000Z", text: "\($0)\n") }
        var cursor = LogCursor()
        var shown = ""
        for _ in 0..<300 {
            let from = cursor.resumeTime ?? ""
            cursor.reconnect()
            for line in lines.filter({ $0.time >= from }).prefix(length) {
                for piece in cursor.consume(Array("\(line.time) \(line.text)".utf8)) {
                    shown += String(decoding: piece.text, as: UTF8.self)
                }
            }
        }
        #expect(shown == lines.map(\.text).joined())
    }
}

/// Random numbers that are the same each time.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
