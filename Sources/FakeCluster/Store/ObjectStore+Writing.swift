import KubeObjects
import Synchronization

/// What one commit writes: the writes that were waiting, checked against what is there and against each other.
private struct WriteBatch {
    typealias Answer = CheckedContinuation<StoreOutcome, Never>

    var revisions: [RevisionLog.Revision] = []
    var events: [(resource: GroupResource, event: StoreEvent)] = []
    var answers: [(outcome: StoreOutcome, answer: Answer)] = []
    var forgotten: [UInt64] = []
    var compactions: [GroupResource: UInt64] = [:]
    /// What the batch's own writes have made of an object; `.some(nil)` is a deleted one.
    var written: [GroupResource: [ObjectKey: StoredObject?]] = [:]
}

/// The writing thread's work.
extension ObjectStore {
    /// Writes everything that waits; ends when nothing does.
    func drain(into writer: borrowing RevisionLog.Writer) {
        while let batch = nextBatch() {
            do {
                try writer.append(batch.revisions, dropping: batch.forgotten, compactions: batch.compactions)
                publish(batch)
            } catch {
                giveUp(batch, because: "\(error)")
            }
        }
    }

    private func nextBatch() -> WriteBatch? {
        var batch = WriteBatch()
        let (queue, version) = state.withLock { state in
            defer { state.queue = [] }
            state.isWriting = !state.queue.isEmpty
            batch.forgotten = state.forgotten
            batch.compactions = state.compactions
            return (state.queue, state.version)
        }
        guard !queue.isEmpty else { return nil }
        // Only this thread changes tables, so that what is read here still holds when the batch is published.
        for (write, answer) in queue {
            let outcome = add(write, to: &batch, version: version + UInt64(batch.revisions.count) + 1)
            batch.answers.append((outcome, answer))
        }
        return batch
    }

    private func add(_ write: StoreWrite, to batch: inout WriteBatch, version: UInt64) -> StoreOutcome {
        let current = batch.written[write.resource]?[write.key] ?? object(write.resource, write.key)
        switch (write.expectation, current) {
        case (.absent, nil): break
        case (.version(let expected), let current?) where current.version == expected: break
        default: return .conflict(current)
        }
        let stored: StoredObject
        let isDeletion: Bool
        if case .put(let object) = write.change, object.value.isNested(deeperThan: JSONValue.nestingLimit) {
            return .tooDeep
        }
        switch write.change {
        case .put(let object): (stored, isDeletion) = (StoredObject(object, version: version), false)
        case .delete(let object): (stored, isDeletion) = (StoredObject(object, version: version), true)
        }
        if !isDeletion, stored.bytes.count > Self.objectSizeLimit { return .tooLarge }
        batch.revisions.append(
            RevisionLog.Revision(
                version: version, resource: write.resource, isDeletion: isDeletion, bytes: stored.bytes))
        batch.events.append(
            (write.resource, StoreEvent(object: stored, previous: current, isDeletion: isDeletion)))
        batch.written[write.resource, default: [:]][write.key] = .some(isDeletion ? nil : stored)
        return .written(stored)
    }

    private func publish(_ batch: WriteBatch) {
        let (watchers, sinks) = state.withLock { state in
            state.forgotten.removeFirst(batch.forgotten.count)
            for (resource, version) in batch.compactions where state.compactions[resource] == version {
                state.compactions[resource] = nil
            }
            for (resource, event) in batch.events { state.apply(event, of: resource, historyLimit: historyLimit) }
            let watchers = batch.written.keys.map { state.tables[$0]?.watchers ?? [:] }
            return (watchers, Array(state.sinks.values))
        }
        // Outside of the lock: handing on to a task locks the task, and a task that is cancelled, being locked, locks
        // this store to be taken off its lists.
        for (resource, event) in batch.events {
            for sink in sinks { sink(resource, event) }
            observer(resource, event)
        }
        for watcher in watchers.lazy.flatMap(\.values) { watcher.yield() }
        for (outcome, answer) in batch.answers { answer.resume(returning: outcome) }
    }

    private func giveUp(_ batch: WriteBatch, because reason: String) {
        for (outcome, answer) in batch.answers {
            if case .written = outcome {
                answer.resume(returning: .failed(reason))
            } else {
                answer.resume(returning: outcome)
            }
        }
    }
}

extension ObjectStore.State {
    /// Shows a stored change to readers.
    fileprivate mutating func apply(_ event: StoreEvent, of resource: GroupResource, historyLimit: Int) {
        version = event.version
        tables[resource, default: ResourceTable(oldestVersion: baseVersion)].apply(event)
        compact(resource) { $0.compact(to: historyLimit) }
    }

    fileprivate mutating func compact(_ resource: GroupResource, by forget: (inout ResourceTable) -> [UInt64]) {
        let oldest = tables[resource]?.oldestVersion
        forgotten += forget(&tables[resource, default: ResourceTable(oldestVersion: baseVersion)])
        if tables[resource]?.oldestVersion != oldest { compactions[resource] = tables[resource]?.oldestVersion }
    }
}

extension ObjectStore {
    /// The most bytes that an object may have: etcd's limit of a request, `--max-request-bytes`.
    static let objectSizeLimit = 1_572_864

    /// Forgets the changes up to a version: watches can no longer resume from before them. What each object is now
    /// stays. The disk forgets with the next write.
    func compact(upTo version: UInt64) {
        state.withLock { state in
            for resource in state.tables.keys { state.compact(resource) { $0.compact(upTo: version) } }
        }
    }
}
