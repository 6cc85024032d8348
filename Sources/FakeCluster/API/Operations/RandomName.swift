/// Names that the server makes up.
enum RandomName {
    /// The characters of name suffixes: no vowels and nothing that looks like another (apimachinery, `util/rand`).
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
    /// Digits of a uid.
    private static let hexadecimal = Array("0123456789abcdef")
    /// The longest name that `generateName` makes.
    private static let maximumLength = 63
    private static let suffixLength = 5

    /// `base` and five random characters; a base that is too long is cut.
    static func generated(from base: String) -> String {
        base.prefix(maximumLength - suffixLength) + suffix(suffixLength)
    }

    /// Random characters of the alphabet for names.
    static func suffix(_ length: Int) -> String {
        String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }

    /// A random uid: a UUID of version 4 (RFC 9562).
    @Sendable static func uid() -> String {
        var text = ""
        for position in 0..<32 {
            if [8, 12, 16, 20].contains(position) { text.append("-") }
            switch position {
            case 12: text.append("4")
            case 16: text.append(hexadecimal[Int.random(in: 8..<12)])
            default: text.append(hexadecimal[Int.random(in: 0..<16)])
            }
        }
        return text
    }
}
