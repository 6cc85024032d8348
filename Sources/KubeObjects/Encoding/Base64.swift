/// Base 64 with padding (RFC 4648, section 4), as `data` of Secrets and `!!binary` use it.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The value of each byte as a digit; 255 for bytes that are none.
    private static let digits: [UInt8] = {
        var digits = [UInt8](repeating: 255, count: 256)
        for (value, byte) in alphabet.enumerated() { digits[Int(byte)] = UInt8(value) }
        return digits
    }()

    /// The bytes of a text; line breaks within it are skipped, as Go does. Nil for any other byte outside the
    /// alphabet and for missing or misplaced padding.
    public static func decode(_ text: String) -> [UInt8]? {
        let input = text.utf8.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard input.count % 4 == 0 else { return nil }
        let padding = input.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(input.count / 4 * 3)
        var bits: UInt32 = 0
        for (position, byte) in input.dropLast(padding).enumerated() {
            let digit = digits[Int(byte)]
            guard digit < 64 else { return nil }
            bits = bits << 6 | UInt32(digit)
            if position % 4 != 0 { bytes.append(UInt8(truncatingIfNeeded: bits >> (6 - UInt32(position % 4) * 2))) }
        }
        return bytes
    }

    /// The text of bytes, padded, in one line.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var bits: UInt32 = 0
        var pending = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            pending += 8
            while pending >= 6 {
                pending -= 6
                text.append(alphabet[Int(bits >> UInt32(pending) & 63)])
            }
        }
        if pending > 0 { text.append(alphabet[Int(bits << UInt32(6 - pending) & 63)]) }
        while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }
}
