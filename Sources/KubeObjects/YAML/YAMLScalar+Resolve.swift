extension YAMLScalar {
    /// The meaning of a text without quotes and tags.
    static func resolve(_ text: String) -> Meaning {
        // By the first byte, because nearly every scalar is a string that no rule can fit.
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            return words[text] ?? number(text) ?? .string(text)
        default: return (text.utf8.count <= 5 ? words[text] : nil) ?? .string(text)
        }
    }

    private static let words: [String: Meaning] = {
        var words: [String: Meaning] = ["~": .null, "null": .null, "Null": .null, "NULL": .null]
        for word in ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] {
            words[word] = .bool(true)
        }
        for word in ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] {
            words[word] = .bool(false)
        }
        for word in [".inf", ".Inf", ".INF"] {
            words[word] = .float(.infinity)
            words["+\(word)"] = .float(.infinity)
            words["-\(word)"] = .float(-.infinity)
        }
        for word in [".nan", ".NaN", ".NAN"] { words[word] = .float(.nan) }
        return words
    }()

    /// An integer of base 2, 8, 10 or 16, or a decimal float; underscores do not count.
    private static func number(_ text: String) -> Meaning? {
        var bytes = Array(text.utf8)
        if bytes.contains(UInt8(ascii: "_")) {
            guard bytes[0] != UInt8(ascii: ".") || separatesDigits(bytes) else { return nil }
            bytes.removeAll { $0 == UInt8(ascii: "_") }
        }
        let isNegative = bytes.first == UInt8(ascii: "-")
        let isSigned = isNegative || bytes.first == UInt8(ascii: "+")
        if let magnitude = magnitude(bytes.dropFirst(isSigned ? 1 : 0)) {
            if !isNegative, let value = Int64(exactly: magnitude) { return .integer(value) }
            if isNegative, let value = Int64(exactly: -Int128(magnitude)) { return .integer(value) }
            if !isSigned { return .unsigned(magnitude) }
        }
        guard isDecimalFloat(bytes.dropFirst(isSigned ? 1 : 0)) else { return nil }
        guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else { return nil }
        return .float(value)
    }

    /// Whether every underscore stands between two digits.
    private static func separatesDigits(_ bytes: [UInt8]) -> Bool {
        bytes.indices.allSatisfy { index in
            bytes[index] != UInt8(ascii: "_")
                || (index > 0 && isDigit(bytes[index - 1]) && index + 1 < bytes.count && isDigit(bytes[index + 1]))
        }
    }

    /// The digits of an integer with the prefixes of Go's literals, a leading zero meaning octal; nil if they are none
    /// or exceed 64 bits.
    private static func magnitude(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard let first = digits.first, isDigit(first) else { return nil }
        var radix = 10
        var rest = digits
        if first == UInt8(ascii: "0"), digits.count > 1 {
            switch digits[digits.startIndex + 1] | 0x20 {
            case UInt8(ascii: "x"): radix = 16
            case UInt8(ascii: "o"): radix = 8
            case UInt8(ascii: "b"): radix = 2
            default: radix = 0
            }
            rest = digits.dropFirst(radix == 0 ? 1 : 2)
            if radix == 0 { radix = 8 }
        }
        guard let lead = rest.first, lead != UInt8(ascii: "+"), lead != UInt8(ascii: "-") else { return nil }
        return UInt64(String(decoding: rest, as: UTF8.self), radix: radix)
    }

    /// Digits with at most one point and an exponent: `.5`, `5.`, `1e3`.
    private static func isDecimalFloat(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes.drop(while: isDigit)
        var digits = bytes.count - rest.count
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst()
            rest = fraction.drop(while: isDigit)
            digits += fraction.count - rest.count
        }
        guard digits > 0 else { return false }
        guard let mark = rest.first else { return true }
        guard mark | 0x20 == UInt8(ascii: "e") else { return false }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
