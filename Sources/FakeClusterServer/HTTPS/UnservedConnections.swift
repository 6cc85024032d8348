import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// Holds each connection that was accepted until it is served.
///
/// A server that stops forgets the connections that it has accepted and not yet begun to serve, and NIO ends the program
/// over a connection that is forgotten (`Deinited NIOAsyncWriter without calling finish()`).
struct HeldChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let unserved: UnservedConnections

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        base.setup(channel: channel, logger: logger).map { [base, unserved] value in
            unserved.add(channel) {
                try? await channel.close()
                await base.handle(value: value, logger: logger)
            }
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async {
        unserved.remove(value.channel)
        await base.handle(value: value, logger: logger)
    }
}

/// The connections that were accepted and are not served yet, each with what ends it in order.
final class UnservedConnections: Sendable {
    /// Nil once the server has stopped.
    private let ends = Mutex<[ObjectIdentifier: @Sendable () async -> Void]?>([:])

    func add(_ channel: any Channel, end: @escaping @Sendable () async -> Void) {
        let isLate = ends.withLock { ends in
            ends?[ObjectIdentifier(channel)] = end
            return ends == nil
        }
        // Nobody is left to wait for one that comes after the end.
        if isLate { Task { await end() } }
    }

    func remove(_ channel: any Channel) {
        ends.withLock { $0?[ObjectIdentifier(channel)] = nil }
    }

    /// Ends what is left once the server has stopped.
    func endAll() async {
        let left = ends.withLock { ends in
            defer { ends = nil }
            return ends.map { Array($0.values) } ?? []
        }
        for end in left { await end() }
    }
}
