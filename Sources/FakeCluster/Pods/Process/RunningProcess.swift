import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A process that is there: leader of a process group of its own.
struct RunningProcess: Sendable, Hashable {
    /// The process id, and the id of its group; 0 where it is none of this process's children.
    let processIdentifier: Int32
    /// What stands for it, where its launcher sees to its end: a script plays it, or podman runs it.
    private let control: ProcessControl?
    /// Whether the container's first process is the child of this one.
    var isWrapper = false

    /// A process of the host.
    init(processIdentifier: Int32, isWrapper: Bool = false) {
        self.processIdentifier = processIdentifier
        self.isWrapper = isWrapper
        control = nil
    }

    /// A process whose launcher sees to its end.
    init(control: ProcessControl) {
        processIdentifier = 0
        self.control = control
    }

    /// How often, and at what distance, a wrapper is asked for its child, which takes it milliseconds to start.
    private static let tries = (count: 500, interval: Duration.milliseconds(2))

    /// Whether this process may become any user.
    static var isSuperuser: Bool { geteuid() == 0 }

    /// Asks the process to end; as a container runtime, it asks the container's first process only.
    func terminate() async {
        if let control { return control.stop.happen(()) }
        if let first = await firstProcess() { _ = kill(first, SIGTERM) }
    }

    /// Ends the process and all of its group at once.
    func killGroup() {
        if let control { return control.kill.happen(()) }
        _ = kill(-processIdentifier, SIGKILL)
    }

    /// The id of the container's first process, once its command runs; nil if it has ended.
    func firstProcess() async -> Int32? {
        if control != nil { return nil }
        guard isWrapper else { return processIdentifier }
        guard let wrapper = Self.executable(of: processIdentifier) else { return nil }
        for _ in 0..<Self.tries.count {
            guard let present = Self.executable(of: processIdentifier), present == wrapper else { return nil }
            if let child = children.first, let executable = Self.executable(of: child), executable != wrapper {
                return child
            }
            guard (try? await Task.sleep(for: Self.tries.interval)) != nil else { return nil }
        }
        return nil
    }

    private static func executable(of identifier: Int32) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(identifier)/exe")
    }

    private var children: [Int32] {
        let path = "/proc/\(processIdentifier)/task/\(processIdentifier)/children"
        guard let bytes = WholeFile.bytes(of: path) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }.compactMap { Int32($0) }
    }
}

/// How a launcher is told what is to become of a process that is not a child of this one.
final class ProcessControl: Sendable {
    /// It was asked to end.
    let stop = OneShot<Void>()
    /// It was ended.
    let kill = OneShot<Void>()
}

extension ProcessControl: Hashable {
    static func == (left: ProcessControl, right: ProcessControl) -> Bool { left === right }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
