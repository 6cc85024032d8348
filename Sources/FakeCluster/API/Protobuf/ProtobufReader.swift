/// Reads the fields of one protobuf message (Protocol Buffers, "Encoding").
struct ProtobufReader {
    /// A field's value as it is on the wire.
    enum Value {
        /// An integer or truth value.
        case varint(UInt64)
        /// Eight bytes.
        case fixed64(UInt64)
        /// Four bytes.
        case fixed32(UInt32)
        /// A text, bytes, or a message.
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    /// Reads a message.
    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next field; nil at the end.
    mutating func next() throws(ProtobufError) -> (number: UInt64, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let key = try varint()
        let value: Value
        switch key & 7 {
        case 0: value = .varint(try varint())
        case 1: value = .fixed64(try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })
        case 2:
            let size = try varint()
            guard size <= UInt64(rest.count) else { throw ProtobufError("a field ends beyond its message") }
            value = .bytes(try take(Int(size)))
        case 5: value = .fixed32(try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) })
        default: throw ProtobufError("illegal wire type \(key & 7)")
        }
        return (key >> 3, value)
    }

    /// The next of the integers that stand in a row, without keys; nil at the end.
    mutating func nextPacked() throws(ProtobufError) -> UInt64? { rest.isEmpty ? nil : try varint() }

    private mutating func varint() throws(ProtobufError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw ProtobufError("unexpected EOF") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw ProtobufError("integer overflow")
    }

    private mutating func take(_ count: Int) throws(ProtobufError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw ProtobufError("unexpected EOF") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}

/// Why a body is no protobuf message of a known kind.
struct ProtobufError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    let description: String

    /// A fault.
    init(_ description: String) { self.description = description }
}
