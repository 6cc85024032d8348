import Foundation
import KubeObjects
import Testing

struct TimestampTests {
    struct FormCase: Sendable, CustomTestStringConvertible {
        var text: String
        var seconds: Int64
        var nanoseconds: Int32 = 0
        var testDescription: String { text }
    }

    static let forms: [FormCase] = [
        FormCase(text: "1970-01-01T00:00:00Z", seconds: 0),
        FormCase(text: "2026-11-21T06:20:49Z", seconds: 1_795_242_049),
        FormCase(text: "2026-11-21t06:20:49z", seconds: 1_795_242_049),
        FormCase(text: "2026-11-21T08:20:49+02:00", seconds: 1_795_242_049),
        FormCase(text: "2026-11-21T00:50:49-05:30", seconds: 1_795_242_049),
        FormCase(text: "1969-12-31T23:59:59Z", seconds: -1),
        FormCase(text: "2000-02-29T12:00:00Z", seconds: 951_825_600),
        FormCase(text: "0001-01-01T00:00:00Z", seconds: -62_135_596_800),
        FormCase(text: "9999-12-31T23:59:59Z", seconds: 253_402_300_799),
        FormCase(text: "1970-01-01T00:00:00.5Z", seconds: 0, nanoseconds: 500_000_000),
        FormCase(text: "1970-01-01T00:00:00.123456789Z", seconds: 0, nanoseconds: 123_456_789),
        FormCase(text: "1970-01-01T00:00:00.1234567891Z", seconds: 0, nanoseconds: 123_456_789),
    ]

    @Test(arguments: forms) func reads(_ given: FormCase) {
        #expect(Timestamp(given.text) == Timestamp(seconds: given.seconds, nanoseconds: given.nanoseconds))
    }

    @Test(arguments: [Int64.min, -1 << 40, 1 << 40, .max]) func staysWithinTheYearsThatCanBeWritten(_ seconds: Int64) {
        let moment = Timestamp(seconds: 1_795_242_049, nanoseconds: 1) + .seconds(seconds)
        let end = seconds > 0 ? "9999-12-31T23:59:59Z" : "0000-01-01T00:00:00Z"
        #expect(moment.rfc3339 == end)
        #expect(Timestamp(end) == moment)
        #expect(Timestamp(seconds: .max) - Timestamp(seconds: .min) > .seconds(Int64.max))
    }

    @Test(arguments: [
        "", "2026", "2026-11-21", "2026-11-21T06:20:49", "2026-11-21 06:20:49Z", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T06:60:00Z", "2026-11-21T06:20:49.Z",
        "2026-11-21T06:20:49Zx", "26-11-21T06:20:49Z", "2026-11-21T06:20:49+2:00", "2026-1-2T06:20:49Z",
    ])
    func refusesWhatIsNone(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func printsWholeSecondsMicrosAndNanos() {
        let moment = Timestamp(seconds: 1_795_242_049, nanoseconds: 120_345_678)
        #expect(moment.rfc3339 == "2026-11-21T06:20:49Z")
        #expect(moment.rfc3339Micro == "2026-11-21T06:20:49.120345Z")
        #expect(moment.rfc3339Nano == "2026-11-21T06:20:49.120345678Z")
    }

    @Test func agreesWithFoundation() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let moment = Timestamp(seconds: Int64.random(in: -62_135_596_800...253_402_300_799, using: &random))
            #expect(Timestamp(moment.rfc3339) == moment)
            // Foundation switches to the Julian calendar in 1582.
            guard moment.seconds > -12_000_000_000 else { continue }
            #expect(moment.rfc3339 == Date(timeIntervalSince1970: Double(moment.seconds)).formatted(.iso8601))
        }
    }

    @Test func adds() {
        let moment = Timestamp(seconds: 10, nanoseconds: 900_000_000)
        #expect(moment + .milliseconds(200) == Timestamp(seconds: 11, nanoseconds: 100_000_000))
        #expect(moment + .milliseconds(-950) == Timestamp(seconds: 9, nanoseconds: 950_000_000))
        #expect(Timestamp(seconds: 12) - moment == .milliseconds(1100))
        #expect(moment.wholeSeconds == Timestamp(seconds: 10))
    }
}
