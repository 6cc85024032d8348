/// `'%s is %d'.format([a, b])` (cel-go, string extension).
enum CELFormat {
    static func format(_ format: String, _ arguments: [CELValue]) throws(CELRuntimeError) -> String {
        var result = ""
        var rest = format.unicodeScalars[...]
        var next = 0
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            var precision: Int?
            if rest.first == "." {
                rest.removeFirst()
                let digits = rest.prefix { ("0"..."9").contains($0) }
                precision = Int(String(digits))
                rest = rest.dropFirst(digits.count)
            }
            guard let verb = rest.popFirst() else {
                throw CELRuntimeError(message: "could not parse formatting clause: unexpected end of string")
            }
            if verb == "%" {
                result += "%"
                continue
            }
            guard arguments.indices.contains(next) else {
                throw CELRuntimeError(message: "index \(next) out of range")
            }
            result += try clause(verb, precision, arguments[next])
            next += 1
        }
        return result
    }

    private static func clause(_ verb: Unicode.Scalar, _ precision: Int?, _ value: CELValue) throws(CELRuntimeError)
        -> String
    {
        switch (verb, value) {
        case ("s", _): return try text(of: value)
        case ("d", .int(let number)): return String(number)
        case ("d", .uint(let number)): return String(number)
        case ("f", _):
            if let number = value.number { return fixed(number, min(precision ?? 6, 100)) }
        case ("e", _):
            if let number = value.number { return scientific(number, min(precision ?? 6, 100)) }
        case ("b", .int(let number)): return String(number, radix: 2)
        case ("b", .uint(let number)): return String(number, radix: 2)
        case ("b", .bool(let bool)): return bool ? "1" : "0"
        case ("o", .int(let number)): return String(number, radix: 8)
        case ("o", .uint(let number)): return String(number, radix: 8)
        case ("x", _), ("X", _):
            if let text = hexadecimal(value) { return verb == "X" ? text.uppercased() : text }
        default:
            guard "sdfeboxX".unicodeScalars.contains(verb) else {
                throw CELRuntimeError(
                    message: "could not parse formatting clause: unrecognized formatting clause \"\(verb)\"")
            }
        }
        throw CELRuntimeError(
            message: "error during formatting: \(words(for: verb)) can only be used on "
                + "\(expected(by: verb)), was given \(value.typeName)")
    }

    private static func words(for verb: Unicode.Scalar) -> String {
        switch verb {
        case "d": "decimal clause"
        case "f": "fixed-point clause"
        case "e": "scientific clause"
        case "b": "binary clause"
        case "o": "octal clause"
        default: "hex clause"
        }
    }

    private static func expected(by verb: Unicode.Scalar) -> String {
        switch verb {
        case "d", "o": "integers"
        case "f", "e": "doubles"
        case "b": "integers and bools"
        default: "integers, byte buffers, and strings"
        }
    }

    private static func hexadecimal(_ value: CELValue) -> String? {
        func digits(_ bytes: some Sequence<UInt8>) -> String {
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        switch value {
        case .int(let number): return String(number, radix: 16)
        case .uint(let number): return String(number, radix: 16)
        case .string(let text): return digits(text.utf8)
        case .bytes(let bytes): return digits(bytes)
        default: return nil
        }
    }

    /// The value as `%s` prints it, lists and maps included.
    static func text(of value: CELValue) throws(CELRuntimeError) -> String {
        switch value {
        case .null: return "null"
        case .string(let text): return text
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .bool, .int, .uint, .double: return value.keyText
        case .type(let name): return name
        case .timestamp(let time): return CELTimes.text(of: time)
        case .duration(let nanoseconds): return CELTimes.seconds(of: nanoseconds)
        case .list(let list):
            var parts: [String] = []
            for element in list.elements { parts.append(try text(of: element)) }
            return "[" + parts.joined(separator: ", ") + "]"
        case .map, .object:
            var parts: [String] = []
            for member in value.members ?? [] {
                parts.append("\(try text(of: member.key)): \(try text(of: member.value))")
            }
            return "{" + parts.sorted().joined(separator: ", ") + "}"
        case .optional, .quantity, .ip, .cidr, .url, .access, .decision, .format:
            throw CELRuntimeError(
                message: "error during formatting: string clause can only be used on strings, bools, bytes, ints, "
                    + "doubles, maps, lists, types, durations, and timestamps, was given \(value.typeName)")
        }
    }

    /// A number with a fixed count of digits behind the point, rounded half to even on the exact value.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity" }
        var (whole, fraction) = ExactDecimal.digits(of: value.magnitude)
        let isNegative = value.sign == .minus
        let kept = fraction.prefix(digits)
        let dropped = fraction.dropFirst(digits)
        var number = whole + kept + Array(repeating: 0, count: digits - kept.count)
        if let first = dropped.first {
            let isHalf = first == 5 && dropped.dropFirst().allSatisfy { $0 == 0 }
            if isHalf ? (number.last ?? 0) % 2 == 1 : first >= 5 { ExactDecimal.increment(&number) }
        }
        fraction = Array(number.suffix(digits))
        whole = Array(number.dropLast(digits))
        let wholeText = whole.isEmpty ? "0" : whole.map(String.init).joined()
        return (isNegative ? "-" : "") + wholeText + (digits > 0 ? "." + fraction.map(String.init).joined() : "")
    }

    static func scientific(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, value != 0 else {
            return value == 0 ? fixed(value, digits) + "e+00" : fixed(value, digits)
        }
        var exponent = 0
        let (whole, fraction) = ExactDecimal.digits(of: value.magnitude)
        var number = whole + fraction
        exponent = whole.count - 1
        while number.first == 0 {
            number.removeFirst()
            exponent -= 1
        }
        let dropped = number.dropFirst(digits + 1)
        number = Array(number.prefix(digits + 1))
        number += Array(repeating: 0, count: digits + 1 - number.count)
        if let first = dropped.first {
            let isHalf = first == 5 && dropped.dropFirst().allSatisfy { $0 == 0 }
            if isHalf ? (number.last ?? 0) % 2 == 1 : first >= 5 { ExactDecimal.increment(&number) }
            if number.count > digits + 1 {
                number.removeLast()
                exponent += 1
            }
        }
        let sign = value.sign == .minus ? "-" : ""
        let tail = number.dropFirst().map(String.init).joined()
        let power = String(exponent.magnitude)
        return "\(sign)\(number[0])\(digits > 0 ? "." + tail : "")e\(exponent < 0 ? "-" : "+")"
            + (power.count < 2 ? "0" + power : power)
    }
}

/// The exact decimal expansion of a double.
private enum ExactDecimal {
    /// Digits before and behind the point.
    static func digits(of value: Double) -> (whole: [Int], fraction: [Int]) {
        guard value > 0 else { return ([0], []) }
        var exponent = Int(value.exponent) - 52
        var mantissa = UInt64(value.significandBitPattern)
        if value.isNormal { mantissa |= 1 << 52 } else { exponent = -1074 }
        // The number is mantissa * 2^exponent: doubled, or halved as five tenths, digit by digit.
        var digits = String(mantissa).compactMap(\.wholeNumberValue)
        var point = digits.count
        while exponent > 0 {
            double(&digits, &point)
            exponent -= 1
        }
        while exponent < 0 {
            halve(&digits)
            exponent += 1
        }
        let leading = digits[..<point].drop { $0 == 0 }
        return (leading.isEmpty ? [0] : Array(leading), Array(digits[point...]))
    }

    private static func double(_ digits: inout [Int], _ point: inout Int) {
        var carry = 0
        for index in digits.indices.reversed() {
            let next = digits[index] * 2 + carry
            digits[index] = next % 10
            carry = next / 10
        }
        if carry > 0 {
            digits.insert(carry, at: 0)
            point += 1
        }
    }

    private static func halve(_ digits: inout [Int]) {
        var rest = 0
        for index in digits.indices {
            let next = rest * 10 + digits[index]
            digits[index] = next / 2
            rest = next % 2
        }
        if rest > 0 { digits.append(5) }
    }

    /// Adds one to the last digit.
    static func increment(_ digits: inout [Int]) {
        for index in digits.indices.reversed() {
            if digits[index] < 9 {
                digits[index] += 1
                return
            }
            digits[index] = 0
        }
        digits.insert(1, at: 0)
    }
}
