import KubeObjects
import Synchronization

/// Watches read the history at their own pace: a reader is only a version, so that a slow one holds no memory and one
/// that falls too far behind is told so.
extension ObjectStore {
    /// The changes of a resource after a version that are there now.
    func events(_ resource: GroupResource, after version: UInt64, limit: Int = 256) -> EventBatch {
        state.withLock { state in
            let oldest = state.tables[resource]?.oldestVersion ?? state.baseVersion
            guard version >= oldest else { return .expired(oldest: oldest) }
            guard let events = state.tables[resource]?.events(after: version, limit: limit) else {
                return .events([], upTo: max(version, state.version))
            }
            let isAll = events.count < limit
            return .events(Array(events), upTo: isAll ? max(version, state.version) : events.last?.version ?? version)
        }
    }

    /// Gives a signal news of each change of a resource, until its stream is over.
    func notify(_ signal: StreamSignal, of resource: GroupResource, whenOver: @escaping @Sendable () -> Void) {
        let number = state.withLock { state in
            state.nextWatcher += 1
            let base = state.baseVersion
            state.tables[resource, default: ResourceTable(oldestVersion: base)].watchers[state.nextWatcher] =
                signal.continuation
            return state.nextWatcher
        }
        signal.whenOver { [weak self] in
            self?.state.withLock { _ = $0.tables[resource]?.watchers.removeValue(forKey: number) }
            whenOver()
        }
    }
}

/// Where changes go as they happen, in order. Called on the writing thread: must only hand on.
typealias ChangeSink = @Sendable (GroupResource, StoreEvent) -> Void

extension ObjectStore {
    /// Every change of some resources (nil: of all), beginning with each object that is there as new. Nothing is
    /// dropped: for readers in this process that keep up.
    /// - Parameter transform: makes an element of a change; nil leaves the change out.
    func changes<Element: Sendable>(
        of resources: [GroupResource]?, transform: @escaping @Sendable (GroupResource, StoreEvent) -> Element?
    ) -> AsyncStream<Element> {
        let (stream, continuation) = AsyncStream.makeStream(of: Element.self)
        let number = state.withLock { state in
            state.nextWatcher += 1
            for resource in resources ?? Array(state.tables.keys) {
                for object in state.tables[resource]?.objects ?? [] {
                    let event = StoreEvent(object: object, previous: nil, isDeletion: false)
                    if let element = transform(resource, event) { continuation.yield(element) }
                }
            }
            state.sinks[state.nextWatcher] = { resource, event in
                guard resources?.contains(resource) ?? true, let element = transform(resource, event) else { return }
                continuation.yield(element)
            }
            return state.nextWatcher
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.sinks.removeValue(forKey: number) }
        }
        return stream
    }
}
