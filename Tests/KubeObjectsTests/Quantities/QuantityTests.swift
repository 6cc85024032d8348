import KubeObjects
import Testing

struct QuantityTests {
    struct FormCase: Sendable, CustomTestStringConvertible {
        var text: String
        var canonical: String
        var milli: Int64
        var testDescription: String { text }

        init(_ text: String, _ canonical: String, _ milli: Int64) {
            (self.text, self.canonical, self.milli) = (text, canonical, milli)
        }
    }

    static let forms: [FormCase] = [
        FormCase("0", "0", 0), FormCase("0Mi", "0", 0), FormCase("1", "1", 1000), FormCase("+1", "1", 1000),
        FormCase("-1", "-1", -1000), FormCase("0.5", "500m", 500), FormCase(".5", "500m", 500),
        FormCase("5.", "5", 5000), FormCase("1.5", "1500m", 1500), FormCase("100m", "100m", 100),
        FormCase("1000m", "1", 1000), FormCase("1500m", "1500m", 1500), FormCase("1000", "1k", 1_000_000),
        FormCase("1500", "1500", 1_500_000), FormCase("1k", "1k", 1_000_000), FormCase("0.0001", "100u", 1),
        FormCase("1n", "1n", 1), FormCase("0.1n", "1n", 1), FormCase("-0.1n", "-1n", 0),
        FormCase("1Ki", "1Ki", 1_024_000), FormCase("1023", "1023", 1_023_000),
        FormCase("1024Mi", "1Gi", 1_073_741_824_000), FormCase("1.5Gi", "1536Mi", 1_610_612_736_000),
        FormCase("0.5Ki", "512", 512_000), FormCase("0.5Mi", "512Ki", 524_288_000),
        FormCase("1.1Ki", "1127", 1_126_400),
        FormCase("0.0001Ki", "102400u", 103), FormCase("100Ei", "9223372036854775807", .max),
        FormCase("1E", "1E", .max), FormCase("1e3", "1e3", 1_000_000), FormCase("1e4", "10e3", 10_000_000),
        FormCase("1.5e0", "1500e-3", 1500), FormCase("5e-1", "500e-3", 500), FormCase("1E3", "1e3", 1_000_000),
        FormCase("1e100", "9223372036854775807", .max), FormCase("007", "7", 7000),
        FormCase("123456789012345678901234567890123456789012345678901234567890", "9223372036854775807", .max),
        FormCase("0.000000000000000000000000000000000000000000000000000000001", "1n", 1),
    ]

    @Test(arguments: forms) func hasOneCanonicalForm(_ given: FormCase) throws {
        let quantity = try Quantity(parsing: given.text)
        #expect(quantity.description == given.canonical)
        #expect(quantity.milliValue == given.milli)
        #expect(try Quantity(parsing: quantity.description).description == given.canonical)
    }

    @Test(arguments: ["", "x", "-", ".", "1x", "1K", "1mi", "1e", "1 Gi", " 1", "1Gi2", "1.2.3", "--1", "1e3.5", "Gi"])
    func refusesWhatIsNone(_ text: String) {
        #expect(throws: Quantity.ParseError.self) { try Quantity(parsing: text) }
        #expect(Quantity(text) == nil)
    }

    @Test func faultsHaveTheServersWords() {
        let suffix = #expect(throws: Quantity.ParseError.self) { try Quantity(parsing: "1K") }
        #expect(suffix?.description == "unable to parse quantity's suffix")
        let format = #expect(throws: Quantity.ParseError.self) { try Quantity(parsing: "x") }
        #expect(
            format?.description
                == "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
    }

    @Test func comparesAndAddsAmounts() throws {
        let half = try Quantity(parsing: "500m")
        #expect(half + half == Quantity(1))
        #expect(try Quantity(parsing: "1Gi") - Quantity(parsing: "512Mi") == Quantity(parsing: "0.5Gi"))
        #expect(try (Quantity.zero + Quantity(parsing: "1Gi")).description == "1Gi")
        #expect(try Quantity(parsing: "1Gi") > Quantity(parsing: "1G"))
        #expect(half < Quantity(1))
        #expect(half.value == 1)
        #expect(try Quantity(parsing: "-500m").value == 0)
        #expect(half.double == 0.5)
        #expect(Quantity(milli: 1500).description == "1500m")
    }

    @Test func readsJSONNumbers() {
        #expect(Quantity(json: .integer(2)) == Quantity(2))
        #expect(Quantity(json: .double(0.5))?.description == "500m")
        #expect(Quantity(json: "1Gi")?.value == 1 << 30)
        #expect(Quantity(json: .null) == nil)
    }
}
