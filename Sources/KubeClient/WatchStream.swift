import KubeObjects
public import KubeWire

/// The frames of one watch, read as they are asked for: a slow reader slows the server down, nothing piles up here.
///
/// Read it once. Dropping the iterator, or cancelling the task that waits on it, closes the watch.
public struct WatchStream: AsyncSequence, Sendable {
    /// One frame.
    public typealias Element = WatchEvent

    let body: ResponseBody
    let frameLimit: Int

    /// The frames of a response body.
    /// - Parameter frameLimit: the largest frame taken, in bytes.
    public init(body: ResponseBody, frameLimit: Int = 16 << 20) {
        self.body = body
        self.frameLimit = frameLimit
    }

    /// Starts reading.
    public func makeAsyncIterator() -> Iterator {
        Iterator(chunks: body.makeAsyncIterator(), frameLimit: frameLimit)
    }

    /// Reads frame by frame.
    public struct Iterator: AsyncIteratorProtocol {
        private var chunks: ResponseBody.Iterator
        private let frameLimit: Int
        private var splitter = LineSplitter()
        /// Complete frames not yet handed out.
        private var lines: ArraySlice<[UInt8]> = []

        init(chunks: ResponseBody.Iterator, frameLimit: Int) {
            self.chunks = chunks
            self.frameLimit = frameLimit
        }

        /// The next frame, or nil when the server ended the watch.
        /// - Throws: `TransportError`: `connectionLost` when the stream broke, also in the middle of a frame;
        ///   `malformedResponse` for a frame that is none; `responseTooLarge` for one beyond the limit.
        public mutating func next() async throws -> WatchEvent? {
            while true {
                if let line = lines.popFirst() {
                    if line.allSatisfy({ $0 == UInt8(ascii: "\r") }) { continue }
                    return try Self.event(of: line)
                }
                guard let chunk = try await chunks.next() else {
                    guard splitter.finish() == nil else {
                        throw TransportError(.connectionLost, "the watch stream ended in the middle of a frame")
                    }
                    return nil
                }
                lines = splitter.append(chunk)[...]
                guard splitter.pendingCount <= frameLimit else {
                    throw TransportError(.responseTooLarge, "a watch frame is larger than \(frameLimit) bytes")
                }
            }
        }

        private static func event(of line: [UInt8]) throws -> WatchEvent {
            let json: JSONValue
            do {
                json = try JSONValue(parsing: line)
            } catch {
                throw TransportError(.malformedResponse, "a watch frame is not JSON: \(error)")
            }
            if let event = WatchEvent(json) { return event }
            if let status = KubeStatus(json) { return .error(status) }
            throw TransportError(.malformedResponse, "a watch frame has no known type or no object")
        }
    }
}
