import KubeObjects
import Synchronization

/// Watches read the history at their own pace: a reader is only a version, so that a slow one holds no memory and one
/// that falls too far behind is told so.
extension ObjectStore {
    /// The next changes of a resource after a version, waiting for one if there is none yet.
    ///
    /// Ends without changes when the task is cancelled.
    func nextEvents(_ resource: GroupResource, after version: UInt64, limit: Int = 256) async -> EventBatch {
        while true {
            let batch = events(resource, after: version, limit: limit)
            guard case .events(let events, _) = batch, events.isEmpty, !Task.isCancelled else { return batch }
            await nextChange(of: resource, after: version)
        }
    }

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

    private func nextChange(of resource: GroupResource, after version: UInt64) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isReady = state.withLock { state in
                    let base = state.baseVersion
                    // What came between the look and this lock would otherwise be slept through.
                    if Task.isCancelled || state.tables[resource]?.events(after: version, limit: 1)?.isEmpty == false {
                        return true
                    }
                    state.tables[resource, default: ResourceTable(oldestVersion: base)].waiters[number] = waiter
                    return false
                }
                if isReady { waiter.resume() }
            }
        } onCancel: {
            state.withLock { $0.tables[resource]?.waiters.removeValue(forKey: number) }?.resume()
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
            state.nextWaiter += 1
            for resource in resources ?? Array(state.tables.keys) {
                for object in state.tables[resource]?.objects ?? [] {
                    let event = StoreEvent(object: object, previous: nil, isDeletion: false)
                    if let element = transform(resource, event) { continuation.yield(element) }
                }
            }
            state.sinks[state.nextWaiter] = { resource, event in
                guard resources?.contains(resource) ?? true, let element = transform(resource, event) else { return }
                continuation.yield(element)
            }
            return state.nextWaiter
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.sinks.removeValue(forKey: number) }
        }
        return stream
    }
}
