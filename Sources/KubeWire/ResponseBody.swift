/// A response's body: chunks as they arrive, pulled by the reader, so that a slow reader slows the sender down.
///
/// Read it once. Dropping the iterator, or cancelling the task that waits on it, closes the stream.
public struct ResponseBody: AsyncSequence, Sendable {
    /// A chunk of the body, never empty.
    public typealias Element = [UInt8]

    private let chunks: any AsyncSequence<[UInt8], any Error> & Sendable

    /// A body that streams.
    public init(_ chunks: some AsyncSequence<[UInt8], any Error> & Sendable) {
        self.chunks = chunks
    }

    /// A body that is there already.
    public init(_ bytes: [UInt8]) {
        chunks = AsyncThrowingStream<[UInt8], any Error> { continuation in
            if !bytes.isEmpty { continuation.yield(bytes) }
            continuation.finish()
        }
    }

    /// Starts reading.
    public func makeAsyncIterator() -> Iterator {
        Iterator(chunks.makeAsyncIterator())
    }

    /// Reads chunk by chunk.
    public struct Iterator: AsyncIteratorProtocol {
        private var base: any AsyncIteratorProtocol<[UInt8], any Error>

        fileprivate init(_ base: some AsyncIteratorProtocol<[UInt8], any Error>) { self.base = base }

        /// The next chunk, or nil at the end.
        /// - Throws: ``TransportError`` when the connection broke before the end.
        public mutating func next() async throws -> [UInt8]? {
            try await base.next(isolation: #isolation)
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
