import KubeObjects
import KubeWire
import Logging

/// Keeps as many pods as a ReplicaSet wants (`replicaset-controller`).
struct ReplicaSetController: Sendable {
    private static let source = EventRecorder.Source(component: "replicaset-controller")

    let access: any ClusterAccess
    let time: TimeSource
    let recorder: EventRecorder
    private let loop: OwnerLoop

    init(access: any ClusterAccess, time: TimeSource, recorder: EventRecorder, logger: Logger) {
        self.access = access
        self.time = time
        self.recorder = recorder
        loop = OwnerLoop(access: access, time: time, logger: logger, owners: .replicaSets, dependents: .pods)
    }

    /// Runs until cancelled.
    func run() async {
        await loop.run { key in
            try await sync(key)
        }
    }

    /// Brings one ReplicaSet in order; returns when a pod that is ready counts as available.
    private func sync(_ key: ObjectKey) async throws -> Duration? {
        guard var set = try await access.get(.replicaSets, key), let uid = set.uid else { return nil }
        var pods: [JobPod] = []
        for key in loop.index.dependents(of: uid) {
            guard let pod = try await access.get(.pods, key) else { continue }
            pods.append(JobPod(pod))
        }
        let active = pods.filter(\.isActive)
        var refusal: KubeStatus?
        do throws(KubeStatus) {
            if !set.isBeingDeleted { try await scale(set, active) }
        } catch {
            refusal = error
        }
        let wait = Duration.seconds(set[path: "spec", "minReadySeconds"]?.integer ?? 0)
        let sinceReady = active.compactMap(\.readySince).map { time.now() - $0 }
        let available = sinceReady.count { $0 >= wait }
        var status: JSONObject = set["status"]?.object ?? [:]
        let counts: [(String, Int)] = [
            ("replicas", active.count), ("fullyLabeledReplicas", active.count { $0.carries(templateOf: set) }),
            ("readyReplicas", sinceReady.count), ("availableReplicas", available),
        ]
        for (name, count) in counts { status[name] = count == 0 && name != "replicas" ? nil : .integer(Int64(count)) }
        status["observedGeneration"] = .integer(set.generation)
        status["conditions"] = conditions(status["conditions"], refusal)
        if set["status"]?.object != status {
            set["status"] = .object(status)
            _ = try await access.updateStatus(.replicaSets, set)
        }
        // Only now: what there is is on record though more is refused.
        if let refusal { throw refusal }
        return sinceReady.filter { $0 < wait }.map { wait - $0 }.min()
    }

    /// The conditions with `ReplicaFailure` as long as pods are refused, in the words of the first refusal.
    private func conditions(_ conditions: JSONValue?, _ refusal: KubeStatus?) -> JSONValue? {
        let others = (conditions?.array ?? []).filter { $0["type"] != "ReplicaFailure" }
        guard let refusal else { return others.isEmpty ? nil : .array(others) }
        if others.count < conditions?.array?.count ?? 0 { return conditions }
        let failure: JSONValue = [
            "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": .string(refusal.message),
            "lastTransitionTime": .string(time.now().rfc3339),
        ]
        return .array(others + [failure])
    }

    private func scale(_ set: KubeObject, _ active: [JobPod]) async throws(KubeStatus) {
        let wanted = Int(set[path: "spec", "replicas"]?.integer ?? 1)
        for _ in active.count..<max(wanted, active.count) {
            let pod = try await create(Self.pod(of: set), for: set)
            loop.index.add(pod)
            recorder.record(
                set, from: Self.source, reason: "SuccessfulCreate", message: "Created pod: \(pod.name ?? "")")
        }
        guard active.count > wanted else { return }
        for pod in active.sorted(by: { $0.progress < $1.progress }).prefix(active.count - wanted) {
            try await access.delete(.pods, pod.object.key, DeletionOptions(uid: pod.uid))
            recorder.record(
                set, from: Self.source, reason: "SuccessfulDelete", message: "Deleted pod: \(pod.name)")
        }
    }

    private func create(_ pod: KubeObject, for set: KubeObject) async throws(KubeStatus) -> KubeObject {
        do throws(KubeStatus) {
            return try await access.create(.pods, pod)
        } catch {
            recorder.record(
                set, from: Self.source, .warning, reason: "FailedCreate", message: "Error creating: \(error.message)")
            throw error
        }
    }

    private static func pod(of set: KubeObject) -> KubeObject {
        let template = set[path: "spec", "template"]
        var pod = KubeObject(JSONObject([("apiVersion", "v1"), ("kind", "Pod")]))
        var metadata: JSONObject = ["generateName": .string("\((set.name ?? "").prefix(57))-")]
        metadata["namespace"] = set.namespace.map { .string($0) }
        for key in ["labels", "annotations", "finalizers"] { metadata[key] = template?["metadata"]?[key] }
        metadata["ownerReferences"] = OwnerReference(controllerOf: set).map { .array([$0.json]) }
        pod.metadata = metadata
        pod["spec"] = template?["spec"]
        return pod
    }
}

extension JobPod {
    /// Since when the pod is ready; nil if it is not.
    fileprivate var readySince: Timestamp? {
        let ready = object[path: "status", "conditions"]?.array?.first { $0["type"]?.string == "Ready" }
        guard ready?["status"] == "True" else { return nil }
        return ready?["lastTransitionTime"]?.string.flatMap(Timestamp.init) ?? object.creationTimestamp
    }

    /// Whether the pod has all labels of a set's template.
    fileprivate func carries(templateOf set: KubeObject) -> Bool {
        let labels = object.labels
        let wanted = set[path: "spec", "template", "metadata"]?["labels"]?.object ?? [:]
        return wanted.allSatisfy { labels[$0.key] == $0.value.string }
    }
}
