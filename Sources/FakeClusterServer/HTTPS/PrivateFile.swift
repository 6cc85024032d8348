import Foundation
import SystemPackage

/// Files that hold keys and tokens: readable by their owner only, from their first byte on.
enum PrivateFile {
    /// Writes a file with mode 0600, replacing one that is there as a whole.
    /// - Throws: ``SessionError`` naming the file.
    static func write(_ text: String, to path: String) throws {
        let part = path + ".part"
        try? FileManager.default.removeItem(atPath: part)
        guard
            FileManager.default.createFile(
                atPath: part, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw SessionError("cannot write \(path)") }
        // Readers see the old file or the new one, never half of one.
        guard unsafe rename(part, path) == 0 else {
            throw SessionError("cannot write \(path): \(Errno(rawValue: errno))")
        }
    }

    /// Makes a directory with mode 0700, and its parents, if it is not there.
    /// - Throws: ``SessionError`` naming the directory.
    static func makeDirectory(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SessionError("cannot make the directory \(path): \(error.localizedDescription)")
        }
    }
}
