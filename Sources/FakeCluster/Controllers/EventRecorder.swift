import KubeObjects
import KubeWire
import Logging

/// Writes `v1` Events for what controllers and the pod runner do, and counts repetitions of one event in one object, as
/// the recorder of client-go does.
///
/// Recording never waits: ``run()`` writes behind.
final class EventRecorder: Sendable {
    /// Who reports.
    struct Source: Sendable, Hashable {
        /// The component, such as `kubelet`.
        var component: String
        /// The node, for a kubelet.
        var host: String?
    }

    /// Whether an event tells of something ordinary.
    enum EventType: String, Sendable { case normal = "Normal", warning = "Warning" }

    /// One thing that happened.
    struct Entry: Sendable {
        var source: Source
        var type: EventType
        var reason: String
        var message: String
        var involved: JSONObject
        var namespace: String
        var time: Timestamp
        /// Written as the scheduler does: a single event of `events.k8s.io` without counts.
        var action: String?
    }

    private struct Identity: Hashable {
        var source: Source
        var reason: String
        var message: String
        var involved: JSONObject
    }

    private static let rememberedEvents = 4096

    private let access: any ClusterAccess
    private let time: TimeSource
    private let logger: Logger
    private let entries: AsyncStream<Entry>
    private let continuation: AsyncStream<Entry>.Continuation

    init(access: any ClusterAccess, time: TimeSource, logger: Logger) {
        self.access = access
        self.time = time
        self.logger = logger
        (entries, continuation) = AsyncStream.makeStream()
    }

    /// Reports on an object.
    /// - Parameters:
    ///   - fieldPath: the part of the object that it is about, such as `spec.containers{main}`.
    ///   - action: given by the scheduler only; see ``Entry/action``.
    func record(
        _ object: KubeObject, from source: Source, _ type: EventType = .normal, reason: String, message: String,
        fieldPath: String? = nil, action: String? = nil
    ) {
        var involved: JSONObject = ["kind": .string(object.kind)]
        involved["namespace"] = object.namespace.map { .string($0) }
        involved["name"] = object.name.map { .string($0) }
        involved["uid"] = object.uid.map { .string($0) }
        involved["apiVersion"] = .string(object.apiVersion)
        involved["resourceVersion"] = object.resourceVersion.map { .string($0) }
        involved["fieldPath"] = fieldPath.map { .string($0) }
        continuation.yield(
            Entry(
                source: source, type: type, reason: reason, message: message, involved: involved,
                namespace: object.namespace ?? "default", time: time.now(), action: action))
    }

    /// Writes what is recorded, until cancelled.
    func run() async {
        var known: [Identity: ObjectKey] = [:]
        for await entry in entries {
            // What is still waiting when the cluster stops is not worth waiting for.
            guard !Task.isCancelled else { return }
            var involved = entry.involved
            involved["resourceVersion"] = nil
            let identity = Identity(
                source: entry.source, reason: entry.reason, message: entry.message, involved: involved)
            do {
                if let key = known[identity], try await count(entry, in: key) { continue }
                if known.count >= Self.rememberedEvents { known.removeAll() }
                known[identity] = try await access.create(.events, entry.event).key
            } catch {
                // Events are hints: one that cannot be stored (its namespace is going) is dropped.
                logger.debug("event dropped", metadata: ["reason": "\(entry.reason)", "error": "\(error)"])
            }
        }
    }

    /// Counts a repetition in the event that is there; false if it is gone.
    private func count(_ entry: Entry, in key: ObjectKey) async throws(KubeStatus) -> Bool {
        guard var event = try await access.get(.events, key) else { return false }
        event["count"] = .integer((event["count"]?.integer ?? 1) + 1)
        event["lastTimestamp"] = .string(entry.time.rfc3339)
        _ = try await access.update(.events, event)
        return true
    }
}

extension EventRecorder.Entry {
    /// The Event object, named as client-go names them: the object's name and the time in hexadecimal nanoseconds.
    var event: KubeObject {
        let nanoseconds = time.seconds * 1_000_000_000 + Int64(time.nanoseconds)
        let name = "\(involved["name"]?.string ?? "").\(String(nanoseconds, radix: 16))"
        var event = KubeObject(apiVersion: "v1", kind: "Event", namespace: namespace, name: name)
        event["involvedObject"] = .object(involved)
        event["reason"] = .string(reason)
        event["message"] = .string(message)
        event["type"] = .string(type.rawValue)
        event["reportingComponent"] = .string(source.component)
        if let action {
            event["source"] = [:]
            event["action"] = .string(action)
            event["eventTime"] = .string(time.rfc3339Micro)
            event["firstTimestamp"] = .null
            event["lastTimestamp"] = .null
            event["reportingInstance"] = .string("\(source.component)-fake")
        } else {
            var origin: JSONObject = ["component": .string(source.component)]
            origin["host"] = source.host.map { .string($0) }
            event["source"] = .object(origin)
            event["eventTime"] = .null
            event["firstTimestamp"] = .string(time.rfc3339)
            event["lastTimestamp"] = .string(time.rfc3339)
            event["count"] = 1
            event["reportingInstance"] = .string(source.host ?? "")
        }
        return event
    }
}
