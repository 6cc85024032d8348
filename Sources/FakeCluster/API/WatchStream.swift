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

    typealias Element = [UInt8]
    typealias Failure = any Error

    /// What is watched.
    let plan: Plan
    /// Tells of changes, and when it is time for a bookmark or the end.
    let signal = StreamSignal()

    func makeAsyncIterator() -> Iterator { Iterator(plan, signal) }

    /// Reads the stream.
    struct Iterator: AsyncIteratorProtocol {
        private let plan: Plan
        private let signal: StreamSignal
        private let resource: GroupResource
        private var version: UInt64
        private var hasBegun: Bool
        private var hasEnded = false
        private var isFirstFrame = true
        private var nextBookmark: Timestamp

        fileprivate init(_ plan: Plan, _ signal: StreamSignal) {
            self.plan = plan
            self.signal = signal
            resource = plan.encoder.definition.storageResource
            hasBegun = plan.version != nil
            version = plan.version ?? 0
            nextBookmark = plan.time.now() + WatchStream.bookmarkInterval
            let alarm = Self.alarm(plan, signal, firstBookmark: nextBookmark)
            // Told before the first look, so that nothing falls between.
            plan.store.notify(signal, of: resource) { alarm.cancel() }
        }

        /// Gives news when it is time for a bookmark, and ends the watch in time. One for the whole watch, which may be
        /// told of a thousand changes a second.
        private static func alarm(
            _ plan: Plan, _ signal: StreamSignal, firstBookmark: Timestamp
        ) -> Task<Void, Never> {
            Task { [weak signal, time = plan.time, end = plan.end, allowsBookmarks = plan.allowsBookmarks] in
                var next = allowsBookmarks ? firstBookmark : end
                while next < end {
                    guard await time.reaches(next) else { return }
                    signal?.continuation.yield()
                    next = next + WatchStream.bookmarkInterval
                }
                if await time.reaches(end) { signal?.end() }
            }
        }

        /// The next frames; nil at the end.
        mutating func next() async throws -> [UInt8]? {
            var isLast = try signal.hasEnded
            if !hasBegun {
                hasBegun = true
                let frames = initialFrames()
                if !frames.isEmpty { return frames }
            }
            while !hasEnded, !Task.isCancelled {
                let frames = present() ?? dueBookmark()
                if isLast { hasEnded = true }
                if let frames { return frames }
                guard !isLast else { break }
                isLast = await !signal.wait()
                isLast = try signal.hasEnded || isLast
            }
            return nil
        }

        /// The frames of the changes that are there; nil if the watch has nothing to tell of them.
        private mutating func present() -> [UInt8]? {
            while true {
                switch plan.store.events(resource, after: version) {
                case .expired(let oldest):
                    hasEnded = true
                    let status = KubeStatus.tooOld(version, oldest: oldest)
                    return ObjectEncoder.frame("ERROR", status.json.encoded())
                case .events(let events, let upTo):
                    // Other resources' changes move the watch on, too: its bookmarks say so.
                    version = upTo
                    guard !events.isEmpty else { return nil }
                    let frames = frames(of: events)
                    if !frames.isEmpty { return frames }
                }
            }
        }

        private mutating func dueBookmark() -> [UInt8]? {
            let now = plan.time.now()
            guard plan.allowsBookmarks, now >= nextBookmark else { return nil }
            // In step with the alarm.
            while nextBookmark <= now { nextBookmark = nextBookmark + WatchStream.bookmarkInterval }
            return bookmark(annotations: nil)
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
            var object: JSONObject = [
                "kind": .string(resource.kind), "apiVersion": .string(resource.apiVersion),
                "metadata": .object(metadata),
            ]
            for (name, value) in EmptyObject.members(of: resource.groupVersionKind) { object[name] = value }
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

extension TimeSource {
    /// Waits until a moment has come; false if the task was cancelled first.
    fileprivate func reaches(_ moment: Timestamp) async -> Bool {
        var left = moment - now()
        while left > .zero {
            guard (try? await sleep(left)) != nil else { return false }
            left = moment - now()
        }
        return true
    }
}
