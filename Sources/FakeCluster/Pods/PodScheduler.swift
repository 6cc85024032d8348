import KubeObjects
import KubeWire
import Logging

/// Assigns pods to the one node, if it suits them; tells them why if it does not (`default-scheduler`).
struct PodScheduler: Sendable {
    let access: any ClusterAccess
    let node: NodeIdentity
    let time: TimeSource
    let recorder: EventRecorder
    let logger: Logger

    private static let source = EventRecorder.Source(component: "default-scheduler")

    /// Runs until cancelled.
    func run() async {
        let queue = WorkQueue<ObjectKey>(time: time)
        await ControllerLoop(queue: queue, time: time, logger: logger).run {
            var unassigned: Set<ObjectKey> = []
            for await change in access.changes(of: [.pods, .nodes]) {
                if change.resource.plural == APIResource.nodes.plural {
                    for key in unassigned { queue.add(key) }
                } else if change.kind == .deleted || !Self.isUnassigned(change.object) {
                    unassigned.remove(change.object.key)
                } else {
                    unassigned.insert(change.object.key)
                    queue.add(change.object.key)
                }
            }
        } reconcile: { key in
            try await schedule(key)
            return nil
        }
    }

    private static func isUnassigned(_ pod: KubeObject) -> Bool {
        pod[path: "spec", "nodeName"]?.string?.isEmpty ?? true
    }

    private func schedule(_ key: ObjectKey) async throws {
        guard var pod = try await access.get(.pods, key), let uid = pod.uid, Self.isUnassigned(pod),
            !pod.isBeingDeleted, !["Succeeded", "Failed"].contains(pod[path: "status", "phase"]?.string ?? ""),
            (pod[path: "spec", "schedulerName"]?.string ?? "default-scheduler") == "default-scheduler"
        else { return }
        let obstacle = obstacle(for: pod, on: try await access.get(.nodes, ObjectKey(name: node.name)))
        guard let obstacle else {
            try await access.bind(key, uid: uid, to: node.name)
            recorder.record(
                pod, from: Self.source, reason: "Scheduled",
                message: "Successfully assigned \(key.namespace)/\(key.name) to \(node.name)", action: "Binding")
            return
        }
        var conditions = pod[path: "status", "conditions"]?.array ?? []
        let former = conditions.first { $0["type"]?.string == "PodScheduled" }
        guard former?["message"]?.string != obstacle.message || former?["reason"]?.string != obstacle.reason else {
            return
        }
        var condition: JSONObject = ["type": "PodScheduled"]
        if pod.generation != 0 { condition["observedGeneration"] = .integer(pod.generation) }
        condition["status"] = "False"
        condition["lastProbeTime"] = .null
        condition["lastTransitionTime"] = former?["lastTransitionTime"] ?? .string(time.now().rfc3339)
        condition["reason"] = .string(obstacle.reason)
        condition["message"] = .string(obstacle.message)
        conditions.removeAll { $0["type"]?.string == "PodScheduled" }
        pod.json["status", default: [:]]["conditions"] = .array(conditions + [.object(condition)])
        _ = try await access.updateStatus(.pods, pod)
        guard obstacle.reason == "Unschedulable" else { return }
        recorder.record(
            pod, from: Self.source, .warning, reason: "FailedScheduling", message: obstacle.message,
            action: "Scheduling")
    }

    /// What keeps a pod off the node.
    private func obstacle(for pod: KubeObject, on node: KubeObject?) -> (reason: String, message: String)? {
        if let gates = pod[path: "spec", "schedulingGates"]?.array, !gates.isEmpty {
            return ("SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates")
        }
        guard let node else { return ("Unschedulable", "no nodes available to schedule pods") }
        let complaint: String
        if node[path: "spec", "unschedulable"]?.bool == true {
            complaint = "node(s) were unschedulable"
        } else if !NodeAffinity.matches(pod, labels: node.labels, name: node.name ?? "") {
            complaint = "node(s) didn't match Pod's node affinity/selector"
        } else {
            return nil
        }
        return (
            "Unschedulable",
            "0/1 nodes are available: 1 \(complaint). no new claims to deallocate, preemption: 0/1 nodes are available: "
                + "1 Preemption is not helpful for scheduling."
        )
    }
}

/// Whether a pod wants a node: its `nodeSelector` and required node affinity.
enum NodeAffinity {
    static func matches(_ pod: KubeObject, labels: [String: String], name: String) -> Bool {
        for (key, value) in pod[path: "spec", "nodeSelector"]?.object ?? [:] where labels[key] != value.string {
            return false
        }
        let required = pod[path: "spec", "affinity", "nodeAffinity"]?["requiredDuringSchedulingIgnoredDuringExecution"]
        guard let terms = required?["nodeSelectorTerms"]?.array else { return true }
        return terms.contains { term in
            let expressions = term["matchExpressions"]?.array ?? []
            let fields = term["matchFields"]?.array ?? []
            guard !expressions.isEmpty || !fields.isEmpty else { return false }
            return expressions.allSatisfy { holds($0, for: labels[$0["key"]?.string ?? ""]) }
                && fields.allSatisfy { holds($0, for: $0["key"]?.string == "metadata.name" ? name : nil) }
        }
    }

    private static func holds(_ requirement: JSONValue, for value: String?) -> Bool {
        let values = requirement["values"]?.array?.compactMap(\.string) ?? []
        switch requirement["operator"]?.string {
        case "In": return value.map(values.contains) ?? false
        case "NotIn": return value.map { !values.contains($0) } ?? true
        case "Exists": return value != nil
        case "DoesNotExist": return value == nil
        case "Gt", "Lt":
            guard let value = value.flatMap({ Int64($0) }), let bound = values.first.flatMap({ Int64($0) }) else {
                return false
            }
            return requirement["operator"]?.string == "Gt" ? value > bound : value < bound
        default: return false
        }
    }
}
