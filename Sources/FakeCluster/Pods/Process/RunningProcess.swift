#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A process that is there: leader of a process group of its own.
struct RunningProcess: Sendable, Hashable {
    /// The process id, and the id of its group.
    let processIdentifier: Int32

    /// Asks the process to end; as a container runtime, it asks the first process only.
    func terminate() { _ = kill(processIdentifier, SIGTERM) }

    /// Ends the process and all of its group at once.
    func killGroup() { _ = kill(-processIdentifier, SIGKILL) }
}
