import Foundation
import Synchronization
import SystemPackage

/// The folder that holds a cluster, locked as long as a session uses it.
final class DataDirectory: Sendable {
    /// The absolute path.
    let path: String
    private let isTemporary: Bool
    private let lock: Mutex<FileDescriptor?>

    /// Opens a folder, made if it is not there; nil makes a temporary one that ``close()`` removes.
    /// - Throws: ``SessionError`` if it cannot be made, or if another session uses it.
    init(_ path: String?) throws {
        isTemporary = path == nil
        self.path =
            path.map(Self.absolute)
            ?? NSTemporaryDirectory() + "fake-cluster-" + UUID().uuidString.prefix(8).lowercased()
        try PrivateFile.makeDirectory(self.path)
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                FilePath(self.path + "/lock"), .readWrite, options: [.create, .closeOnExec],
                permissions: .ownerReadWrite)
        } catch {
            throw SessionError("cannot write in \(self.path): \(error)")
        }
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            try? descriptor.close()
            throw SessionError(
                "another fake-cluster runs on \(self.path); stop it, or give another folder with --data")
        }
        lock = Mutex(descriptor)
    }

    /// Gives the folder up; a temporary one is removed.
    func close() {
        lock.withLock { descriptor in
            try? descriptor?.close()
            descriptor = nil
        }
        if isTemporary { try? FileManager.default.removeItem(atPath: path) }
    }

    /// A path from the root, so that it means the same wherever the user goes on.
    static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}
