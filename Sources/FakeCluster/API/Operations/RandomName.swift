/// Names that the server makes up.
enum RandomName {
    /// The characters of name suffixes: no vowels and nothing that looks like another (apimachinery, `util/rand`).
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
    /// Digits of a uid.
    private static let hexadecimal = Array("0123456789abcdef".utf8)
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
        // Two numbers, not 32 digits: each random number is a system call.
        var (high, low) = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))
        high = high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        low = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for position in 0..<32 {
            if [8, 12, 16, 20].contains(position) { text.append(UInt8(ascii: "-")) }
            let word = position < 16 ? high : low
            text.append(hexadecimal[Int(word >> UInt64(4 * (15 - position % 16)) & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
