import KubeObjects

/// Decides what becomes of a note: a new Event, one more of an Event that was there, or nothing, because too much is told
/// of one object. The figures are client-go's.
struct EventCorrelator: Sendable {
    /// What is to be written.
    enum Write: Sendable, Hashable {
        /// This Event is new.
        case create(KubeObject)
        /// This Event happened again: the merge patch counts it. If it is gone meanwhile, the Event is to be created.
        case count(ObjectKey, patch: JSONValue, orCreate: KubeObject)
    }

    /// Equal notes about one object are one Event.
    private struct Series: Sendable, Hashable {
        var uid: String
        var note: EventNote
    }

    private struct Entry: Sendable {
        var key: ObjectKey
        var count: Int64
        var first: Timestamp
        var last: Timestamp
    }

    /// What an object may still tell: a bucket of tokens.
    private struct Bucket: Sendable {
        var tokens: Double
        var since: Timestamp
    }

    private static let window = Duration.seconds(600)
    private static let burst = 25.0
    private static let secondsForOne = 300.0
    private static let capacity = 4096
    /// The longest note that `events.k8s.io` takes, in bytes.
    private static let messageLimit = 1024

    private let component: String
    private let instance: String
    private var entries: [Series: Entry] = [:]
    private var buckets: [String: Bucket] = [:]
    private var serial: Int64 = 0

    /// - Parameters:
    ///   - component: the controller's name, as `source.component` shows it.
    ///   - instance: which of its replicas, such as the pod's name.
    init(component: String, instance: String) {
        self.component = component
        self.instance = instance
    }

    mutating func take(_ note: EventNote, about object: KubeObject, now: Timestamp) -> Write? {
        let uid = object.uid ?? "\(object.key)"
        guard spendToken(of: uid, now: now) else { return nil }
        forgetOld(now: now)
        let series = Series(uid: uid, note: note)
        guard var entry = entries[series], now - entry.last <= Self.window else {
            let entry = Entry(key: makeKey(for: object, now: now), count: 1, first: now, last: now)
            entries[series] = entry
            return .create(event(note, object, entry))
        }
        entry.count += 1
        entry.last = now
        entries[series] = entry
        let patch: JSONValue = ["count": .integer(entry.count), "lastTimestamp": .string(now.rfc3339)]
        return .count(entry.key, patch: patch, orCreate: event(note, object, entry))
    }

    private mutating func spendToken(of uid: String, now: Timestamp) -> Bool {
        var bucket = buckets[uid] ?? Bucket(tokens: Self.burst, since: now)
        let elapsed = max(0, (now - bucket.since) / .seconds(1))
        bucket.tokens = min(Self.burst, bucket.tokens + elapsed / Self.secondsForOne)
        bucket.since = now
        defer { buckets[uid] = bucket }
        guard bucket.tokens >= 1 else { return false }
        bucket.tokens -= 1
        return true
    }

    private mutating func forgetOld(now: Timestamp) {
        if entries.count >= Self.capacity {
            entries = entries.filter { now - $0.value.last <= Self.window / 2 }
            if entries.count >= Self.capacity { entries = [:] }
        }
        if buckets.count >= Self.capacity {
            // A full bucket is what an object that nothing is known of has.
            let full = Self.burst * Self.secondsForOne
            buckets = buckets.filter { now - $0.value.since < .seconds(full) }
            if buckets.count >= Self.capacity { buckets = [:] }
        }
    }

    /// A name that no other Event has: the object's and the moment, as the real components make it.
    private mutating func makeKey(for object: KubeObject, now: Timestamp) -> ObjectKey {
        serial += 1
        let moment = now.seconds &* 1_000_000_000 &+ Int64(now.nanoseconds) &+ serial
        let suffix = ".\(String(moment, radix: 16))"
        var name = (object.name ?? "").prefix(253 - suffix.utf8.count)
        // No part of a name ends with a dash, and none is empty.
        while let last = name.last, last == "-" || last == "." { name.removeLast() }
        return ObjectKey(namespace: object.namespace ?? "default", name: name + suffix)
    }

    private func event(_ note: EventNote, _ object: KubeObject, _ entry: Entry) -> KubeObject {
        var event = KubeObject(
            apiVersion: "v1", kind: "Event", namespace: entry.key.namespace, name: entry.key.name)
        var subject: JSONObject = ["kind": .string(object.kind)]
        subject["namespace"] = object.namespace.map { .string($0) }
        subject["name"] = object.name.map { .string($0) }
        subject["uid"] = object.uid.map { .string($0) }
        subject["apiVersion"] = .string(object.apiVersion)
        subject["resourceVersion"] = object.resourceVersion.map { .string($0) }
        event["involvedObject"] = .object(subject)
        event["reason"] = .string(note.reason)
        event["message"] = .string(Self.cut(note.message))
        event["source"] = ["component": .string(component)]
        event["firstTimestamp"] = .string(entry.first.rfc3339)
        event["lastTimestamp"] = .string(entry.last.rfc3339)
        event["count"] = .integer(entry.count)
        event["type"] = .string(note.severity.rawValue)
        event["reportingComponent"] = .string(component)
        event["reportingInstance"] = .string(instance)
        return event
    }

    private static func cut(_ message: String) -> String {
        guard message.utf8.count > messageLimit else { return message }
        var cut = message.prefix(messageLimit - 3)
        while cut.utf8.count > messageLimit - 3 { cut.removeLast() }
        return cut + "..."
    }
}
