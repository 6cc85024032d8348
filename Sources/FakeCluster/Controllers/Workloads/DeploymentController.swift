import KubeObjects
import KubeWire
import Logging

/// Rolls Deployments out over ReplicaSets (`deployment-controller`), as far as a chart with a controller needs them:
/// rolling updates and re-creation, revisions, status; no pausing of proportional scaling.
struct DeploymentController: Sendable {
    private static let source = EventRecorder.Source(component: "deployment-controller")
    private static let revisionKey = "deployment.kubernetes.io/revision"
    private static let hashKey = "pod-template-hash"

    let access: any ClusterAccess
    let time: TimeSource
    let recorder: EventRecorder
    private let loop: OwnerLoop

    init(access: any ClusterAccess, time: TimeSource, recorder: EventRecorder, logger: Logger) {
        self.access = access
        self.time = time
        self.recorder = recorder
        loop = OwnerLoop(access: access, time: time, logger: logger, owners: .deployments, dependents: .replicaSets)
    }

    /// Runs until cancelled.
    func run() async {
        await loop.run { key in
            try await sync(key)
            return nil
        }
    }

    private func sync(_ key: ObjectKey) async throws {
        guard let deployment = try await access.get(.deployments, key), let uid = deployment.uid,
            !deployment.isBeingDeleted
        else { return }
        var sets: [KubeObject] = []
        for key in loop.index.dependents(of: uid) {
            if let set = try await access.get(.replicaSets, key) { sets.append(set) }
        }
        sets.sort { Self.revision($0) < Self.revision($1) }
        let template = Self.comparable(deployment[path: "spec", "template"])
        let isPaused = deployment[path: "spec", "paused"]?.bool ?? false
        var newest = sets.last { Self.comparable($0[path: "spec", "template"]) == template }
        let revision = (sets.last { $0.uid != newest?.uid }.map(Self.revision) ?? 0) + 1
        if newest == nil && !isPaused { newest = try await create(deployment, template, revision) }
        if let present = newest, Self.revision(present) < revision {
            newest = try await edit(present) { $0[Self.revisionKey] = .string("\(revision)") }
        }
        guard let newest else { return try await report(deployment, nil, sets) }
        try await note(Self.revision(newest), in: deployment)
        let old = sets.filter { $0.uid != newest.uid }
        try await scale(deployment, newest, old)
        try await clean(deployment, old)
        try await report(deployment, newest, old)
    }

    private func create(
        _ deployment: KubeObject, _ template: JSONValue, _ revision: Int64
    ) async throws -> KubeObject {
        let hash = Self.hash(template)
        let name = "\(deployment.name ?? "")-\(hash)"
        var set = KubeObject(apiVersion: "apps/v1", kind: "ReplicaSet", namespace: deployment.namespace, name: name)
        var labels = template["metadata"]?["labels"]?.object ?? [:]
        labels[Self.hashKey] = .string(hash)
        set.metadata["labels"] = .object(labels)
        set.metadata["annotations"] = [Self.revisionKey: .string("\(revision)")]
        set.metadata["ownerReferences"] = OwnerReference(controllerOf: deployment).map { .array([$0.json]) }
        var selector = deployment[path: "spec", "selector"] ?? [:]
        var matched = selector["matchLabels"]?.object ?? [:]
        matched[Self.hashKey] = .string(hash)
        selector["matchLabels"] = .object(matched)
        var spec: JSONObject = ["replicas": 0, "selector": selector]
        spec["minReadySeconds"] = deployment[path: "spec", "minReadySeconds"]
        var labelled = template
        labelled["metadata"]?["labels"] = .object(labels)
        spec["template"] = labelled
        set["spec"] = .object(spec)
        let created = try await access.create(.replicaSets, set)
        loop.index.add(created)
        return created
    }

    private func scale(_ deployment: KubeObject, _ newest: KubeObject, _ old: [KubeObject]) async throws {
        let rollout = Rollout(deployment)
        var new = Rollout.Replicas(newest)
        try await resize(newest, to: rollout.newReplicas(new, old: old.map(Rollout.Replicas.init)), deployment)
        new.wanted = rollout.newReplicas(new, old: old.map(Rollout.Replicas.init))
        for (set, count) in zip(old, rollout.oldReplicas(new, old: old.map(Rollout.Replicas.init))) {
            try await resize(set, to: count, deployment)
        }
    }

    private func resize(_ set: KubeObject, to count: Int, _ deployment: KubeObject) async throws {
        let present = Rollout.Replicas(set).wanted
        guard present != count, var stored = try await access.get(.replicaSets, set.key) else { return }
        stored["spec"]?["replicas"] = .integer(Int64(count))
        _ = try await access.update(.replicaSets, stored)
        let verb = count > present ? "up" : "down"
        recorder.record(
            deployment, from: Self.source, reason: "ScalingReplicaSet",
            message: "Scaled \(verb) replica set \(set.name ?? "") from \(present) to \(count)")
    }

    /// Removes ReplicaSets beyond the revision history.
    private func clean(_ deployment: KubeObject, _ old: [KubeObject]) async throws {
        let limit = Int(deployment[path: "spec", "revisionHistoryLimit"]?.integer ?? 10)
        let idle = old.filter { Rollout.Replicas($0).wanted == 0 && Rollout.Replicas($0).present == 0 }
        for set in idle.dropLast(limit) where !set.isBeingDeleted {
            try await access.delete(
                .replicaSets, set.key, DeletionOptions(uid: set.uid, propagationPolicy: .background))
        }
    }

    private func edit(
        _ set: KubeObject, _ change: (inout JSONObject) -> Void
    ) async throws -> KubeObject {
        var changed = set
        var annotations = set.metadata["annotations"]?.object ?? [:]
        change(&annotations)
        changed.metadata["annotations"] = .object(annotations)
        return try await access.update(.replicaSets, changed)
    }

    private func note(_ revision: Int64, in deployment: KubeObject) async throws {
        guard deployment.annotations[Self.revisionKey] != "\(revision)",
            var stored = try await access.get(.deployments, deployment.key)
        else { return }
        var annotations = stored.metadata["annotations"]?.object ?? [:]
        annotations[Self.revisionKey] = .string("\(revision)")
        stored.metadata["annotations"] = .object(annotations)
        _ = try await access.update(.deployments, stored)
    }

    private static func revision(_ set: KubeObject) -> Int64 { set.annotations[revisionKey].flatMap { Int64($0) } ?? 0 }

    /// A template without what the controller itself adds to it.
    private static func comparable(_ template: JSONValue?) -> JSONValue {
        var template = template ?? [:]
        template["metadata"]?["labels"]?[hashKey] = nil
        return template
    }

    /// A short name for a template: FNV-1a of its text, in letters that spell no words.
    private static func hash(_ template: JSONValue) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in template.encodedString(sortedKeys: true).utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        let letters = Array("bcdfghjklmnpqrstvwxz2456789")
        return String(String(hash).utf8.map { letters[Int($0) % letters.count] })
    }
}

extension Rollout.Replicas {
    /// What a ReplicaSet wants and has.
    init(_ set: KubeObject) {
        let status = set["status"]
        self.init(
            wanted: Int(set[path: "spec", "replicas"]?.integer ?? 0),
            present: Int(status?["replicas"]?.integer ?? 0), available: Int(status?["availableReplicas"]?.integer ?? 0))
    }
}
