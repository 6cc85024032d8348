import KubeWire
import Synchronization

/// One request on its way: the meeting point of the task that waits and the thread that runs libcurl.
///
/// The loop's thread brings the head and the bytes; the reader takes them. What the reader has not taken yet is
/// bounded: beyond the limit the thread leaves the bytes with libcurl, which stops reading the connection.
final class Transfer: Sendable {
    /// The head of a response.
    struct Head: Sendable {
        var status: Int
        var headers: [(name: String, value: String)]
    }

    /// Everything that the thread needs to begin.
    struct Request: Sendable {
        var wire: WireRequest
        var url: ServerURL
        var endpoint: Endpoint
        var credentials: Credentials
        var impersonation: Impersonation?
        var admitsAddress: (@Sendable (IPAddress) -> Bool)?
    }

    let id: Int
    let request: Request
    private let state = Mutex(State())

    private struct State {
        var head: CheckedContinuation<Head, any Error>?
        var reader: CheckedContinuation<[UInt8]?, any Error>?
        var buffer: [UInt8] = []
        /// Whether libcurl was told to wait because the buffer is full.
        var isPaused = false
        /// Set once: how it ended, nil error for well.
        var end: End?
        struct End { var error: (any Error)? }
    }

    /// How many bytes wait for the reader before the connection is no longer read.
    static let bufferLimit = 256 << 10

    init(id: Int, request: Request) {
        self.id = id
        self.request = request
    }

    /// Whether nobody wants the answer any more, or all of it is here.
    var isEnded: Bool { state.withLock { $0.end != nil } }
}

/// The reader's side.
extension Transfer {
    /// Waits for the head. `begin` is called once the wait is set up.
    func head(begin: () -> Void) async throws -> Head {
        try await withCheckedThrowingContinuation { continuation in
            let early = state.withLock { state -> State.End? in
                if state.end == nil { state.head = continuation }
                return state.end
            }
            if let early {
                continuation.resume(throwing: early.error ?? CancellationError())
            } else {
                begin()
            }
        }
    }

    /// The bytes that came since the last call, waiting for the first; nil at the end.
    /// - Parameter resume: called if the connection must be read again.
    func nextBytes(resume: () -> Void) async throws -> [UInt8]? {
        try await withCheckedThrowingContinuation { continuation in
            enum Outcome { case bytes([UInt8], mustResume: Bool), end(State.End), wait }
            let outcome = state.withLock { state -> Outcome in
                if !state.buffer.isEmpty {
                    defer { (state.buffer, state.isPaused) = ([], false) }
                    return .bytes(state.buffer, mustResume: state.isPaused)
                }
                if let end = state.end { return .end(end) }
                state.reader = continuation
                return .wait
            }
            switch outcome {
            case .bytes(let bytes, let mustResume):
                if mustResume { resume() }
                continuation.resume(returning: bytes)
            case .end(let end):
                if let error = end.error {
                    continuation.resume(throwing: error)
                } else {
                    continuation.resume(returning: nil)
                }
            case .wait: break
            }
        }
    }
}

/// The loop's side.
extension Transfer {
    /// Hands the head over.
    func arrived(head: Head) {
        state.withLock { $0.head.take() }?.resume(returning: head)
    }

    /// Takes bytes, or refuses them because enough are waiting; then the connection must not be read until resumed.
    func arrived(bytes: UnsafeRawBufferPointer) -> Bool {
        let reader = state.withLock { state -> (CheckedContinuation<[UInt8]?, any Error>?, Bool) in
            guard state.buffer.count < Self.bufferLimit else {
                state.isPaused = true
                return (nil, false)
            }
            if let reader = state.reader.take() { return (reader, true) }
            unsafe state.buffer.append(contentsOf: bytes)
            return (nil, true)
        }
        if let waiting = reader.0 { unsafe waiting.resume(returning: Array(bytes)) }
        return reader.1
    }

    /// Ends the transfer: waiting tasks get the error, or nil at the end of the body. The first end counts.
    func end(_ error: (any Error)?) {
        let waiting = state.withLock { state in
            if state.end == nil { state.end = State.End(error: error) }
            return (state.head.take(), state.reader.take())
        }
        waiting.0?.resume(throwing: error ?? TransportError(.connectionLost, "the connection closed without an answer"))
        if let error { waiting.1?.resume(throwing: error) } else { waiting.1?.resume(returning: nil) }
    }

    /// Whether bytes were refused and the reader has not caught up.
    var isPaused: Bool { state.withLock { $0.isPaused } }
}
