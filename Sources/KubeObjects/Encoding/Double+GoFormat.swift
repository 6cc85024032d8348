extension Double {
    /// The number as Go's `encoding/json` writes a float64: the shortest digits that read back as the same number,
    /// without exponent from 1e-6 up to 1e21, and no `.0`. What JSON cannot express (infinities, NaN) is `null`.
    public var goFormatted: String {
        guard isFinite else { return "null" }
        let digits = magnitude.shortestDigits
        let sign = self.sign == .minus ? "-" : ""
        if magnitude != 0, magnitude < 1e-6 || magnitude >= 1e21 {
            let mantissa = digits.text.count == 1 ? digits.text : "\(digits.text.prefix(1)).\(digits.text.dropFirst())"
            return "\(sign)\(mantissa)e\(digits.exponent < 0 ? "-" : "+")\(Swift.abs(digits.exponent))"
        }
        return sign + positional(digits)
    }

    /// The number as Go's `%v` and its YAML print a float64: the shortest digits, with an exponent below 1e-4 and from
    /// 1e+06 on.
    public var goShortest: String { shortest(magnitude.shortestDigits, isNegative: sign == .minus) }
}

extension Float {
    /// The number as Go's YAML writes a float that is the name of a member: in single precision.
    var goShortest: String { shortest(magnitude.shortestDigits, isNegative: sign == .minus) }
}

private typealias Digits = (text: String, exponent: Int)

/// Lays digits out as Go's `strconv.FormatFloat(x, 'g', -1)` does.
private func shortest(_ digits: Digits, isNegative: Bool) -> String {
    let sign = isNegative ? "-" : ""
    if digits.exponent < -4 || digits.exponent >= 6 {
        let mantissa = digits.text.count == 1 ? digits.text : "\(digits.text.prefix(1)).\(digits.text.dropFirst())"
        let power = Swift.abs(digits.exponent)
        return "\(sign)\(mantissa)e\(digits.exponent < 0 ? "-" : "+")\(power < 10 ? "0" : "")\(power)"
    }
    return sign + positional(digits)
}

/// Lays digits out without an exponent.
private func positional(_ digits: Digits) -> String {
    if digits.exponent < 0 { return "0.\(String(repeating: "0", count: -digits.exponent - 1))\(digits.text)" }
    let integral = digits.exponent + 1
    if digits.text.count <= integral {
        return digits.text + String(repeating: "0", count: integral - digits.text.count)
    }
    return "\(digits.text.prefix(integral)).\(digits.text.dropFirst(integral))"
}

extension CustomStringConvertible where Self: BinaryFloatingPoint {
    /// The significant digits without leading and trailing zeros, and the power of ten of the first one; `0` and 0
    /// for zero. Swift's own description of a number without a sign has the same digits, laid out differently.
    fileprivate var shortestDigits: Digits {
        let parts = description.split(separator: "e")
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
