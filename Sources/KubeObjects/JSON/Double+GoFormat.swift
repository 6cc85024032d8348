extension Double {
    /// The number as Go's `encoding/json` writes a float64: the shortest digits that read back as the same number,
    /// without exponent from 1e-6 up to 1e21, and no `.0`. What JSON cannot express (infinities, NaN) is `null`.
    public var goFormatted: String {
        guard isFinite else { return "null" }
        let (digits, exponent) = shortestDigits
        let sign = self.sign == .minus ? "-" : ""
        let magnitude = self.magnitude
        if magnitude != 0, magnitude < 1e-6 || magnitude >= 1e21 {
            let mantissa = digits.count == 1 ? digits : "\(digits.prefix(1)).\(digits.dropFirst())"
            return "\(sign)\(mantissa)e\(exponent < 0 ? "-" : "+")\(Swift.abs(exponent))"
        }
        if exponent < 0 { return "\(sign)0.\(String(repeating: "0", count: -exponent - 1))\(digits)" }
        let integral = exponent + 1
        if digits.count <= integral { return sign + digits + String(repeating: "0", count: integral - digits.count) }
        return "\(sign)\(digits.prefix(integral)).\(digits.dropFirst(integral))"
    }

    /// The significant digits without leading and trailing zeros, and the power of ten of the first one; `0` and 0
    /// for zero. Swift's own description has the same digits, laid out differently.
    private var shortestDigits: (digits: String, exponent: Int) {
        let parts = magnitude.description.split(separator: "e")
        let mantissa = parts.first ?? "0"
        let point = mantissa.utf8.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
        var exponent = mantissa.utf8.distance(from: mantissa.startIndex, to: point) - 1
        if parts.count > 1 { exponent += Int(parts[1]) ?? 0 }
        var digits = mantissa.filter { $0 != "." }[...]
        while digits.count > 1, digits.first == "0" {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return (String(digits), digits == "0" ? 0 : exponent)
    }
}
