/// Texts in quotes as Go writes them.
package enum GoQuote {
    private static let letters: [Unicode.Scalar: Unicode.Scalar] = [
        "n": "\n", "t": "\t", "r": "\r", "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "v": "\u{B}", "\\": "\\",
        "'": "'", "\"": "\"",
    ]
    private static let hexLengths: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]

    /// A text without its escapes; nil if one of them is none of Go's.
    package static func unescape(_ scalars: [Unicode.Scalar]) -> String? {
        var text = String.UnicodeScalarView()
        var rest = scalars[...]
        while let next = rest.popFirst() {
            guard next == "\\" else {
                text.append(next)
                continue
            }
            guard let kind = rest.popFirst() else { return nil }
            if let letter = letters[kind] {
                text.append(letter)
            } else if let length = hexLengths[kind], rest.count >= length {
                let digits = String(rest.prefix(length).map(Character.init))
                guard let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) else { return nil }
                rest = rest.dropFirst(length)
                text.append(scalar)
            } else {
                return nil
            }
        }
        return String(text)
    }

    /// A text in double quotes, as Go's `%q` writes it.
    package static func quote(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "'" {
                quoted.unicodeScalars.append(scalar)
            } else if let letter = letters.first(where: { $0.value == scalar })?.key {
                quoted += "\\\(letter)"
            } else if scalar.value < 0x20 || scalar.value == 0x7F {
                quoted += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            } else {
                quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
