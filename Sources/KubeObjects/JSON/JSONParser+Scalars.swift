extension JSONParser {
    /// A string, from its opening quote. Without escapes it is made from the bytes as they stand.
    mutating func string() throws(JSONError) -> String {
        let start = position + 1
        position = JSONPlainText.end(in: bytes.span, from: start)
        if take(UInt8(ascii: "\"")) { return String(decoding: bytes[start..<position - 1], as: UTF8.self) }
        guard current == UInt8(ascii: "\\") else { throw unexpected("in string literal") }
        return try escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var decoded = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return String(decoding: decoded, as: UTF8.self)
            }
            guard byte >= 0x20 else { throw unexpected("in string literal") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                try escape(into: &decoded)
            } else {
                decoded.append(byte)
            }
        }
        throw unexpected("in string literal")
    }

    /// What follows a backslash.
    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(bytes[position])
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            position += 1
            decoded.append(contentsOf: UTF8.encode(try unicodeEscape()) ?? UTF8.encodedReplacementCharacter)
            return
        default: throw unexpected("in string escape code")
        }
        position += 1
    }

    /// What follows `\u`: a code unit, or two that form a pair. A surrogate without its twin becomes U+FFFD.
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let mark = position
        guard UTF16.isLeadSurrogate(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            position = mark
            return "\u{FFFD}"
        }
        let second = try codeUnit()
        guard UTF16.isTrailSurrogate(second) else {
            position = mark
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(current)).hexDigitValue else {
                throw unexpected(#"in \u hexadecimal character escape"#)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}

extension JSONParser {
    /// A number, from its sign or first digit. Up to 18 digits without fraction or exponent, which is nearly all of
    /// them, are added up on the way.
    mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        let firstDigit = position
        var magnitude: Int64 = 0
        if !take(UInt8(ascii: "0")) {
            guard isDigit(current) else { throw unexpected("in numeric literal") }
            while isDigit(current) {
                magnitude = magnitude &* 10 &+ Int64(bytes[position] - UInt8(ascii: "0"))
                position += 1
            }
        }
        let isIntegral = !(current == UInt8(ascii: ".") || current | 0x20 == UInt8(ascii: "e"))
        if isIntegral, position - firstDigit <= 18 { return .integer(isNegative ? -magnitude : magnitude) }
        try fractionAndExponent()
        return try longNumber(start..<position, isIntegral: isIntegral)
    }

    private mutating func fractionAndExponent() throws(JSONError) {
        if take(UInt8(ascii: ".")) {
            guard isDigit(current) else { throw unexpected("after decimal point in numeric literal") }
            while isDigit(current) { position += 1 }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard isDigit(current) else { throw unexpected("in exponent of numeric literal") }
            while isDigit(current) { position += 1 }
        }
    }

    private func longNumber(_ range: Range<Int>, isIntegral: Bool) throws(JSONError) -> JSONValue {
        let text = String(decoding: bytes[range], as: UTF8.self)
        if isIntegral, let integer = Int64(text) { return .integer(integer) }
        guard let double = Double(text), double.isFinite else {
            throw JSONError(
                "json: cannot unmarshal number \(text) into Go value of type float64", at: range.lowerBound, in: bytes)
        }
        return .double(double)
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
