import KubeObjects

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Texts with verbs, as Go's `fmt` fills them.
enum GoFormat {
    /// Values beside one another, with a space between two of which none is a text.
    static func print(_ values: [JSONValue]) -> String {
        var text = ""
        for (position, value) in values.enumerated() {
            if position > 0, value.string == nil, values[position - 1].string == nil { text += " " }
            text += value.goText
        }
        return text
    }

    /// A format filled with values, as `printf` does it.
    static func text(_ format: String, _ values: [JSONValue]) -> String {
        var text = String.UnicodeScalarView()
        var rest = format.unicodeScalars[...]
        var values = values[...]
        while let next = rest.popFirst() {
            guard next == "%" else {
                text.append(next)
                continue
            }
            let verb = Verb(&rest, &values)
            switch verb.letter {
            case nil: text += "%!(NOVERB)".unicodeScalars
            case "%": text.append("%")
            case let letter?:
                if let value = values.popFirst() {
                    text += verb.text(value).unicodeScalars
                } else {
                    text += "%!\(letter)(MISSING)".unicodeScalars
                }
            }
        }
        let extra = values.map { $0.isNull ? "<nil>" : "\($0.goDynamicType)=\($0.goText)" }
        return String(text) + (extra.isEmpty ? "" : "%!(EXTRA \(extra.joined(separator: ", ")))")
    }

    /// One `%` with its flags.
    private struct Verb {
        var letter: Unicode.Scalar?
        private var flags: Set<Unicode.Scalar> = []
        private var width = 0
        private var precision: Int?

        /// Numbers beyond this are taken for it: nobody pads to megabytes.
        private static let limit = 10_000

        init(_ rest: inout Substring.UnicodeScalarView, _ values: inout ArraySlice<JSONValue>) {
            while let next = rest.first, "-+# 0".unicodeScalars.contains(next) { flags.insert(rest.removeFirst()) }
            width = Self.number(&rest, &values) ?? 0
            if rest.first == "." {
                rest.removeFirst()
                precision = Self.number(&rest, &values) ?? 0
            }
            letter = rest.popFirst()
            if flags.contains("-") { flags.remove("0") }
        }

        private static func number(
            _ rest: inout Substring.UnicodeScalarView, _ values: inout ArraySlice<JSONValue>
        ) -> Int? {
            if rest.first == "*" {
                rest.removeFirst()
                return values.popFirst()?.integer.map { Int(max(0, min($0, Int64(limit)))) }
            }
            var number: Int?
            while let digit = rest.first, ("0"..."9").contains(digit) {
                rest.removeFirst()
                number = min(limit, (number ?? 0) * 10 + Int(digit.value - 48))
            }
            return number
        }

        func text(_ value: JSONValue) -> String {
            guard let letter else { return "" }
            if letter == "T" { return padded(value.goDynamicType) }
            switch value {
            case .null: return letter == "v" ? padded("<nil>") : "%!\(letter)(<nil>)"
            case .array(let elements): return "[\(elements.map(text).joined(separator: " "))]"
            case .object(let members):
                let pairs = members.sortedByKey.map { "\(text(.string($0.key))):\(text($0.value))" }
                return "map[\(pairs.joined(separator: " "))]"
            case .bool(let value):
                return letter == "t" || letter == "v" ? padded(value ? "true" : "false") : wrong(.bool(value))
            case .string(let text): return self.text(text)
            case .integer(let number): return integer(number)
            case .double(let number): return double(number)
            }
        }

        private func wrong(_ value: JSONValue) -> String {
            "%!\(letter.map(String.init) ?? "")(\(value.goDynamicType)=\(value.goText))"
        }

        private func text(_ text: String) -> String {
            let cut = precision.map { String(String.UnicodeScalarView(text.unicodeScalars.prefix($0))) } ?? text
            switch letter {
            case "s", "v": return padded(cut)
            case "q": return padded(GoQuote.quote(cut))
            case "x", "X":
                let digits = cut.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: letter == "X") }
                return padded(digits.joined())
            default: return wrong(.string(text))
            }
        }

        private func integer(_ number: Int64) -> String {
            let radix: Int
            switch letter {
            case "d", "v": radix = 10
            case "b": radix = 2
            case "o": radix = 8
            case "x", "X": radix = 16
            case "c", "q":
                let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
                return padded(letter == "c" ? String(scalar) : "'\(scalar)'")
            default: return wrong(.integer(number))
            }
            let prefix = flags.contains("#") && radix == 16 ? "0\(letter == "X" ? "X" : "x")" : ""
            return signed(prefix + String(number.magnitude, radix: radix, uppercase: letter == "X"), number < 0)
        }

        private func double(_ number: Double) -> String {
            let magnitude = number.magnitude
            switch letter {
            case "v" where precision == nil, "g" where precision == nil, "G" where precision == nil:
                return signed(magnitude.goShortest, number < 0)
            case "v": return signed(Self.formatted("%.*g", precision, magnitude), number < 0)
            case "e", "E", "f", "F", "g", "G":
                return signed(Self.formatted("%.*\(letter ?? "f")", precision, magnitude), number < 0)
            default: return wrong(.double(number))
            }
        }

        private static func formatted(_ format: String, _ precision: Int?, _ number: Double) -> String {
            var buffer = [CChar](repeating: 0, count: limit + 512)
            let count = unsafe withVaList([CInt(precision ?? 6), number]) { list in
                unsafe vsnprintf(&buffer, buffer.count, format, list)
            }
            return String(decoding: buffer.prefix(Int(max(0, count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        private func signed(_ digits: String, _ isNegative: Bool) -> String {
            let sign = isNegative ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : ""
            guard flags.contains("0") else { return padded(sign + digits) }
            return sign + String(repeating: "0", count: max(0, width - sign.count - digits.count)) + digits
        }

        private func padded(_ text: String) -> String {
            let space = String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
            return flags.contains("-") ? text + space : space + text
        }
    }
}
