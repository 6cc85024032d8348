import KubeObjects
import Testing

struct GoDurationTests {
    struct FormCase: Sendable, CustomTestStringConvertible {
        var text: String
        var nanoseconds: Int64
        var canonical: String
        var testDescription: String { text }

        init(_ text: String, _ nanoseconds: Int64, _ canonical: String) {
            (self.text, self.nanoseconds, self.canonical) = (text, nanoseconds, canonical)
        }
    }

    static let forms: [FormCase] = [
        FormCase("0", 0, "0s"), FormCase("0s", 0, "0s"), FormCase("5s", 5_000_000_000, "5s"),
        FormCase("-5s", -5_000_000_000, "-5s"), FormCase("+5s", 5_000_000_000, "5s"),
        FormCase("1.5s", 1_500_000_000, "1.5s"), FormCase(".5s", 500_000_000, "500ms"),
        FormCase("5.s", 5_000_000_000, "5s"), FormCase("90s", 90_000_000_000, "1m30s"),
        FormCase("1h2m3.5s", 3_723_500_000_000, "1h2m3.5s"), FormCase("1h", 3_600_000_000_000, "1h0m0s"),
        FormCase("60m", 3_600_000_000_000, "1h0m0s"), FormCase("1m", 60_000_000_000, "1m0s"),
        FormCase("100ms", 100_000_000, "100ms"), FormCase("1.5ms", 1_500_000, "1.5ms"), FormCase("3us", 3000, "3µs"),
        FormCase("3µs", 3000, "3µs"), FormCase("3μs", 3000, "3µs"), FormCase("7ns", 7, "7ns"),
        FormCase("1.05s", 1_050_000_000, "1.05s"), FormCase("0.5h", 1_800_000_000_000, "30m0s"),
        FormCase("0.0000000001s", 0, "0s"), FormCase("1m1ns", 60_000_000_001, "1m0.000000001s"),
        FormCase("2562047h47m16.854775807s", .max, "2562047h47m16.854775807s"),
    ]

    @Test(arguments: forms) func readsAndPrints(_ given: FormCase) throws {
        let duration = try GoDuration.parse(given.text)
        #expect(duration == .nanoseconds(given.nanoseconds))
        #expect(GoDuration.text(duration) == given.canonical)
    }

    struct FaultCase: Sendable, CustomTestStringConvertible {
        var text: String
        var message: String
        var testDescription: String { text }
    }

    static let faults: [FaultCase] = [
        FaultCase(text: "", message: "time: invalid duration \"\""),
        FaultCase(text: "x", message: "time: invalid duration \"x\""),
        FaultCase(text: "-", message: "time: invalid duration \"-\""),
        FaultCase(text: ".s", message: "time: invalid duration \".s\""),
        FaultCase(text: "5", message: "time: missing unit in duration \"5\""),
        FaultCase(text: "1h5", message: "time: missing unit in duration \"1h5\""),
        FaultCase(text: "5d", message: "time: unknown unit \"d\" in duration \"5d\""),
        FaultCase(text: "3000000h", message: "time: invalid duration \"3000000h\""),
        FaultCase(text: "99999999999999999999s", message: "time: invalid duration \"99999999999999999999s\""),
    ]

    @Test(arguments: faults) func faultsHaveGosWords(_ given: FaultCase) {
        let error = #expect(throws: GoDuration.ParseError.self) { try GoDuration.parse(given.text) }
        #expect(error?.description == given.message)
    }
}
