import KubeObjects
import KubeWire

extension DeploymentController {
    /// Writes what a Deployment has, as far as it is not written yet.
    func report(_ deployment: KubeObject, _ newest: KubeObject?, _ old: [KubeObject]) async throws(KubeStatus) {
        guard var stored = try await access.get(.deployments, deployment.key) else { return }
        let sets = (newest.map { [$0] } ?? []) + old
        let present = sets.map { Rollout.Replicas($0).present }.reduce(0, +)
        let available = sets.map { Rollout.Replicas($0).available }.reduce(0, +)
        let ready = sets.map { Int($0[path: "status", "readyReplicas"]?.integer ?? 0) }.reduce(0, +)
        let updated = newest.map { Rollout.Replicas($0).present } ?? 0
        let rollout = Rollout(deployment)
        var status = stored["status"]?.object ?? [:]
        let counts = [
            ("replicas", present), ("updatedReplicas", updated), ("readyReplicas", ready),
            ("availableReplicas", available), ("unavailableReplicas", max(0, rollout.replicas - available)),
        ]
        for (name, count) in counts { status[name] = count == 0 ? nil : .integer(Int64(count)) }
        status["observedGeneration"] = .integer(deployment.generation)
        let isAvailable = available >= rollout.replicas - rollout.maximumUnavailable
        let isComplete = updated == rollout.replicas && present == updated && available == updated
        let set = "ReplicaSet \"\(newest?.name ?? "")\""
        status["conditions"] = .array([
            condition(
                "Available", isAvailable, isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                "Deployment \(isAvailable ? "has" : "does not have") minimum availability.",
                former: status["conditions"]),
            condition(
                "Progressing", true, isComplete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                isComplete ? "\(set) has successfully progressed." : "\(set) is progressing.",
                former: status["conditions"]),
        ])
        guard stored["status"]?.object != status else { return }
        stored["status"] = .object(status)
        _ = try await access.updateStatus(.deployments, stored)
    }

    private func condition(
        _ type: String, _ isTrue: Bool, _ reason: String, _ message: String, former: JSONValue?
    ) -> JSONValue {
        let now = JSONValue.string(time.now().rfc3339)
        let status: JSONValue = isTrue ? "True" : "False"
        let present = former?.array?.first { $0["type"]?.string == type }
        let isSame = present?["reason"]?.string == reason && present?["message"]?.string == message
        return [
            "type": .string(type), "status": status,
            "lastUpdateTime": isSame ? present?["lastUpdateTime"] ?? now : now,
            "lastTransitionTime": present?["status"] == status ? present?["lastTransitionTime"] ?? now : now,
            "reason": .string(reason), "message": .string(message),
        ]
    }
}
