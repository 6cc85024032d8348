import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A process that is there: leader of a process group of its own.
struct RunningProcess: Sendable, Hashable {
    /// The process id, and the id of its group.
    let processIdentifier: Int32
    /// Whether the container's first process is the child of this one.
    var isWrapper = false

    /// Asks the process to end; as a container runtime, it asks the container's first process only.
    func terminate() {
        for identifier in isWrapper ? children : [processIdentifier] { _ = kill(identifier, SIGTERM) }
    }

    /// Ends the process and all of its group at once.
    func killGroup() { _ = kill(-processIdentifier, SIGKILL) }

    private var children: [Int32] {
        let path = "/proc/\(processIdentifier)/task/\(processIdentifier)/children"
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }.compactMap { Int32($0) }
    }
}
