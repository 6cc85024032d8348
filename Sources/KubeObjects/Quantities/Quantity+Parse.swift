extension Quantity {
    /// A text that is no quantity, in the API server's words.
    public struct ParseError: Error, Sendable, Hashable, CustomStringConvertible {
        /// The fault.
        public var description: String

        static let format = ParseError(
            description:
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
        static let suffix = ParseError(description: "unable to parse quantity's suffix")
    }

    /// Reads a sign, a decimal number and a suffix: `0.5`, `1Gi`, `100m`, `12e3`.
    ///
    /// - Throws: ``ParseError`` for anything else.
    public init(parsing text: String) throws(ParseError) {
        var reader = QuantityReader(rest: Array(text.utf8)[...])
        self = try reader.read()
    }

    /// Reads a quantity; nil if it is none.
    public init?(_ text: String) {
        guard let quantity = try? Quantity(parsing: text) else { return nil }
        self = quantity
    }

    /// Reads a quantity as it stands in an object: a string or a number; nil if it is none.
    public init?(json: JSONValue) {
        switch json {
        case .string(let text): self.init(text)
        case .integer(let value): self.init(value)
        case .double(let value): self.init(value.goFormatted)
        default: return nil
        }
    }
}

private struct QuantityReader {
    var rest: ArraySlice<UInt8>

    /// How many significant digits 128 bits hold.
    private static let maximumDigits = 38

    mutating func read() throws(Quantity.ParseError) -> Quantity {
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = digits()
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = digits()
        }
        guard !whole.isEmpty || !fraction.isEmpty else { throw .format }
        let (format, base, power) = try suffix()
        let nanos = Self.nanos(whole: whole, fraction: fraction, base: base, power: power)
        // An amount below one has nothing for a binary suffix to say.
        let isSmall = nanos > 0 && nanos < Quantity.nanosPerUnit
        return Quantity(
            nanos: isNegative ? -nanos : nanos, format: format == .binarySI && isSmall ? .decimalSI : format)
    }

    private mutating func digits() -> ArraySlice<UInt8> {
        let digits = rest.prefix { $0 &- UInt8(ascii: "0") < 10 }
        rest = rest.dropFirst(digits.count)
        return digits
    }

    private func suffix() throws(Quantity.ParseError) -> (Quantity.Format, base: Int128, power: Int) {
        let letters = rest.prefix { "eEinumkKMGTP".utf8.contains($0) }
        let number = rest.dropFirst(letters.count)
        let sign = number.first == UInt8(ascii: "-") || number.first == UInt8(ascii: "+") ? 1 : 0
        guard number.dropFirst(sign).allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { throw .format }
        let text = String(decoding: rest, as: UTF8.self)
        if let index = Quantity.decimalSuffixes.firstIndex(of: text) { return (.decimalSI, 10, index * 3 - 9) }
        if let index = Quantity.binarySuffixes.firstIndex(of: text) { return (.binarySI, 1024, index) }
        guard letters.count == 1, letters.first.map({ $0 | 0x20 }) == UInt8(ascii: "e"),
            let power = Int(String(decoding: number, as: UTF8.self))
        else { throw .suffix }
        return (.decimalExponent, 10, min(max(power, -100), 100))
    }

    /// The amount without its sign, rounded up to a billionth, or more than the largest amount if it exceeds that.
    private static func nanos(
        whole: ArraySlice<UInt8>, fraction: ArraySlice<UInt8>, base: Int128, power: Int
    ) -> Int128 {
        let whole = whole.drop { $0 == UInt8(ascii: "0") }
        guard whole.count <= maximumDigits else { return .max / 16 }
        var kept = fraction.prefix(maximumDigits - whole.count)
        while kept.last == UInt8(ascii: "0") { kept = kept.dropLast() }
        let isCut = fraction.dropFirst(kept.count).contains { $0 != UInt8(ascii: "0") }
        // The leading zero makes a number of no digits at all.
        guard var amount = Int128("0" + String(decoding: whole + kept, as: UTF8.self)) else { return .max / 16 }
        var tens = 9 - kept.count
        if base == 10 { tens += power } else { amount = scaled(amount, by: base, times: power) }
        if tens >= 0 { return scaled(amount, by: 10, times: tens) + (isCut ? 1 : 0) }
        for _ in 0..<(-tens) where amount > 0 { amount = amount / 10 + (amount % 10 > 0 ? 1 : 0) }
        return amount
    }

    /// A product of many factors; the largest number if it exceeds that.
    private static func scaled(_ amount: Int128, by factor: Int128, times: Int) -> Int128 {
        var product = amount
        for _ in 0..<times {
            let (next, overflow) = product.multipliedReportingOverflow(by: factor)
            if overflow { return .max / 16 }
            product = next
        }
        return product
    }
}
