import KubeObjects
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The log of one run of a container, written while it runs: a file in the format of the CRI
/// (`2026-11-21T06:20:49.123456789Z stdout F text`), which readers follow without polling.
///
/// The file is bounded: when it has grown to ``maximumFileSize`` it is set aside as `NAME.1`, replacing what was set aside
/// before, and a new one begins; readers see both. It is made with the first entry: most containers of a test say nothing.
final class ContainerLog: Sendable {
    private struct State {
        var file: FileDescriptor?
        var size: Int64 = 0
        /// What each stream has written since its last line feed.
        var pending: [OutputStream: [UInt8]] = [:]
        /// How often the file was set aside.
        var generation = 0
        var isClosed = false
        var followers: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextFollower = 0
    }

    /// The longest piece of a line that becomes one entry, as containerd cuts them.
    static let maximumLineLength = 16 * 1024

    /// The log's file.
    let path: FilePath
    private let maximumFileSize: Int64
    private let now: @Sendable () -> Timestamp
    private let state: Mutex<State>

    /// Begins a log; a file that is there is gone on with.
    init(path: FilePath, maximumFileSize: Int64 = 10 << 20, now: @escaping @Sendable () -> Timestamp) {
        self.path = path
        self.maximumFileSize = maximumFileSize
        self.now = now
        state = Mutex(State())
    }

    /// Opens the file, in a folder that may have to be made.
    private func open(_ state: inout State) {
        guard state.file == nil, !state.isClosed else { return }
        if let file = try? Self.open(path) {
            state.file = file
        } else {
            try? PodDirectory.make(path.removingLastComponent().string)
            state.file = try? Self.open(path)
        }
        state.size = (try? state.file?.seek(offset: 0, from: .end)) ?? 0
    }

    private static func open(_ path: FilePath) throws -> FileDescriptor {
        try FileDescriptor.open(
            path, .writeOnly, options: [.create, .append, .closeOnExec], permissions: [.ownerReadWrite, .groupRead])
    }

    /// Takes what the container has written; complete lines are in the file when this returns.
    func append(_ bytes: [UInt8], to stream: OutputStream) {
        let stamp = now().rfc3339Nano
        let followers = state.withLock { state -> [AsyncStream<Void>.Continuation] in
            var entries: [UInt8] = []
            var rest = bytes[...]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                Self.take(rest[..<end], of: stream, at: stamp, isComplete: true, &state, into: &entries)
                rest = rest[(end + 1)...]
            }
            if !rest.isEmpty {
                Self.take(rest, of: stream, at: stamp, isComplete: false, &state, into: &entries)
            }
            write(entries, &state)
            return entries.isEmpty ? [] : Array(state.followers.values)
        }
        // Outside of the lock: a follower that is cancelled takes it with its task locked, and this locks the task.
        for follower in followers { follower.yield() }
    }

    /// Ends the log: what has no line feed is written as it is, followers get the rest and end.
    func close() {
        let stamp = now().rfc3339Nano
        let followers = state.withLock { state -> [AsyncStream<Void>.Continuation] in
            guard !state.isClosed else { return [] }
            var entries: [UInt8] = []
            for stream in [OutputStream.stdout, .stderr] {
                guard let rest = state.pending[stream], !rest.isEmpty else { continue }
                Self.putEntry(rest[...], of: stream, at: stamp, isComplete: false, into: &entries)
            }
            state.pending = [:]
            write(entries, &state)
            state.isClosed = true
            try? state.file?.close()
            state.file = nil
            defer { state.followers = [:] }
            return Array(state.followers.values)
        }
        // Outside of the lock: the end of a follower takes it. What was written last is read at the end too.
        for follower in followers { follower.finish() }
    }

    /// Gives a signal news whenever there is more to read or the log is set aside, from now on; ends its stream when the
    /// log is closed.
    func notify(_ signal: StreamSignal) {
        let number: Int? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.nextFollower += 1
            state.followers[state.nextFollower] = signal.continuation
            return state.nextFollower
        }
        guard let number else { return signal.end() }
        signal.whenOver { [weak self] in self?.state.withLock { $0.followers[number] = nil } }
    }

    /// How often the file was set aside; a reader that finds another number has to go on in the new file.
    var generation: Int { state.withLock { $0.generation } }

    /// Adds a piece of a line to what is pending, and puts down the entries that it completes.
    private static func take(
        _ piece: ArraySlice<UInt8>, of stream: OutputStream, at stamp: String, isComplete: Bool,
        _ state: inout State, into entries: inout [UInt8]
    ) {
        var line = state.pending.removeValue(forKey: stream) ?? []
        line.append(contentsOf: piece)
        var rest = line[...]
        while rest.count > maximumLineLength {
            let cut = rest.startIndex + maximumLineLength
            putEntry(rest[..<cut], of: stream, at: stamp, isComplete: false, into: &entries)
            rest = rest[cut...]
        }
        if isComplete {
            putEntry(rest, of: stream, at: stamp, isComplete: true, into: &entries)
        } else {
            state.pending[stream] = Array(rest)
        }
    }

    private static func putEntry(
        _ line: ArraySlice<UInt8>, of stream: OutputStream, at stamp: String, isComplete: Bool,
        into entries: inout [UInt8]
    ) {
        entries.append(contentsOf: stamp.utf8)
        entries.append(contentsOf: stream == .stdout ? " stdout ".utf8 : " stderr ".utf8)
        entries.append(contentsOf: isComplete ? "F ".utf8 : "P ".utf8)
        entries.append(contentsOf: line)
        entries.append(UInt8(ascii: "\n"))
    }

    /// Writes entries. A log that cannot be written (a full disk) loses entries, as a real
    /// runtime's does; the container goes on.
    private func write(_ entries: [UInt8], _ state: inout State) {
        if !entries.isEmpty { open(&state) }
        guard !entries.isEmpty, let file = state.file else { return }
        if (try? file.writeAll(entries)) != nil { state.size += Int64(entries.count) }
        if state.size >= maximumFileSize { setAside(&state) }
    }

    private func setAside(_ state: inout State) {
        guard unsafe rename(path.string, Self.rotated(path).string) == 0, let next = try? Self.open(path) else {
            return
        }
        try? state.file?.close()
        state.file = next
        state.size = 0
        state.generation += 1
    }

    /// Where a full file is set aside.
    static func rotated(_ path: FilePath) -> FilePath { FilePath(path.string + ".1") }
}
