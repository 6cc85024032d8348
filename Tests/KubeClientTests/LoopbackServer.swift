import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A TCP server on loopback that says exactly the bytes a test wants, when it wants them: for what no well-behaved
/// server does. Each connection is served on a thread of its own, so scripts may block.
final class LoopbackServer: Sendable {
    let port: Int
    private let listener: Int32
    private let accepted = Atomic<Int>(0)

    /// How many connections came in.
    var connectionCount: Int { accepted.load(ordering: .sequentiallyConsistent) }
    var url: String { "http://127.0.0.1:\(port)" }

    init(_ serve: @escaping @Sendable (LoopbackConnection) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(listener, generic, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        guard bound else { throw CocoaError(.fileNoSuchFile) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { break }
                _ = self?.accepted.add(1, ordering: .sequentiallyConsistent)
                Thread.detachNewThread {
                    let connection = LoopbackConnection(descriptor)
                    serve(connection)
                    connection.close()
                }
            }
            // Only here: the number of a descriptor that is closed belongs to whoever opens the next.
            Glibc.close(listener)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }
}

/// The server's end of one connection.
final class LoopbackConnection: Sendable {
    private let descriptor: Int32
    private let sent = Atomic<Int>(0)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// How many bytes the system took from us.
    var sentCount: Int { sent.load(ordering: .sequentiallyConsistent) }

    /// Reads a request: head and body (by `Content-Length`). Nil when the client has closed.
    func readRequest() -> (head: String, body: String)? {
        var bytes: [UInt8] = []
        while true {
            if let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
                let length =
                    head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.split(separator: " ")[1]) } ?? 0
                if bytes.count >= end.upperBound + length {
                    return (head, String(decoding: bytes[end.upperBound..<end.upperBound + length], as: UTF8.self))
                }
            }
            guard let chunk = read() else { return nil }
            bytes += chunk
        }
    }

    /// Reads what is there, waiting for the first byte; nil when the client has closed.
    func read() -> [UInt8]? {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        return count > 0 ? Array(chunk[..<count]) : nil
    }

    /// Writes all bytes, waiting as long as the client does not read. False if the client has closed.
    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent.add(count, ordering: .sequentiallyConsistent)
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Answers a request with a body of known length.
    @discardableResult
    func answer(_ status: String = "200 OK", headers: [String] = [], body: String = "") -> Bool {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
        return write(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Begins an answer whose body comes in chunks.
    func beginChunks() { write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") }

    @discardableResult
    func chunk(_ bytes: [UInt8]) -> Bool {
        write(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8))
    }

    func endChunks() { write("0\r\n\r\n") }

    func close() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        Glibc.close(descriptor)
    }
}

/// An event that one side brings about and the other waits for: a test asynchronously, a server's thread by blocking.
final class Event: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let semaphore = DispatchSemaphore(value: 0)

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func happen() {
        continuation.finish()
        semaphore.signal()
    }

    func wait() async { for await _ in stream {} }

    func block() { semaphore.wait() }

    /// Blocks until the event or for some time.
    func block(atMost time: Duration) -> Bool {
        semaphore.wait(timeout: .now() + .nanoseconds(Int(time / .nanoseconds(1)))) == .success
    }
}

/// A place for one thing that a server's thread hands to a test.
final class Slot<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func put(_ value: Value) { continuation.yield(value) }

    func take() async -> Value {
        var iterator = stream.makeAsyncIterator()
        while true { if let value = await iterator.next() { return value } }
    }
}
