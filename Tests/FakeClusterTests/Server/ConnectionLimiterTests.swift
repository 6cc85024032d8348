import FakeClusterServer
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

/// Clients that keep their connections waiting, in a time of the test's own.
struct ConnectionLimiterTests {
    enum Step: Sendable {
        case head, body, end
        case answerHead(HTTPResponseStatus), answerBody, answerEnd
        /// The head of a watch or log.
        case streamHead
        /// A part of an answer that the client does not take.
        case untaken
        case wait(Int64)
    }

    struct ClientCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var steps: [Step]
        /// How many milliseconds later the connection is closed; nil if it stays.
        var end: Int64?
        /// Whether the client is told with 504.
        var isTold = false
    }

    private static var limits: ConnectionLimits {
        var limits = ConnectionLimits()
        limits.firstHead = .seconds(3)
        limits.nextHead = .seconds(9)
        limits.answer = .seconds(6)
        limits.taking = .seconds(5)
        limits.takingStream = .seconds(50)
        limits.rest = .seconds(1)
        return limits
    }

    private static let answered: [Step] = [.head, .end, .answerHead(.ok), .answerBody, .answerEnd]

    static let cases = [
        ClientCase(testDescription: "says nothing", steps: [], end: 3000),
        ClientCase(testDescription: "sends half a body", steps: [.head, .body], end: 7000, isTold: true),
        ClientCase(
            testDescription: "sends a body byte by byte",
            steps: [.head, .wait(2000), .body, .wait(2000), .body, .wait(1900), .body], end: 1100, isTold: true),
        ClientCase(
            testDescription: "waits for an answer that does not come", steps: [.head, .end], end: 7000, isTold: true),
        ClientCase(
            testDescription: "is told to go on and does not", steps: [.head, .answerHead(.continue)], end: 7000,
            isTold: true),
        ClientCase(testDescription: "watches in silence", steps: [.head, .end, .streamHead, .wait(3_600_000)]),
        ClientCase(testDescription: "has no other request", steps: answered, end: 9000),
        ClientCase(
            testDescription: "has another request in time", steps: answered + [.wait(8900)] + answered, end: 9000),
        ClientCase(
            testDescription: "sends two requests at once",
            steps: [.head, .end, .head, .end, .wait(5000), .answerHead(.ok), .answerEnd], end: 7000, isTold: true),
        ClientCase(
            testDescription: "goes on with a body that is answered",
            steps: [.head, .body, .answerHead(.payloadTooLarge), .answerEnd, .body], end: 1000),
        ClientCase(
            testDescription: "does not take its answer", steps: [.head, .end, .answerHead(.ok), .untaken], end: 5000),
        ClientCase(
            testDescription: "takes its answer slowly",
            steps: [.head, .end, .answerHead(.ok), .untaken, .wait(4900), .answerBody, .wait(4900), .answerBody]),
        ClientCase(testDescription: "pauses a log", steps: [.head, .end, .streamHead, .untaken], end: 50_000),
        ClientCase(
            testDescription: "goes on with a log in time",
            steps: [.head, .end, .streamHead, .untaken, .wait(49_900), .answerBody]),
        ClientCase(
            testDescription: "does not take an answer after a log",
            steps: [
                .head, .end, .streamHead, .answerBody, .answerEnd, .head, .end, .answerHead(.ok), .untaken,
            ], end: 5000),
    ]

    @Test("a connection is kept as long as its client may wait", arguments: cases)
    func silence(_ test: ClientCase) throws {
        let channel = EmbeddedChannel(handler: ConnectionLimiter(Self.limits))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        for step in test.steps { try Self.take(step, channel) }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds((test.end ?? 86_400_000) - 1))
        #expect(channel.isActive)
        var statuses: [HTTPResponseStatus] = []
        while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) {
            if case .head(let head) = part { statuses.append(head.status) }
        }
        #expect(statuses.contains(.gatewayTimeout) == test.isTold)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(channel.isActive == (test.end == nil))
        if channel.isActive { _ = try channel.finish() }
    }

    private static func take(_ step: Step, _ channel: EmbeddedChannel) throws {
        switch step {
        case .head:
            try channel.writeInbound(
                HTTPServerRequestPart.head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")))
        case .body: try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "x")))
        case .end: try channel.writeInbound(HTTPServerRequestPart.end(nil))
        case .answerHead(let status):
            try channel.writeOutbound(Self.answerHead(status, ["content-length": "1"]))
        case .streamHead: try channel.writeOutbound(Self.answerHead(.ok, ["transfer-encoding": "chunked"]))
        case .answerBody: try channel.writeOutbound(Self.answerPart)
        case .answerEnd: try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        case .untaken: channel.write(Self.answerPart, promise: nil)
        case .wait(let milliseconds): channel.embeddedEventLoop.advanceTime(by: .milliseconds(milliseconds))
        }
    }

    private static func answerHead(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) -> HTTPServerResponsePart {
        .head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))
    }

    private static var answerPart: HTTPServerResponsePart { .body(.byteBuffer(ByteBuffer(string: "y"))) }
}
