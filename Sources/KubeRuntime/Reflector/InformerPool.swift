public import ServiceLifecycle
import Synchronization

/// Runs informers that are needed for a while only: they are started and stopped while others run.
public final class InformerPool: Service {
    private struct Entry: Sendable {
        var informer: Informer
        var stop: Latch
        var onSync: @Sendable () -> Void
    }

    private struct State {
        var waiting: [Entry] = []
        var running: [ObjectIdentifier: Latch] = [:]
    }

    private let state = Mutex(State())
    private let signal = Signal()

    /// A pool without informers.
    public init() {}

    /// How many informers are in the pool.
    public var count: Int { state.withLock(\.running.count) }

    /// Has an informer run until it is stopped. Before ``run()`` it waits.
    /// - Parameters:
    ///   - informer: the informer, which nobody else runs.
    ///   - onSync: is called once, when its store has shown what the server has.
    public func start(_ informer: Informer, onSync: @escaping @Sendable () -> Void) {
        state.withLock { state in
            let stop = Latch()
            state.running[ObjectIdentifier(informer)] = stop
            state.waiting.append(Entry(informer: informer, stop: stop, onSync: onSync))
        }
        signal.give()
    }

    /// Stops an informer for good; its store stays as it is.
    public func stop(_ informer: Informer) {
        state.withLock { $0.running.removeValue(forKey: ObjectIdentifier(informer)) }?.open()
    }

    /// Runs informers until the task is cancelled or shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    let entries = self.state.withLock { state in
                        defer { state.waiting = [] }
                        return state.waiting
                    }
                    for entry in entries { group.addTask { await Self.run(entry) } }
                    await self.signal.wait()
                }
            }
        }
    }

    private static func run(_ entry: Entry) async {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                try? await entry.informer.run()
                return true
            }
            group.addTask {
                try? await entry.stop.wait()
                return true
            }
            group.addTask {
                guard (try? await entry.informer.waitUntilSynced()) != nil else { return false }
                entry.onSync()
                return false
            }
            while let isOver = await group.next(), !isOver {}
            group.cancelAll()
        }
    }
}
