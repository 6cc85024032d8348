import KubeObjects
import KubeWire

/// The body of a watch: frames as changes come, at the reader's own pace.
struct WatchStream: AsyncSequence, Sendable {
    /// What is watched, and how.
    struct Plan: Sendable {
        /// The stored objects.
        var store: ObjectStore
        /// Which of them.
        var filter: ObjectFilter
        /// How they are written.
        var encoder: ObjectEncoder
        /// The version to go on from; nil begins with what is there.
        var version: UInt64?
        /// Whether what is there is ended by a bookmark.
        var marksInitialEnd: Bool
        /// Whether bookmarks are sent.
        var allowsBookmarks: Bool
        /// Where time comes from.
        var time: TimeSource
        /// When the stream ends.
        var end: Timestamp
    }

    /// How often a silent watch is sent a bookmark.
    static let bookmarkInterval = Duration.seconds(60)

    /// What is watched.
    let plan: Plan

    func makeAsyncIterator() -> Iterator { Iterator(plan) }

    /// Reads the stream.
    struct Iterator: AsyncIteratorProtocol {
        private let plan: Plan
        private let resource: GroupResource
        private var version: UInt64
        private var hasBegun: Bool
        private var hasEnded = false
        private var isFirstFrame = true
        private var nextBookmark: Timestamp

        fileprivate init(_ plan: Plan) {
            self.plan = plan
            resource = plan.encoder.definition.storageResource
            hasBegun = plan.version != nil
            version = plan.version ?? 0
            nextBookmark = plan.time.now() + WatchStream.bookmarkInterval
        }

        /// The next frames; nil at the end.
        mutating func next() async -> [UInt8]? {
            if !hasBegun {
                hasBegun = true
                let frames = initialFrames()
                if !frames.isEmpty { return frames }
            }
            while !hasEnded, !Task.isCancelled {
                switch await nextBatch() {
                case .expired(let oldest)?:
                    hasEnded = true
                    let status = KubeStatus.tooOld(version, oldest: oldest)
                    return ObjectEncoder.frame("ERROR", status.json.encoded())
                case .events(let events, let upTo)?:
                    version = upTo
                    let frames = frames(of: events)
                    if !frames.isEmpty { return frames }
                case nil:
                    let now = plan.time.now()
                    if now >= plan.end {
                        hasEnded = true
                    } else if plan.allowsBookmarks, now >= nextBookmark {
                        nextBookmark = now + WatchStream.bookmarkInterval
                        return bookmark(annotations: nil)
                    }
                }
            }
            return nil
        }

        /// The next changes; nil once it is time for a bookmark or the end.
        private mutating func nextBatch() async -> EventBatch? {
            let present = plan.store.events(resource, after: version)
            guard case .events(let events, let upTo) = present, events.isEmpty else { return present }
            // Other resources' changes move the watch on, too: its bookmarks say so.
            version = upTo
            let now = plan.time.now()
            let pause = (plan.allowsBookmarks ? Swift.min(nextBookmark, plan.end) : plan.end) - now
            guard pause > .zero else { return nil }
            return await withTaskGroup(of: EventBatch?.self) { [plan, resource, version] group in
                group.addTask { await plan.store.nextEvents(resource, after: version) }
                group.addTask {
                    try? await plan.time.sleep(pause)
                    return nil
                }
                defer { group.cancelAll() }
                return await group.next() ?? nil
            }
        }

        private mutating func initialFrames() -> [UInt8] {
            let (current, objects) = plan.store.objects(resource, in: nil)
            version = current
            var bytes: [UInt8] = []
            for stored in objects where plan.filter.matches(stored) { append("ADDED", stored, to: &bytes) }
            if plan.marksInitialEnd {
                bytes += bookmark(annotations: [WatchEvent.initialEventsEndAnnotation: "true"])
            }
            return bytes
        }

        private mutating func frames(of events: [StoreEvent]) -> [UInt8] {
            var bytes: [UInt8] = []
            for event in events {
                let isIn = !event.isDeletion && plan.filter.matches(event.object)
                let wasIn = event.previous.map(plan.filter.matches) ?? false
                switch (wasIn, isIn) {
                case (false, true): append("ADDED", event.object, to: &bytes)
                case (true, true): append("MODIFIED", event.object, to: &bytes)
                case (true, false): append("DELETED", event.lastSeen, to: &bytes)
                case (false, false): break
                }
            }
            return bytes
        }

        private mutating func append(_ type: String, _ stored: StoredObject, to bytes: inout [UInt8]) {
            bytes += plan.encoder.frame(type, stored, isFirst: isFirstFrame)
            isFirstFrame = false
        }

        private mutating func bookmark(annotations: JSONObject?) -> [UInt8] {
            let resource = plan.encoder.definition.resource
            var metadata: JSONObject = ["resourceVersion": .string(String(version))]
            metadata["annotations"] = annotations.map { .object($0) }
            let object: JSONObject = [
                "kind": .string(resource.kind), "apiVersion": .string(resource.apiVersion),
                "metadata": .object(metadata),
            ]
            defer { isFirstFrame = false }
            return plan.encoder.frame("BOOKMARK", KubeObject(object), isFirst: isFirstFrame)
        }
    }
}

extension StoreEvent {
    /// What a watcher that saw the object before is told when it goes: its state before, at the version of the change.
    fileprivate var lastSeen: StoredObject {
        if isDeletion { return object }
        guard let previous else { return object }
        return StoredObject(previous.object, version: version)
    }
}
