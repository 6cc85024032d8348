#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `read(2)`, which ``FileContents/read(_:)`` hides by its name.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, buffer, count)
}

/// Files read whole: kubeconfig files, certificates, tokens, manifests.
public enum FileContents {
    /// The largest file taken: none of these is larger than a few MB.
    private static let limit = 64 << 20

    /// The bytes of a file, or of the standard input for `-`.
    /// - Throws: ``FileError`` with the system's reason.
    public static func read(_ path: String) throws(FileError) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
        defer { if descriptor != STDIN_FILENO { _ = close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe systemRead(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(path: path, code: errno) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw FileError(path: path, code: EFBIG) }
        }
    }

    /// Whether there is something at a path.
    public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}

/// A file that cannot be read.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public let path: String
    let code: Int32

    /// Whether there is no such file.
    public var isMissing: Bool { code == ENOENT || code == ENOTDIR }
    /// The system's reason, such as `no such file or directory`.
    public var reason: String { SystemError(code).description }
    /// File and reason.
    public var description: String { "cannot read \(path): \(reason)" }
}
