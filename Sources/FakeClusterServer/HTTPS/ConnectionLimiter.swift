import FakeCluster
import HTTPTypes
package import NIOCore
package import NIOHTTP1

/// How long a client may keep its connection waiting: by default with its requests about as long as a real API server lets
/// it. For an answer that is not taken a real server waits as long as the connection lasts; this one has an end.
package struct ConnectionLimits: Sendable {
    /// Until the first request's head is here, TLS included (`ReadHeaderTimeout`).
    package var firstHead = Duration.seconds(32)
    /// Until the next request's head is here (`IdleTimeout`): longer than the 90 s after which clients written in Go close,
    /// so that none sends a request while the connection is being closed.
    package var nextHead = Duration.seconds(100)
    /// From a request's head to the head of its answer, while its body comes and it is worked on: then it is answered
    /// with 504 (`--request-timeout`). Watches and logs begin their answers at once.
    package var answer = Duration.seconds(60)
    /// Until the client has taken a part of an answer that is whole.
    package var taking = Duration.seconds(60)
    /// Until the client has taken a part of a watch or log, whose reader may stand still meanwhile (`logs -f | less`).
    package var takingStream = Duration.seconds(1800)
    /// How long a client that still sends a body may go on once it is answered, so that it reads the answer.
    package var rest = Duration.seconds(1)

    /// The limits of a server that nobody has given others.
    package init() {}
}

/// Closes connections whose clients are silent, or too slow, in the middle of something.
package final class ConnectionLimiter: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPServerRequestPart
    package typealias OutboundIn = HTTPServerResponsePart
    package typealias OutboundOut = HTTPServerResponsePart

    private let limits: ConnectionLimits
    /// Watches what has to come from the client, or from the request's handler.
    private var coming = Alarm()
    /// Watches what goes to the client.
    private var going = Alarm()
    /// Requests that are not answered to the end.
    private var requests = 0
    /// Whether more of the latest request's body is to come.
    private var isBodyOpen = false
    /// How many parts of answers are on their way to the client.
    private var parts = 0
    private var hasGivenUp = false
    /// Whether the present answer says no length: it goes on for as long as there is something to say.
    private var isStream = false

    /// A limiter for one connection.
    package init(_ limits: ConnectionLimits) { self.limits = limits }

    package func handlerAdded(context: ChannelHandlerContext) { expect(limits.firstHead, context) { $0.close($1) } }

    package func handlerRemoved(context: ChannelHandlerContext) { stop() }

    package func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isBodyOpen = true
            requests += 1
            if requests == 1 { awaitAnswer(context) }
        case .body: break
        case .end: isBodyOpen = false
        }
        context.fireChannelRead(data)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if hasGivenUp {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.status.code >= 200 {
                coming.clear()
                isStream = !head.headers.contains(name: "content-length")
            }
        case .body: break
        case .end: answered(context)
        }
        send(data, promise, context)
    }

    // MARK: - What comes

    private func expect(
        _ limit: Duration, _ context: ChannelHandlerContext,
        then act: @escaping (ConnectionLimiter, ChannelHandlerContext) -> Void
    ) {
        coming.set(context.eventLoop, in: limit) { [weak self] in if let self { act(self, context) } }
    }

    private func awaitAnswer(_ context: ChannelHandlerContext) { expect(limits.answer, context) { $0.giveUp($1) } }

    private func answered(_ context: ChannelHandlerContext) {
        requests = max(0, requests - 1)
        if requests > 0 {
            awaitAnswer(context)
        } else {
            expect(isBodyOpen ? limits.rest : limits.nextHead, context) { $0.close($1) }
        }
    }

    /// Answers that it took too long, and closes.
    private func giveUp(_ context: ChannelHandlerContext) {
        isStream = false
        let answer = FakeCluster.timeoutAnswer
        var headers = HTTPHeaders(answer.headers.map { ($0.name.canonicalName, $0.value) })
        headers.add(name: "content-length", value: String(answer.bytes.count))
        headers.add(name: "connection", value: "close")
        let head = HTTPResponseHead(version: .http1_1, status: .gatewayTimeout, headers: headers)
        send(wrapOutboundOut(.head(head)), nil, context)
        send(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.bytes)))), nil, context)
        send(wrapOutboundOut(.end(nil)), nil, context)
        context.flush()
        hasGivenUp = true
        expect(limits.rest, context) { $0.close($1) }
    }

    // MARK: - What goes

    private func send(_ data: NIOAny, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        let promise = promise ?? context.eventLoop.makePromise()
        parts += 1
        if parts == 1 { awaitTaking(context) }
        promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.taken(context) }
        context.write(data, promise: promise)
    }

    private func awaitTaking(_ context: ChannelHandlerContext) {
        going.set(context.eventLoop, in: isStream ? limits.takingStream : limits.taking) { [weak self] in
            self?.close(context)
        }
    }

    private func taken(_ context: ChannelHandlerContext) {
        parts -= 1
        if parts > 0, !hasStopped { awaitTaking(context) } else { going.clear() }
    }

    // MARK: - The end

    private var hasStopped = false

    private func close(_ context: ChannelHandlerContext) {
        stop()
        context.close(promise: nil)
    }

    private func stop() {
        hasStopped = true
        coming.end()
        going.end()
    }
}

/// An action at a moment that is put off again and again: what is scheduled looks, when its time comes, whether it still
/// is.
private final class Alarm {
    private var moment: NIODeadline?
    private var action: () -> Void = {}
    private var scheduled: (moment: NIODeadline, task: Scheduled<Void>)?

    /// Acts after a time, in place of what was set before.
    func set(_ loop: any EventLoop, in delay: Duration, _ action: @escaping () -> Void) {
        let moment = loop.now + TimeAmount(delay)
        self.moment = moment
        self.action = action
        if let scheduled, scheduled.moment <= moment { return }
        scheduled?.task.cancel()
        schedule(loop, moment)
    }

    /// Forgets what was set.
    func clear() {
        moment = nil
        action = {}
    }

    /// Forgets it for good.
    func end() {
        clear()
        scheduled?.task.cancel()
        scheduled = nil
    }

    private func schedule(_ loop: any EventLoop, _ moment: NIODeadline) {
        scheduled = (moment, loop.assumeIsolated().scheduleTask(deadline: moment) { [self] in look(loop) })
    }

    private func look(_ loop: any EventLoop) {
        scheduled = nil
        guard let moment else { return }
        if moment > loop.now { return schedule(loop, moment) }
        let action = action
        clear()
        action()
    }
}

/// Puts a ``ConnectionLimiter`` where it sees requests as they are read and answers as they are written.
final class ConnectionLimiterInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let limits: ConnectionLimits

    init(_ limits: ConnectionLimits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(ConnectionLimiter(limits), position: .after(decoder))
        } catch {
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }
}
