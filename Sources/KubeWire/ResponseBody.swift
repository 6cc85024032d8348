/// A response's body: chunks as they arrive, pulled by the reader, so that a slow reader slows the sender down.
///
/// Read it once. Dropping the iterator, or cancelling the task that waits on it, closes the stream.
public struct ResponseBody: AsyncSequence, Sendable {
    /// A chunk of the body, never empty.
    public typealias Element = [UInt8]

    private enum Content: Sendable {
        case whole([UInt8])
        case stream(any AsyncSequence<[UInt8], any Error> & Sendable)
    }

    private let content: Content
    private let onEnd: (@Sendable ((any Error)?) -> Void)?

    /// A body that streams.
    /// - Parameter onEnd: ends the stream while its reader waits, see ``end(throwing:)``.
    public init(
        _ chunks: some AsyncSequence<[UInt8], any Error> & Sendable,
        onEnd: (@Sendable ((any Error)?) -> Void)? = nil
    ) {
        content = .stream(chunks)
        self.onEnd = onEnd
    }

    /// A body that is there already.
    public init(_ bytes: [UInt8]) {
        content = .whole(bytes)
        onEnd = nil
    }

    /// Ends the stream from outside, even while its reader waits, which then gets the error, or the end.
    ///
    /// Only a server's streams can be ended so; all others by cancelling the task that reads, and nothing happens here.
    public func end(throwing error: (any Error)? = nil) { onEnd?(error) }

    /// The whole body, if it was there from the beginning; nil if it streams. A server sends the first with its length.
    public var bytes: [UInt8]? {
        guard case .whole(let bytes) = content else { return nil }
        return bytes
    }

    /// Starts reading.
    public func makeAsyncIterator() -> Iterator {
        switch content {
        case .whole(let bytes): Iterator(content: .whole(bytes))
        case .stream(let chunks): Iterator(content: .stream(chunks.makeAsyncIterator()))
        }
    }

    /// Reads chunk by chunk.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate enum Content {
            case whole([UInt8])
            case stream(any AsyncIteratorProtocol<[UInt8], any Error>)
        }

        fileprivate var content: Content

        /// The next chunk, or nil at the end.
        /// - Throws: ``TransportError`` when the connection broke before the end.
        public mutating func next() async throws -> [UInt8]? {
            switch content {
            case .whole(let bytes):
                content = .whole([])
                return bytes.isEmpty ? nil : bytes
            case .stream(var chunks):
                defer { content = .stream(chunks) }
                return try await chunks.next(isolation: #isolation)
            }
        }
    }

    /// The whole body.
    /// - Parameter limit: the most bytes to take, 64 MiB unless told.
    /// - Throws: ``TransportError`` when the body is longer or breaks off.
    public func collect(upTo limit: Int = 64 << 20) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in self {
            guard bytes.count + chunk.count <= limit else {
                throw TransportError(.responseTooLarge, "the response is larger than \(limit) bytes")
            }
            if bytes.isEmpty { bytes = chunk } else { bytes.append(contentsOf: chunk) }
        }
        return bytes
    }
}
