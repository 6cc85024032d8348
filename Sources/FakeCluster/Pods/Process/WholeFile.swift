import SystemPackage

/// Small files that are read whole, whose size is not known before, as that of those in `/proc`.
///
/// Foundation reads them, too, but keeps 4 KB for good of each that turns out to be empty, and every container has one:
/// its termination message.
enum WholeFile {
    private static let chunkSize = 4096

    /// The bytes of a file; nil if it cannot be read.
    static func bytes(of path: String) -> [UInt8]? {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        var bytes: [UInt8] = []
        while true {
            let chunk = try? unsafe [UInt8](unsafeUninitializedCapacity: chunkSize) { buffer, count in
                count = try unsafe file.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            guard let chunk else { return nil }
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
    }
}
