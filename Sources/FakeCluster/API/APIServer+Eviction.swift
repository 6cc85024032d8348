import KubeObjects
import KubeWire

extension APIServer {
    private static let violation = "Cannot evict pod as it would violate the pod's disruption budget."

    /// POST of an Eviction: deletes a pod as its options say, if its disruption budget allows it (apiserver,
    /// `registry/core/pod/storage/eviction.go`).
    func evict(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        var context = try OperationContext(request, options: "CreateOptions")
        let body = try RequestBody(request.wire, for: request.definition)
        guard body.value[path: "metadata", "name"]?.string ?? "" == request.key.name else {
            throw KubeStatus.badRequest("name in URL does not match name in Eviction object")
        }
        let options = try DeletionOptions(body.value["deleteOptions"] ?? [:])
        let pod = JobPod(try operations.get(request.definition, request.key).object)
        context.warnings = []
        try await admitCreation(of: body.value, "eviction", request, &context)
        // A pod that is at its end, or has not begun, is in nobody's way.
        if pod.phase == "Running", !pod.isDeleting { try await charge(pod, isDryRun: context.isDryRun) }
        _ = try await operations.delete(request.definition, request.key, options, &context, isAdmitted: true)
        return .body(KubeStatus.success(code: 201).encoded(), status: 201).warning(of: context.warnings)
    }

    /// Takes the eviction of a pod from its budget, if it has one.
    private func charge(_ pod: JobPod, isDryRun: Bool) async throws(KubeStatus) {
        let resource = APIResource.podDisruptionBudgets
        guard let definition = operations.registry.definition(resource.groupVersion, plural: resource.plural) else {
            return
        }
        let budgets = operations.store.objects(definition.storageResource, in: pod.object.namespace).objects
            .map(\.object).filter { $0.covers(pod.object) }
        guard let budget = budgets.first else { return }
        guard budgets.count == 1 else {
            throw KubeStatus.unexpected(
                "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.")
        }
        if !pod.isReady, budget.letsUnhealthyPodsGo { return }
        let now = operations.time.now().rfc3339
        // The server's own write, whoever asks for the eviction.
        var context = OperationContext(user: UserIdentity(name: "system:apiserver", groups: ["system:masters"]))
        context.isDryRun = isDryRun
        _ = try await operations.update(definition, budget.key, subresource: "status", &context) {
            budget, _ throws(KubeStatus) in
            let status = budget["status"] ?? [:]
            if status["observedGeneration"]?.integer ?? 0 < budget.generation {
                throw Self.refusal("The disruption budget \(budget.name ?? "") is still being processed by the server.")
            }
            let allowed = status["disruptionsAllowed"]?.integer ?? 0
            guard allowed > 0 else {
                throw Self.refusal(
                    "The disruption budget \(budget.name ?? "") needs \(status["desiredHealthy"]?.integer ?? 0) "
                        + "healthy pods and has \(status["currentHealthy"]?.integer ?? 0) currently")
            }
            var changed = budget
            changed.json["status", default: [:]]["disruptionsAllowed"] = .integer(allowed - 1)
            var evictions = status["disruptedPods"]?.object ?? [:]
            evictions[pod.name] = .string(now)
            changed.json["status", default: [:]]["disruptedPods"] = .object(evictions)
            return changed
        }
    }

    private static func refusal(_ cause: String) -> KubeStatus {
        KubeStatus(
            code: 429, reason: .tooManyRequests, message: violation,
            details: KubeStatus.Details(causes: [KubeStatus.Cause(reason: "DisruptionBudget", message: cause)]))
    }
}

extension KubeObject {
    /// Whether this budget lets a pod go that is not healthy without counting it (`unhealthyPodEvictionPolicy`).
    fileprivate var letsUnhealthyPodsGo: Bool {
        if self[path: "spec", "unhealthyPodEvictionPolicy"]?.string == "AlwaysAllow" { return true }
        let desired = self[path: "status", "desiredHealthy"]?.integer ?? 0
        return desired > 0 && self[path: "status", "currentHealthy"]?.integer ?? 0 >= desired
    }
}
