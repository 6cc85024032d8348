/// Writes messages of Protocol Buffers (the wire format of proto3): what a few documents need, no more.
struct ProtobufWriter {
    /// The message so far.
    private(set) var bytes: [UInt8] = []

    /// A text; an empty one is the default, and left out.
    mutating func put(_ field: Int, _ text: String) {
        if !text.isEmpty { putBytes(field, Array(text.utf8)) }
    }

    /// A number; 0 is the default, and left out.
    mutating func put(_ field: Int, _ number: Int64) {
        guard number != 0 else { return }
        putVariable(UInt64(field) << 3)
        putVariable(UInt64(bitPattern: number))
    }

    /// A floating-point number; 0 is the default, and left out.
    mutating func put(_ field: Int, _ number: Double) {
        guard number != 0 else { return }
        putVariable(UInt64(field) << 3 | 1)
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> UInt64(shift)))
        }
    }

    /// A truth value; false is the default, and left out.
    mutating func put(_ field: Int, _ flag: Bool) { put(field, Int64(flag ? 1 : 0)) }

    /// A message inside this one, an empty one included.
    mutating func put(_ field: Int, _ fill: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        fill(&inner)
        putBytes(field, inner.bytes)
    }

    private mutating func putBytes(_ field: Int, _ content: [UInt8]) {
        putVariable(UInt64(field) << 3 | 2)
        putVariable(UInt64(content.count))
        bytes += content
    }

    private mutating func putVariable(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
