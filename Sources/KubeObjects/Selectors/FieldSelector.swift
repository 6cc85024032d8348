/// A condition on an object's fields, of which each resource offers a few: `metadata.name=x,status.phase!=Running`.
public struct FieldSelector: Sendable, Hashable {
    /// One comparison.
    public struct Term: Sendable, Hashable {
        /// The field's path, such as `metadata.name`.
        public var field: String
        /// The value that it is compared with.
        public var value: String
        /// Whether the field must have this value (`=`, `==`) or must not (`!=`).
        public var isEqual: Bool

        /// A comparison.
        public init(field: String, value: String, isEqual: Bool = true) {
            self.field = field
            self.value = value
            self.isEqual = isEqual
        }
    }

    /// The comparisons, all of which have to hold; none means that everything matches.
    public var terms: [Term]

    /// A selector of these comparisons.
    public init(_ terms: [Term] = []) { self.terms = terms }

    /// Reads the text form. In values `\\`, `\,` and `\=` stand for the character itself; empty terms are skipped.
    ///
    /// - Throws: ``SelectorError`` with the API server's message. Whether a resource offers a field is not known here.
    public init(parsing text: String) throws(SelectorError) {
        terms = []
        for term in Self.split(Array(text.utf8)) where !term.isEmpty {
            terms.append(try Term(term, in: text))
        }
    }

    /// Whether every object matches.
    public var isEmpty: Bool { terms.isEmpty }

    /// The value that a field must have, if the selector names one.
    public func requiredValue(of field: String) -> String? {
        terms.first { $0.field == field && $0.isEqual }?.value
    }

    /// Whether all comparisons hold; the closure gives a field's value, empty if it is absent.
    public func matches(_ value: (String) -> String) -> Bool {
        terms.allSatisfy { (value($0.field) == $0.value) == $0.isEqual }
    }

    /// The text between commas that no backslash precedes.
    private static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var terms: [ArraySlice<UInt8>] = []
        var start = 0
        var isEscaped = false
        for (position, byte) in bytes.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: ",") {
                terms.append(bytes[start..<position])
                start = position + 1
            }
        }
        terms.append(bytes[start...])
        return terms
    }
}

extension FieldSelector.Term {
    fileprivate init(_ term: ArraySlice<UInt8>, in selector: String) throws(SelectorError) {
        for position in term.indices {
            for (symbol, isEqual) in [("!=", false), ("==", true), ("=", true)]
            where term[position...].starts(with: symbol.utf8) {
                let value = term[(position + symbol.utf8.count)...]
                self.init(
                    field: String(decoding: term[..<position], as: UTF8.self), value: try Self.unescape(value),
                    isEqual: isEqual)
                return
            }
        }
        throw SelectorError(
            "invalid selector: '\(selector)'; can't understand '\(String(decoding: term, as: UTF8.self))'")
    }

    private static func unescape(_ bytes: ArraySlice<UInt8>) throws(SelectorError) -> String {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst(), "\\,=".utf8.contains(escaped) else {
                    throw SelectorError(
                        "invalid field selector: invalid escape sequence: \(String(decoding: bytes, as: UTF8.self))")
                }
                result.append(escaped)
            case UInt8(ascii: ","), UInt8(ascii: "="):
                throw SelectorError(
                    "invalid field selector: unescaped character in value: \(Character(Unicode.Scalar(byte)))")
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension FieldSelector: CustomStringConvertible {
    /// The selector as it is written.
    public var description: String {
        terms.map { term in
            let value = term.value.replacing("\\", with: "\\\\").replacing(",", with: "\\,").replacing("=", with: "\\=")
            return "\(term.field)\(term.isEqual ? "=" : "!=")\(value)"
        }.joined(separator: ",")
    }
}
