import FakeCluster
import NIOCore
import Synchronization

/// The connections that are open, so that a server that stops does not wait for clients that never hang up.
final class OpenConnections: Sendable {
    /// How long a client is given to take its last answer and hang up.
    private static let patience = TimeAmount.seconds(1)

    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    fileprivate func add(_ channel: any Channel) {
        channels.withLock { $0[ObjectIdentifier(channel)] = channel }
    }

    fileprivate func remove(_ channel: any Channel) {
        channels.withLock { $0[ObjectIdentifier(channel)] = nil }
    }

    /// Closes what is still open a moment from now.
    func closeSoon() {
        for channel in channels.withLock({ Array($0.values) }) {
            channel.eventLoop.scheduleTask(in: Self.patience) { channel.close(mode: .all, promise: nil) }
        }
    }
}

/// Notices that a client has hung up, also while nothing is read from it and nothing written: a watch may be silent for
/// long. It takes nothing from the connection, so that the next request on it is read as usual.
final class HangUpHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let connections: OpenConnections
    private let hangUp = OneShot<Void>()

    init(connections: OpenConnections) { self.connections = connections }

    func handlerAdded(context: ChannelHandlerContext) {
        connections.add(context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) { end(context) }

    func channelInactive(context: ChannelHandlerContext) {
        end(context)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { hangUp.happen(()) }
        context.fireUserInboundEventTriggered(event)
    }

    private func end(_ context: ChannelHandlerContext) {
        hangUp.happen(())
        connections.remove(context.channel)
    }

    /// Waits until the client of a channel hangs up, or the task is cancelled.
    static func wait(on channel: any Channel) async {
        let hangUp = channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: HangUpHandler.self).hangUp
        }
        _ = try? await hangUp.get().wait()
    }
}
