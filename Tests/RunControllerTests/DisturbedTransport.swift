import HTTPTypes
import KubeObjects
import KubeWire
import Synchronization
import TestSupport

/// A transport that keeps a list of what passes it, and disturbs it where it is told to.
final class DisturbedTransport: Transport {
    /// What goes wrong with a request.
    enum Fault: Sendable {
        /// The process is killed at this request: nothing passes from then on. The server may still get this one.
        case death(isDelivered: Bool)
        /// No answer comes back. The server may still have got the request.
        case lost(isDelivered: Bool)
        /// The server answers this code and does nothing.
        case refused(code: Int, message: String = "as the test says")
        /// A stream breaks off after so many chunks.
        case cut(afterChunks: Int)
        /// Each chunk of a stream comes twice.
        case doubled
        /// Each chunk of a stream comes so much later, or those only that hold a text.
        case late(Duration, TimeSource, ifHolding: String = "")
    }

    /// A request that the server got.
    struct Entry: Sendable {
        var method: HTTPRequest.Method
        var path: String
        var query: String
        var body: [UInt8]
        var code: Int

        /// Whether it is a list or a watch of an informer.
        var isReflection: Bool { method == .get && !query.isEmpty }
        var isWrite: Bool { method != .get }
        var isEvent: Bool { path.hasSuffix("/events") || path.contains("/events/") }
    }

    /// Decides what goes wrong with a request: its number, counted from 1 over all that are no reflections (0 for
    /// those), and the request.
    typealias Decision = @Sendable (Int, WireRequest) -> Fault?

    private struct State {
        var count = 0
        var entries: [Entry] = []
        var isDead = false
        var underWay = 0
    }

    private let base: any Transport
    private let decide: Decision
    private let state = Mutex(State())
    /// The path of each watch that was opened.
    let watches = Journal<String>()

    init(_ base: any Transport, faults decide: @escaping Decision = { _, _ in nil }) {
        self.base = base
        self.decide = decide
    }

    /// All that the server got.
    var entries: [Entry] { state.withLock(\.entries) }
    /// Method and path of each write that the server got.
    var writes: [String] { entries.filter(\.isWrite).map { "\($0.method) \($0.path)" } }
    /// The path of each list.
    var lists: [String] { entries.filter { $0.isReflection && !$0.query.contains("watch=true") }.map(\.path) }
    /// How many requests there were, reflections not counted: those of one run's life.
    var requestCount: Int { state.withLock(\.count) }
    /// Whether a request waits for the server.
    var isBusy: Bool { state.withLock { $0.underWay > 0 } }
    /// Whether the process was killed.
    var isDead: Bool { state.withLock(\.isDead) }

    func send(_ request: WireRequest) async throws -> WireResponse {
        let path = String(request.path.prefix { $0 != "?" })
        let query = String(request.path.dropFirst(path.count + 1))
        let isReflection = request.method == .get && !query.isEmpty
        let number = try state.withLock { state in
            if state.isDead { throw Self.dead }
            if !isReflection { state.count += 1 }
            return isReflection ? 0 : state.count
        }
        let fault = decide(number, request)
        switch fault {
        case .death(let isDelivered):
            state.withLock { $0.isDead = true }
            guard isDelivered else { throw Self.dead }
        case .lost(isDelivered: false): throw Self.lost
        case .refused(let code, let message): return Self.refusal(code, message)
        case .lost, .cut, .doubled, .late, nil: break
        }
        let isWatch = query.contains("watch=true")
        if !isWatch { state.withLock { $0.underWay += 1 } }
        defer { if !isWatch { state.withLock { $0.underWay -= 1 } } }
        let response = try await base.send(request)
        let entry = Entry(
            method: request.method, path: path, query: query, body: request.body, code: response.status.code)
        state.withLock { $0.entries.append(entry) }
        if isWatch { watches.add(request.path) }
        switch fault {
        case .death: throw Self.dead
        case .lost: throw Self.lost
        case .cut, .doubled, .late, .refused, nil:
            guard let fault, isWatch else { return response }
            var response = response
            response.body = ResponseBody(DisturbedBody(body: response.body, fault: fault))
            return response
        }
    }

    private static let dead = TransportError(.connectionLost, "the process was killed")
    private static let lost = TransportError(.connectionLost, "the connection closed without an answer")

    private static func refusal(_ code: Int, _ message: String) -> WireResponse {
        let status = KubeStatus(code: code, reason: reasons[code] ?? "", message: message)
        return WireResponse(status: HTTPResponse.Status(code: code), bytes: status.json.encoded())
    }

    private static let reasons: [Int: KubeStatus.Reason] = [
        403: .forbidden, 409: .conflict, 410: "Expired", 429: "TooManyRequests", 500: "InternalError",
        503: "ServiceUnavailable",
    ]
}

/// A stream that breaks off, repeats itself or is late.
private struct DisturbedBody: AsyncSequence {
    let body: ResponseBody
    let fault: DisturbedTransport.Fault

    struct Iterator: AsyncIteratorProtocol {
        var base: ResponseBody.Iterator
        var fault: DisturbedTransport.Fault
        var again: [UInt8]?

        mutating func next() async throws -> [UInt8]? {
            switch fault {
            case .cut(let rest):
                guard rest > 0 else { throw TransportError(.connectionLost, "the stream broke off") }
                fault = .cut(afterChunks: rest - 1)
                return try await base.next()
            case .doubled:
                if let chunk = again.take() { return chunk }
                again = try await base.next()
                return again
            case .late(let delay, let time, let text):
                let chunk = try await base.next()
                if text.isEmpty || String(decoding: chunk ?? [], as: UTF8.self).contains(text) {
                    try await time.sleep(delay)
                }
                return chunk
            case .death, .lost, .refused: return try await base.next()
            }
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(base: body.makeAsyncIterator(), fault: fault) }
}
