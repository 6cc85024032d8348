import KubeObjects
import SystemPackage

/// Reads a container's log from its files: what is there, and with `follow` what comes until the log is closed.
///
/// An async sequence of chunks. Nothing is buffered for a slow reader but the chunk that it has not taken: it reads the
/// files at its own pace.
struct LogReader: AsyncSequence, Sendable {
    /// What is read.
    struct Query: Sendable, Hashable {
        /// Goes on until the log is closed.
        var follow = false
        /// Each line begins with its time.
        var timestamps = false
        /// Only that many last entries.
        var tailLines: Int?
        /// Only what is not older.
        var since: Timestamp?
        /// At most that many bytes.
        var limitBytes: Int?
        /// Only one of the streams.
        var stream: OutputStream?
    }

    typealias Element = [UInt8]
    typealias Failure = any Error

    let path: FilePath
    /// The log, if it is still being written.
    let log: ContainerLog?
    let query: Query
    /// Tells a follower that the log has grown, or ends here.
    let signal = StreamSignal()

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Reads chunk by chunk.
    struct Iterator: AsyncIteratorProtocol {
        private let path: FilePath
        private let log: ContainerLog?
        private var filter: LogFilter
        private let query: Query
        private var files: [LogFile] = []
        private var isFirstLook = true
        /// How often the log was set aside when its files were opened.
        private var generation = 0
        private let signal: StreamSignal
        private var follows: Bool

        fileprivate init(_ reader: LogReader) {
            path = reader.path
            log = reader.log
            query = reader.query
            signal = reader.signal
            filter = LogFilter(query)
            follows = query.follow && log != nil
            // Told before the first read, so that nothing falls between.
            if follows { log?.notify(signal) }
        }

        /// The next chunk; nil at the end.
        mutating func next() async throws -> [UInt8]? {
            // An error ends it at once; without one, what is there is read.
            _ = try signal.hasEnded
            while !filter.isExhausted {
                // There is none before the log's first entry; what comes later is all new.
                if files.isEmpty { open() }
                isFirstLook = false
                if let chunk = try read() {
                    if !chunk.isEmpty { return chunk }
                } else if openNext() {
                    continue
                } else if !follows {
                    return nil
                } else if await !signal.wait() {
                    _ = try signal.hasEnded
                    try Task.checkCancellation()
                    // Closed: one more pass reads what was written last.
                    follows = false
                }
            }
            return nil
        }

        /// Opens what is there, as it is between two times that the log is set aside.
        private mutating func open() {
            repeat {
                generation = log?.generation ?? 0
                files = LogFile.open(path, tailLines: isFirstLook ? query.tailLines : nil)
            } while log.map { $0.generation != generation } ?? false
        }

        /// What the present file has, filtered; nil at its end.
        private mutating func read() throws -> [UInt8]? {
            guard let bytes = try files.first?.read(), !bytes.isEmpty else { return nil }
            return filter.append(bytes)
        }

        /// Goes on to the file behind the present one, if that is not the last or was set aside meanwhile.
        private mutating func openNext() -> Bool {
            guard let present = files.first else { return false }
            if files.count > 1 {
                files.removeFirst()
                return true
            }
            guard let log, log.generation != generation else { return false }
            // Nothing is written to a file that was set aside, so what it has is read once more before it is left.
            guard !present.hasMore else { return true }
            generation = log.generation
            files = LogFile.open(path, tailLines: nil).suffix(1)
            return true
        }
    }
}

/// A file of a log, open for reading.
final class LogFile: Sendable {
    private static let chunkSize = 64 * 1024
    private let descriptor: FileDescriptor

    private init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    deinit { try? descriptor.close() }

    /// The files of a log, oldest first, each at the place where reading begins.
    static func open(_ path: FilePath, tailLines: Int?) -> [LogFile] {
        let files = [ContainerLog.rotated(path), path].compactMap { path in
            (try? FileDescriptor.open(path, .readOnly, options: .closeOnExec)).map(LogFile.init)
        }
        guard var wanted = tailLines else { return files }
        var chosen: [LogFile] = []
        for file in files.reversed() {
            chosen.insert(file, at: 0)
            wanted -= file.seekToLast(wanted)
            if wanted <= 0 { break }
        }
        return chosen
    }

    /// The next bytes; none at the end.
    func read() throws -> [UInt8] {
        try unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, count in
            count = try unsafe descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// Whether there is anything left to read.
    var hasMore: Bool {
        guard let place = try? descriptor.seek(offset: 0, from: .current),
            let end = try? descriptor.seek(offset: 0, from: .end)
        else { return false }
        _ = try? descriptor.seek(offset: place, from: .start)
        return place < end
    }

    /// Goes to the beginning of the last entries.
    /// - Returns: how many entries there are from there.
    private func seekToLast(_ wanted: Int) -> Int {
        guard let end = try? descriptor.seek(offset: 0, from: .end) else { return 0 }
        var found = 0
        var start = end
        while start > 0 {
            let length = min(Int64(Self.chunkSize), start)
            guard let chunk = try? read(at: start - length, count: Int(length)), chunk.count == length else { break }
            for (index, byte) in chunk.enumerated().reversed() where byte == UInt8(ascii: "\n") {
                let place = start - length + Int64(index) + 1
                if place == end { continue }
                found += 1
                if found == wanted {
                    _ = try? descriptor.seek(offset: place, from: .start)
                    return found
                }
            }
            start -= length
        }
        let isWanted = wanted > 0
        _ = try? descriptor.seek(offset: isWanted ? 0 : end, from: .start)
        return isWanted && end > 0 ? found + 1 : 0
    }

    private func read(at offset: Int64, count: Int) throws -> [UInt8] {
        try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = try unsafe descriptor.read(
                fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}
