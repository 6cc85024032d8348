extension String {
    /// The text in double quotes with escapes as Go's `%q` prints them, which is how API messages show strings.
    package var quoted: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{07}": result += "\\a"
            case "\u{08}": result += "\\b"
            case "\u{0C}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0B}": result += "\\v"
            default: result += scalar.isPrintable ? String(scalar) : scalar.escaped
            }
        }
        return result + "\""
    }
}

extension Unicode.Scalar {
    /// Letters, marks, numbers, punctuation, symbols, and of the spaces only the ASCII one (Go, `unicode.IsPrint`).
    fileprivate var isPrintable: Bool {
        if isASCII { return value >= 0x20 && value < 0x7F }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }

    fileprivate var escaped: String {
        func hexadecimal(_ width: Int) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        if value < 0x80 { return "\\x" + hexadecimal(2) }
        return value > 0xFFFF ? "\\U" + hexadecimal(8) : "\\u" + hexadecimal(4)
    }
}
