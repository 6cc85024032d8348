import Synchronization
import SystemPackage

/// The logs that are being written at this moment, by path.
final class LogTable: Sendable {
    private let logs = Mutex<[FilePath: ContainerLog]>([:])

    /// The log of a path, if it is being written.
    subscript(path: FilePath) -> ContainerLog? { logs.withLock { $0[path] } }

    /// Lists a log until ``close(_:)``.
    func add(_ log: ContainerLog) { logs.withLock { $0[log.path] = log } }

    /// Closes a log and lists it no more.
    func close(_ log: ContainerLog) {
        // Closed first: a reader that does not find it here any more finds all of it in the file.
        log.close()
        logs.withLock { $0[log.path] = nil }
    }
}
