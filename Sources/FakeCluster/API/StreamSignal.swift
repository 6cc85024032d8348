import Synchronization

/// What the reader of a stream waits for: that there may be more to read, or that somebody ends the stream while it
/// waits, as a partition does, the cluster's stop, or a client that hangs up.
///
/// News that come while nobody waits are kept, several as one. Goes with its stream: whoever gives news holds only the
/// ``continuation``, or the signal weakly.
final class StreamSignal: Sendable {
    /// Gives news.
    let continuation: AsyncStream<Void>.Continuation
    private let news: AsyncStream<Void>
    private let ending = Mutex<Result<Void, any Error>?>(nil)

    init() { (news, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Ends the stream: at once with an error, or without one when what is there has been read.
    func end(throwing error: (any Error)? = nil) {
        ending.withLock { $0 = $0 ?? error.map { .failure($0) } ?? .success(()) }
        continuation.finish()
    }

    /// Whether the stream was ended: then what is there is the last. Throws what it was ended with.
    var hasEnded: Bool {
        get throws { try ending.withLock(\.self)?.get() != nil }
    }

    /// Waits for news; false once the stream was ended or the task is cancelled.
    func wait() async -> Bool {
        var iterator = news.makeAsyncIterator()
        return await iterator.next() != nil
    }

    /// Calls a function once nobody reads the stream any more, or it is ended; at once if it is.
    func whenOver(_ body: @escaping @Sendable () -> Void) {
        continuation.onTermination = { _ in body() }
        // A stream that has ended calls nobody who comes later.
        if case .terminated = continuation.yield() { body() }
    }
}
