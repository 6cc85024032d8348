/// A name behind a dot, as an expression writes it.
///
/// Properties whose names are no identifiers are written with escapes (API reference, `x-kubernetes-validations`):
/// `self.x__dash__y`, `self.__namespace__`; or in backticks. The keys of maps are written as they are.
struct CELFieldName: Sendable, Hashable {
    let text: String
    let isQuoted: Bool
    /// The property of an object that is meant; nil if none can be written so. Found once, as rules run often.
    let property: String?

    init(text: String, isQuoted: Bool) {
        self.text = text
        self.isQuoted = isQuoted
        property = isQuoted ? text : Self.property(of: text)
    }

    private static let signs: [(escape: String, text: String)] = [
        ("__underscores__", "__"), ("__dot__", "."), ("__dash__", "-"), ("__slash__", "/"),
    ]
    private static let keywords: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import",
        "let", "loop", "package", "namespace", "return",
    ]

    private static func property(of text: String) -> String? {
        if keywords.contains(text) { return nil }
        guard text.contains("__") else { return text }
        if text.hasPrefix("__"), text.hasSuffix("__"), text.count > 4 {
            let inner = String(text.dropFirst(2).dropLast(2))
            if keywords.contains(inner) { return inner }
        }
        var result = ""
        var rest = text[...]
        while !rest.isEmpty {
            if let sign = signs.first(where: { rest.hasPrefix($0.escape) }) {
                result += sign.text
                rest = rest.dropFirst(sign.escape.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }

    /// Whether expressions can reach a property.
    static func isAccessible(_ property: String) -> Bool {
        var scalars = property.unicodeScalars[...]
        guard let first = scalars.popFirst(), first.isASCII, first.properties.isAlphabetic || first == "_" else {
            return false
        }
        return scalars.allSatisfy { CharacterClass.word.contains($0.value) || ".-/".unicodeScalars.contains($0) }
    }
}
