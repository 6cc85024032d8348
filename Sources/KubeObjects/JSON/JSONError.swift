/// A text that is no JSON: what is wrong and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The fault in the words of Go's `encoding/json`, which the API server passes on to its clients:
    /// `invalid character '}' looking for beginning of value`.
    public var message: String
    /// The byte offset of the fault, from 0.
    public var offset: Int
    /// The line of the fault, from 1.
    public var line: Int
    /// The byte column of the fault within its line, from 1.
    public var column: Int

    /// A fault at an offset of a text.
    init(_ message: String, at offset: Int, in bytes: [UInt8]) {
        self.message = message
        self.offset = offset
        let before = bytes[..<min(offset, bytes.count)]
        line = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        column = offset - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
    }

    /// `line 3, column 7: invalid character …`
    public var description: String { "line \(line), column \(column): \(message)" }
}
