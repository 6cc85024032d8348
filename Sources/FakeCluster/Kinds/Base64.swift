/// Base64 with the standard alphabet and padding (RFC 4648, section 4), the form of bytes in JSON.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text of some bytes.
    static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var group: UInt32 = 0
        var held = 0
        func put(_ characters: Int) {
            for position in 0..<characters { text.append(alphabet[Int(group >> UInt32(18 - 6 * position)) & 63]) }
        }
        for byte in bytes {
            group |= UInt32(byte) << UInt32(16 - 8 * held)
            held += 1
            if held == 3 {
                put(4)
                (group, held) = (0, 0)
            }
        }
        if held > 0 {
            put(held + 1)
            text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - held))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
