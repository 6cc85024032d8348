extension JSONValue {
    /// The value as compact JSON text in UTF-8: no white space, members in their order.
    ///
    /// Numbers are written as Go writes them (`1` for the double 1.0, `1e+21`). Unlike Go's encoder this one leaves
    /// `<`, `>`, `&`, U+2028 and U+2029 as they are; readers take both forms for the same text.
    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }

    /// Appends the value as compact JSON text.
    public func encode(into bytes: inout [UInt8]) {
        var encoder = JSONEncoding()
        swap(&encoder.bytes, &bytes)
        encoder.append(self)
        swap(&encoder.bytes, &bytes)
    }

    /// The value as JSON text.
    /// - Parameters:
    ///   - pretty: One member or element a line, indented by two spaces a level.
    ///   - sortedKeys: Members in the order of their names' bytes instead of their own, as Go writes maps.
    public func encodedString(pretty: Bool = false, sortedKeys: Bool = false) -> String {
        var encoder = JSONEncoding(sortsKeys: sortedKeys)
        if pretty { encoder.appendPretty(self, indent: 0) } else { encoder.append(self) }
        return String(decoding: encoder.bytes, as: UTF8.self)
    }

    /// The value as Go's encoder writes it, and so kubectl: names in order, `<`, `>`, `&`, U+2028 and U+2029 escaped.
    /// - Parameter indentation: Spaces a level, with one member or element a line; 0 writes all in one line.
    public func goEncodedString(indentation: Int = 0) -> String {
        var encoder = JSONEncoding(sortsKeys: true, indentation: indentation, escapesMarkup: true)
        if indentation > 0 { encoder.appendPretty(self, indent: 0) } else { encoder.append(self) }
        return String(decoding: encoder.bytes, as: UTF8.self)
    }
}

extension JSONObject {
    /// The members in the order of their names' bytes, which is Go's order of strings.
    public var sortedByKey: [Element] {
        // Swift orders strings by Unicode scalars of their normal form: the same for ASCII, not for all names.
        entriesAreSorted ? Array(self) : sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    private var entriesAreSorted: Bool {
        zip(self, dropFirst()).allSatisfy { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}

/// JSON text under construction.
private struct JSONEncoding {
    var bytes: [UInt8] = []
    var sortsKeys = false
    var indentation = 2
    /// Whether characters that mean something to HTML and JavaScript are escaped, as Go does.
    var escapesMarkup = false

    mutating func append(_ value: JSONValue) {
        switch value {
        case .array(let elements):
            var separator = UInt8(ascii: "[")
            for element in elements {
                bytes.append(separator)
                separator = UInt8(ascii: ",")
                append(element)
            }
            if elements.isEmpty { bytes.append(separator) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            var separator = UInt8(ascii: "{")
            func appendMember(_ member: JSONObject.Element) {
                bytes.append(separator)
                separator = UInt8(ascii: ",")
                append(member.key)
                bytes.append(UInt8(ascii: ":"))
                append(member.value)
            }
            if sortsKeys { members.sortedByKey.forEach(appendMember) } else { members.forEach(appendMember) }
            if members.isEmpty { bytes.append(separator) }
            bytes.append(UInt8(ascii: "}"))
        default:
            appendScalar(value)
        }
    }

    mutating func appendPretty(_ value: JSONValue, indent: Int) {
        switch value {
        case .array(let elements) where !elements.isEmpty:
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                newLine(indent + 1, after: index > 0)
                appendPretty(element, indent: indent + 1)
            }
            newLine(indent, after: false)
            bytes.append(UInt8(ascii: "]"))
        case .object(let members) where !members.isEmpty:
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in (sortsKeys ? members.sortedByKey : Array(members)).enumerated() {
                newLine(indent + 1, after: index > 0)
                append(member.key)
                bytes.append(UInt8(ascii: ":"))
                bytes.append(UInt8(ascii: " "))
                appendPretty(member.value, indent: indent + 1)
            }
            newLine(indent, after: false)
            bytes.append(UInt8(ascii: "}"))
        default:
            append(value)
        }
    }

    private mutating func newLine(_ indent: Int, after comma: Bool) {
        if comma { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * indentation))
    }

    private mutating func appendScalar(_ value: JSONValue) {
        switch value {
        case .string(let text): append(text)
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .double(let number): bytes.append(contentsOf: number.goFormatted.utf8)
        case .bool(true): bytes.append(contentsOf: "true".utf8)
        case .bool(false): bytes.append(contentsOf: "false".utf8)
        case .null, .array, .object: bytes.append(contentsOf: "null".utf8)
        }
    }

    private mutating func append(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if escapesMarkup {
            for scalar in text.unicodeScalars { appendWithoutMarkup(scalar) }
        } else if needsEscape(text) {
            for byte in text.utf8 { appendEscaped(byte) }
        } else {
            bytes.append(contentsOf: text.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendWithoutMarkup(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "<", ">", "&", "\u{2028}", "\u{2029}":
            let digits = String(scalar.value, radix: 16)
            bytes.append(contentsOf: (#"\u"# + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
        default:
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { appendEscaped(byte) }
        }
    }

    private func needsEscape(_ text: String) -> Bool {
        let utf8 = text.utf8
        return JSONPlainText.end(in: utf8.span, from: 0) < utf8.count
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
        case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
        case 0x08: bytes.append(contentsOf: #"\b"#.utf8)
        case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
        case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
        case 0x0C: bytes.append(contentsOf: #"\f"#.utf8)
        case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
        case 0..<0x20:
            bytes.append(contentsOf: (byte < 16 ? #"\u000"# : #"\u00"#).utf8)
            bytes.append(contentsOf: String(byte, radix: 16).utf8)
        default: bytes.append(byte)
        }
    }
}
