/// What of a JSON string stands for itself: all but quotes, backslashes and control characters.
enum JSONPlainText {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Where the bytes that stand for themselves end, from a position on. Half of all bytes of a text pass through here, so
    /// eight are looked at at once.
    static func end(in text: Span<UInt8>, from start: Int) -> Int {
        let bytes = unsafe text.bytes
        var position = start
        while position + 8 <= text.count {
            let word = unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
            let marks = below(0x20, word) | below(1, word ^ ones &* 0x22) | below(1, word ^ ones &* 0x5C)
            guard marks == 0 else { return position + marks.trailingZeroBitCount / 8 }
            position += 8
        }
        while position < text.count {
            let byte = text[position]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            position += 1
        }
        return position
    }

    /// Marks the high bit of the first byte of eight that is smaller than a limit of at most 128, and perhaps of later ones:
    /// a byte that is not smaller borrows nothing from the next.
    private static func below(_ limit: UInt64, _ word: UInt64) -> UInt64 {
        (word &- ones &* limit) & ~word & highBits
    }
}
