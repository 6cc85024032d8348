/// A tar archive in the ustar format (POSIX.1-1988), with nothing in it that depends on when or where it was made: no
/// times, no owners.
struct TarArchive: Sendable {
    private(set) var bytes: [UInt8] = []

    /// A path that the format has no room for.
    struct PathTooLong: Error, CustomStringConvertible {
        let path: String
        var description: String { "the path \(path) is too long for an archive: 100 bytes is the limit" }
    }

    /// Adds a file that everybody may read.
    /// - Throws: ``PathTooLong`` for a path of more than 100 bytes.
    mutating func add(path: String, contents: [UInt8]) throws(PathTooLong) {
        guard path.utf8.count <= 100 else { throw PathTooLong(path: path) }
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        put(path, at: 0)
        put("0000644\0", at: 100)
        put("0000000\0", at: 108)
        put("0000000\0", at: 116)
        put(Self.octal(contents.count, digits: 11) + "\0", at: 124)
        put("00000000000\0", at: 136)
        put("        ", at: 148)  // The checksum counts as blanks in its own sum.
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(Self.octal(sum, digits: 6) + "\0 ", at: 148)
        bytes += header + contents
        bytes += [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
    }

    /// The archive with its end mark.
    var closed: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
