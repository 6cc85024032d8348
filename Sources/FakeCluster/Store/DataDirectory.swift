import Foundation
import Synchronization
import SystemPackage

/// The folder in which a cluster keeps everything: readable by its owner only, and used by one cluster at a time.
package final class DataDirectory: Sendable {
    /// The folder's absolute path.
    package let path: String
    /// Whether the folder goes with its object.
    let isTemporary: Bool
    private let lock: Mutex<FileDescriptor?>

    /// Opens or makes a folder; nil makes a temporary one, which ``close()`` removes.
    /// - Throws: ``StoreError`` if it cannot be made, or if another cluster uses it.
    package init(_ path: String?) throws {
        isTemporary = path == nil
        self.path =
            path.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
            ?? FileManager.default.temporaryDirectory.appending(path: "fake-cluster-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(
                atPath: self.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StoreError(message: "cannot make the data directory \(self.path): \(error.localizedDescription)")
        }
        lock = try Mutex(Self.lock(self.path + "/lock"))
    }

    deinit { close() }

    /// Gives the folder up for others to use; a temporary one is removed.
    package func close() {
        let wasOpen = lock.withLock { descriptor in
            defer { descriptor = nil }
            guard let descriptor else { return false }
            // Unlocked by hand: a process that is just being started holds a copy of the descriptor until its exec.
            flock(descriptor.rawValue, LOCK_UN)
            try? descriptor.close()
            return true
        }
        if wasOpen, isTemporary { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Two servers on one store would each overwrite what the other has acknowledged.
    private static func lock(_ file: String) throws -> FileDescriptor {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                FilePath(file), .readWrite, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
        } catch {
            throw StoreError(message: "cannot write \(file): \(error)")
        }
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            try? descriptor.close()
            let folder = FilePath(file).removingLastComponent()
            throw StoreError(message: "another fake cluster runs on \(folder); stop it, or use another folder")
        }
        return descriptor
    }

    /// A text that is made once and kept in a file that only the owner can read.
    func secret(_ name: String, make: () -> String) throws -> String {
        let file = "\(path)/\(name)"
        if let bytes = FileManager.default.contents(atPath: file), !bytes.isEmpty {
            return String(decoding: bytes, as: UTF8.self)
        }
        let secret = make()
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(secret.utf8), attributes: [.posixPermissions: 0o600])
        else { throw StoreError(message: "cannot write \(file)") }
        return secret
    }
}
