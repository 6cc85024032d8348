// Dispatch sources are safe to use from any thread, which their declarations on Linux do not say.
@preconcurrency @unsafe import Dispatch
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One output stream of a process.
///
/// All pipes are read on one queue with a thread of its own, in the order in which they became readable: so lines of the
/// two streams of a container come out in the order in which they were written, as far as a kernel tells it, however
/// busy the tasks of this process are.
final class OutputPipe: Sendable {
    private static let queue = DispatchQueue(label: "container-output", qos: .userInteractive)
    private static let chunkSize = 64 * 1024
    private static let mostChunksAtEnd = 32

    /// The end that the process gets.
    let writeEnd: FileDescriptor
    private let readEnd: FileDescriptor
    private let source: any DispatchSourceRead
    private let output: @Sendable ([UInt8]) -> Void

    /// Opens a pipe; what is written to it goes to `output`, on the queue.
    /// - Throws: an `Errno` if there is no descriptor left.
    init(output: @escaping @Sendable ([UInt8]) -> Void) throws {
        (readEnd, writeEnd) = try FileDescriptor.pipe()
        self.output = output
        for end in [readEnd, writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(readEnd.rawValue, F_SETFL, fcntl(readEnd.rawValue, F_GETFL) | O_NONBLOCK)
        source = DispatchSource.makeReadSource(fileDescriptor: readEnd.rawValue, queue: Self.queue)
        let readEnd = readEnd
        source.setCancelHandler { try? readEnd.close() }
        source.setEventHandler { [weak self] in
            // One chunk at a time: the other stream may have something to say in between.
            if self?.readChunk() == false { self?.source.cancel() }
        }
        source.activate()
    }

    deinit { source.cancel() }

    /// Reads what is left after the process has ended, and closes the pipe; what other processes still write is lost.
    func finish() async {
        await withCheckedContinuation { continuation in
            Self.queue.async { [self] in
                // A pipe holds far less; a process that has got away and goes on writing must not keep us here.
                var chunks = 0
                while !source.isCancelled, chunks < Self.mostChunksAtEnd, readChunk() == true { chunks += 1 }
                source.cancel()
                continuation.resume()
            }
        }
    }

    /// Reads a chunk; nil if there is none now, false at the end.
    private func readChunk() -> Bool? {
        do {
            let bytes = try unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, count in
                count = try unsafe readEnd.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            guard !bytes.isEmpty else { return false }
            output(bytes)
            return true
        } catch {
            return error as? Errno == .wouldBlock || error as? Errno == .resourceTemporarilyUnavailable ? nil : false
        }
    }
}
