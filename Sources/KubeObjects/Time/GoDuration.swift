/// A stretch of time as Go writes it, which is how `metav1.Duration`, timeouts and flags do: `1h2m3.5s`.
public enum GoDuration {
    /// A text that is no duration, in Go's words.
    public struct ParseError: Error, Sendable, Hashable, CustomStringConvertible {
        /// The fault, such as `time: missing unit in duration "5"`.
        public var description: String
    }

    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1000), ("µs", 1000), ("μs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// Reads a sign and numbers with units (`ns`, `us`, `µs`, `ms`, `s`, `m`, `h`), each with an optional fraction;
    /// `0` needs no unit. What is finer than a nanosecond is dropped.
    ///
    /// - Throws: ``ParseError`` for anything else and for what 64 bits of nanoseconds, about 292 years, do not hold.
    public static func parse(_ text: String) throws(ParseError) -> Duration {
        var rest = text[...]
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest = rest.dropFirst() }
        if rest == "0" { return .zero }
        guard !rest.isEmpty else { throw invalid(text) }
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = try part(&rest, of: text),
                case let (sum, overflow) = total.addingReportingOverflow(part), !overflow
            else { throw invalid(text) }
            total = sum
        }
        return .nanoseconds(isNegative ? -total : total)
    }

    /// The shortest form, as Go's `Duration.String` prints it: `0s`, `1.5ms`, `1m0s`, `2h0m0.25s`.
    public static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000)
        let magnitude = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        switch magnitude {
        case 0: return "0s"
        case ..<1000: return "\(sign)\(magnitude)ns"
        case ..<1_000_000: return "\(sign)\(decimal(magnitude, per: 1000))µs"
        case ..<1_000_000_000: return "\(sign)\(decimal(magnitude, per: 1_000_000))ms"
        default:
            let minutes = magnitude / 60_000_000_000
            let rest = decimal(magnitude % 60_000_000_000, per: 1_000_000_000) + "s"
            if minutes == 0 { return sign + rest }
            return minutes < 60 ? "\(sign)\(minutes)m\(rest)" : "\(sign)\(minutes / 60)h\(minutes % 60)m\(rest)"
        }
    }

    /// A number with its unit, taken from the front, in nanoseconds; nil if it is no number or too large.
    private static func part(_ rest: inout Substring, of text: String) throws(ParseError) -> Int64? {
        let whole = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(whole.count)
        var fraction = Substring()
        if rest.hasPrefix(".") {
            rest = rest.dropFirst()
            fraction = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        let name = rest.prefix { $0 != "." && !($0.isASCII && $0.isNumber) }
        rest = rest.dropFirst(name.count)
        guard !name.isEmpty else {
            throw ParseError(description: "time: missing unit in duration \(text.debugDescription)")
        }
        guard let unit = units.first(where: { $0.name.utf8.elementsEqual(name.utf8) })?.nanoseconds else {
            let shown = String(name).debugDescription
            throw ParseError(description: "time: unknown unit \(shown) in duration \(text.debugDescription)")
        }
        guard let count = whole.isEmpty ? 0 : Int64(whole) else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow ? nil : product + nanoseconds(fraction: fraction, unit: unit)
    }

    private static func nanoseconds(fraction: Substring, unit: Int64) -> Int64 {
        // 18 digits are finer than a nanosecond of any unit, and 128 bits hold them times an hour.
        let digits = fraction.prefix(18)
        var scale: Int128 = 1
        for _ in digits { scale *= 10 }
        return Int64(Int128(unit) * (Int128(digits) ?? 0) / scale)
    }

    /// A quotient with as many digits after the point as it needs.
    private static func decimal(_ value: UInt128, per unit: UInt128) -> String {
        let fraction = value % unit
        guard fraction > 0 else { return String(value / unit) }
        // The leading one keeps the zeros after the point.
        var digits = String(fraction + unit).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(value / unit).\(digits)"
    }

    private static func invalid(_ text: String) -> ParseError {
        ParseError(description: "time: invalid duration \(text.debugDescription)")
    }
}
