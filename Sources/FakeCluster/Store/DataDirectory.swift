import Foundation

/// The folder in which a cluster keeps everything, readable by its owner only. A temporary one goes with its object.
final class DataDirectory: Sendable {
    /// The folder's path.
    let path: String
    private let isTemporary: Bool

    /// Opens or makes a folder; nil makes a temporary one.
    init(_ path: String?) throws {
        isTemporary = path == nil
        self.path =
            path ?? FileManager.default.temporaryDirectory.appending(path: "fake-cluster-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(
                atPath: self.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StoreError(message: "cannot make the data directory \(self.path): \(error.localizedDescription)")
        }
    }

    deinit {
        guard isTemporary else { return }
        try? FileManager.default.removeItem(atPath: path)
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
