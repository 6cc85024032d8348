import HTTPTypes
import KubeObjects
import KubeWire
import Synchronization
import TestSupport

/// A server that answers each request with the next answer of a script, and tells which requests came. For what a real
/// server does only on bad days; everything else is tested against the fake cluster.
final class ScriptedServer: Transport {
    /// An answer.
    enum Answer: Sendable {
        case json(JSONValue)
        case status(KubeStatus)
        case failure(TransportError)
        /// A watch that sends these lines and then ends, breaks, or stays open.
        case watch([String], end: End)

        enum End: Sendable { case ended, broken, open }
    }

    private struct State {
        var answers: [Answer]
        var requests: [String] = []
    }

    private let state: Mutex<State>
    private let arrivals = Journal<Void>()

    init(_ answers: [Answer]) { state = Mutex(State(answers: answers)) }

    /// Method and path of each request, without what differs from run to run.
    var requests: [String] { state.withLock(\.requests) }

    /// Waits until so many requests have come; returns at once when the task is cancelled.
    func waitForRequests(_ count: Int) async {
        while requests.count < count, await arrivals.next() != nil {}
    }

    func send(_ request: WireRequest) async throws -> WireResponse {
        switch take(request) {
        case .json(let json)?: return WireResponse(status: .ok, bytes: json.encoded())
        case .status(let status)?:
            return WireResponse(status: .init(code: status.code), bytes: status.json.encoded())
        case .failure(let error)?: throw error
        case .watch(let lines, let end)?: return WireResponse(status: .ok, body: Self.stream(lines, end))
        case nil:
            // Nothing more to say: as a server that does not answer.
            try await Task.sleep(for: .seconds(3600))
            throw TransportError(.timedOut, "the script is over")
        }
    }

    private func take(_ request: WireRequest) -> Answer? {
        defer { arrivals.add(()) }
        return state.withLock { state in
            let path = request.path.split(separator: "&").filter { !$0.hasPrefix("timeoutSeconds") }
            state.requests.append("\(request.method) \(path.joined(separator: "&"))")
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
    }

    private static func stream(_ lines: [String], _ end: Answer.End) -> ResponseBody {
        let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        for line in lines { continuation.yield(Array((line + "\n").utf8)) }
        switch end {
        case .ended: continuation.finish()
        case .broken: continuation.finish(throwing: TransportError(.connectionLost, "the connection broke"))
        case .open: break
        }
        return ResponseBody(OpenStream(stream: stream, continuation: continuation))
    }
}

/// A stream that keeps its continuation, so that it stays open as long as somebody reads it.
private struct OpenStream: AsyncSequence, Sendable {
    let stream: AsyncThrowingStream<[UInt8], any Error>
    let continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation

    func makeAsyncIterator() -> AsyncThrowingStream<[UInt8], any Error>.Iterator { stream.makeAsyncIterator() }
}
