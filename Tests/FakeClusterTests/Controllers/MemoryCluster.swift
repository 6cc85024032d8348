import KubeObjects
import KubeWire
import Synchronization

@testable import FakeCluster

/// A cluster's objects in memory, for tests of controllers alone: versions, finalizers, deletion and changes as the API
/// server does them, without schemas, defaults and persistence.
final class MemoryCluster: ClusterAccess {
    fileprivate struct Slot: Hashable {
        var resource: GroupResource
        var key: ObjectKey
    }

    fileprivate struct Watcher {
        var resources: Set<GroupResource>?
        var continuation: AsyncStream<ObjectChange>.Continuation
    }

    fileprivate struct State {
        var version = 0
        var objects: [Slot: KubeObject] = [:]
        var resources: [GroupResource: APIResource] = [:]
        var watchers: [Int: Watcher] = [:]
        var nextWatcher = 0
        var nextUID = 0
    }

    private let state = Mutex(State())
    private let time: TimeSource

    init(time: TimeSource) {
        self.time = time
        let resources: [APIResource] = [
            .pods, .jobs, .events, .configMaps, .secrets, .serviceAccounts, .namespaces, .nodes,
            .clusterRoles,
        ]
        state.withLock { state in
            for resource in resources { state.resources[resource.groupResource] = resource }
        }
    }

    func storedResources() -> [APIResource] { state.withLock { Array($0.resources.values) } }

    func get(_ resource: APIResource, _ key: ObjectKey) async throws(KubeStatus) -> KubeObject? {
        state.withLock { state in state.objects[Slot(resource: resource.groupResource, key: key)] }
    }

    func list(_ resource: APIResource, namespace: String?) async throws(KubeStatus) -> [KubeObject] {
        state.withLock { state in
            state.objects.filter { slot, _ in
                slot.resource == resource.groupResource && (namespace ?? slot.key.namespace) == slot.key.namespace
            }.map(\.value).sorted { $0.key < $1.key }
        }
    }

    func create(_ resource: APIResource, _ object: KubeObject) async throws(KubeStatus) -> KubeObject {
        let now = time.now().rfc3339
        let created: KubeObject? = state.withLock { state -> KubeObject? in
            var object = object
            state.nextUID += 1
            if object.name == nil, let prefix = object.metadata["generateName"]?.string {
                object.metadata["name"] = .string(prefix + String(state.nextUID + 10_000, radix: 36))
            }
            guard state.objects[Slot(resource: resource.groupResource, key: object.key)] == nil else { return nil }
            object.metadata["uid"] = .string("uid-\(state.nextUID)")
            object.metadata["creationTimestamp"] = .string(now)
            state.store(object, in: resource, .added)
            return state.objects[Slot(resource: resource.groupResource, key: object.key)]
        }
        guard let created else {
            throw KubeStatus(code: 409, reason: .alreadyExists, message: "\(object.key) already exists")
        }
        return created
    }

    func update(_ resource: APIResource, _ object: KubeObject) async throws(KubeStatus) -> KubeObject {
        try replace(resource, object) { stored, given in
            var changed = given
            changed["status"] = stored["status"]
            return changed
        }
    }

    func updateStatus(_ resource: APIResource, _ object: KubeObject) async throws(KubeStatus) -> KubeObject {
        try replace(resource, object) { stored, given in
            var changed = stored
            changed["status"] = given["status"]
            return changed
        }
    }

    func bind(_ pod: ObjectKey, uid: String, to node: String) async throws(KubeStatus) {
        guard var stored = try await get(.pods, pod), stored.uid == uid else { throw Self.notFound(pod) }
        stored.json["spec", default: [:]]["nodeName"] = .string(node)
        stored.json["status", default: [:]]["conditions"] = [["type": "PodScheduled", "status": "True"]]
        _ = try replace(.pods, stored) { $1 }
    }

    func finalize(_ namespace: KubeObject) async throws(KubeStatus) {
        _ = try replace(.namespaces, namespace) { $1 }
    }

    func delete(
        _ resource: APIResource, _ key: ObjectKey, _ options: DeletionOptions
    ) async throws(KubeStatus) {
        guard var object = try await get(resource, key) else { throw Self.notFound(key) }
        if let uid = options.uid, uid != object.uid {
            throw KubeStatus(code: 409, reason: .conflict, message: "another uid")
        }
        if let policy = options.propagationPolicy, policy != .background {
            let finalizer = policy == .orphan ? "orphan" : "foregroundDeletion"
            object.metadata["finalizers"] = .array(object.finalizers.map { .string($0) } + [.string(finalizer)])
        }
        var grace = 0
        if resource == .pods, object[path: "spec", "nodeName"] != nil,
            !["Succeeded", "Failed"].contains(object[path: "status", "phase"]?.string ?? "")
        {
            grace =
                options.gracePeriodSeconds ?? Int(object[path: "spec", "terminationGracePeriodSeconds"]?.integer ?? 30)
        }
        if object.deletionTimestamp == nil {
            object.metadata["deletionTimestamp"] = .string((time.now() + .seconds(grace)).rfc3339)
        }
        object.metadata["deletionGracePeriodSeconds"] = .integer(Int64(grace))
        _ = try replace(resource, object) { $1 }
    }

    func changes(of resources: [APIResource]?) -> AsyncStream<ObjectChange> {
        let (stream, continuation) = AsyncStream<ObjectChange>.makeStream()
        let wanted = resources.map { Set($0.map(\.groupResource)) }
        state.withLock { state in
            for (slot, object) in state.objects.sorted(by: { $0.key.key < $1.key.key })
            where wanted?.contains(slot.resource) ?? true {
                guard let resource = state.resources[slot.resource] else { continue }
                continuation.yield(ObjectChange(kind: .added, resource: resource, object: object))
            }
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = Watcher(resources: wanted, continuation: continuation)
        }
        return stream
    }

    /// Replaces an object; one that is being deleted and is held by nothing goes.
    private func replace(
        _ resource: APIResource, _ object: KubeObject, _ merge: (KubeObject, KubeObject) -> KubeObject
    ) throws(KubeStatus) -> KubeObject {
        let slot = Slot(resource: resource.groupResource, key: object.key)
        let result: Result<KubeObject, KubeStatus> = state.withLock { state in
            guard let stored = state.objects[slot] else { return .failure(Self.notFound(object.key)) }
            guard object.resourceVersion == nil || object.resourceVersion == stored.resourceVersion else {
                return .failure(KubeStatus(code: 409, reason: .conflict, message: "the object has been modified"))
            }
            let merged = merge(stored, object)
            guard merged != stored || merged.isGone else { return .success(stored) }
            state.store(merged, in: resource, .modified)
            return .success(state.objects[slot] ?? merged)
        }
        return try result.get()
    }

    private static func notFound(_ key: ObjectKey) -> KubeStatus {
        KubeStatus(code: 404, reason: .notFound, message: "\(key) not found")
    }
}

extension MemoryCluster.State {
    mutating func store(
        _ object: KubeObject, in resource: APIResource, _ kind: ObjectChange.Kind
    ) {
        version += 1
        var object = object
        object.metadata["resourceVersion"] = .string("\(version)")
        let slot = MemoryCluster.Slot(resource: resource.groupResource, key: object.key)
        objects[slot] = object.isGone ? nil : object
        resources[resource.groupResource] = resource
        let change = ObjectChange(kind: object.isGone ? .deleted : kind, resource: resource, object: object)
        for watcher in watchers.values where watcher.resources?.contains(resource.groupResource) ?? true {
            watcher.continuation.yield(change)
        }
    }
}

extension KubeObject {
    /// Whether nothing keeps the object any more.
    fileprivate var isGone: Bool {
        isBeingDeleted && finalizers.isEmpty && (metadata["deletionGracePeriodSeconds"]?.integer ?? 0) == 0
            && (self[path: "spec", "finalizers"]?.array ?? []).isEmpty
    }
}
