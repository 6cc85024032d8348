import KubeObjects
import KubeWire

extension APIServer {
    private static let violation = "Cannot evict pod as it would violate the pod's disruption budget."

    /// POST of an Eviction: deletes a pod as its options say, if its disruption budget allows it (apiserver,
    /// `registry/core/pod/storage/eviction.go`).
    func evict(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        var context = try OperationContext(request, options: "CreateOptions")
        return try await telling(&context) { context throws(KubeStatus) in try await evict(request, &context) }
    }

    private func evict(
        _ request: ResourceRequest, _ context: inout OperationContext
    ) async throws(KubeStatus) -> WireResponse {
        let body = try RequestBody(request.wire, for: request.definition)
        guard body.value[path: "metadata", "name"]?.string ?? "" == request.key.name else {
            throw KubeStatus.badRequest("name in URL does not match name in Eviction object")
        }
        let options = try DeletionOptions(body.value["deleteOptions"] ?? [:])
        context.isDryRun = try Self.isDryRun(body.value, request.query.all("dryRun"))
        let pod = JobPod(try operations.get(request.definition, request.key).object)
        context.warnings = []
        try await admitCreation(of: body.value, "eviction", request, &context)
        // A pod that is at its end, or has not begun, is in nobody's way.
        if pod.phase == "Running", !pod.isDeleting { try await charge(pod, isDryRun: context.isDryRun) }
        let last = context.isDryRun ? options : try await markDisrupted(request, options)
        _ = try await operations.delete(request.definition, request.key, last, &context, isAdmitted: true)
        return .body(KubeStatus.success(code: 201).encoded(), status: 201).warning(of: context.warnings)
    }

    /// Whether an eviction is a dry run: the request or the eviction says so, and they must not say different things.
    private static func isDryRun(_ eviction: JSONValue, _ requested: [String]) throws(KubeStatus) -> Bool {
        let own = eviction[path: "deleteOptions", "dryRun"]?.array?.compactMap(\.string) ?? []
        guard own.isEmpty || requested.isEmpty || own == requested else {
            throw KubeStatus.unexpected(
                "Non-matching dry-run options in request and content: [\(requested.joined(separator: " "))] and "
                    + "[\(own.joined(separator: " "))]")
        }
        return !own.isEmpty || !requested.isEmpty
    }

    /// Notes on a pod why it goes, which failure policies of Jobs look at.
    /// - Returns: the options with which to delete the pod as it is now.
    private func markDisrupted(
        _ request: ResourceRequest, _ options: DeletionOptions
    ) async throws(KubeStatus) -> DeletionOptions {
        var context = Self.ownContext
        context.hasSettledOwners = true
        let now = operations.time.now()
        let marked = try await operations.update(
            request.definition, request.key, subresource: "status", &context, isAdmitted: true
        ) { [operations] pod, _ throws(KubeStatus) in
            try operations.checkPreconditions(pod, request.definition, options)
            let condition = PodCondition(
                type: "DisruptionTarget", isTrue: true, reason: "EvictionByEvictionAPI",
                message: "Eviction API: evicting", pod.generation)
            let conditions = pod[path: "status", "conditions"]
            var changed = pod
            changed.json["status", default: [:]]["conditions"] = .array(
                (conditions?.array ?? []).filter { $0["type"]?.string != condition.type }
                    + [condition.merged(into: conditions, now: now)])
            return changed
        }
        var options = options
        if options.resourceVersion != nil { options.resourceVersion = marked.resourceVersion }
        return options
    }

    /// The server's own writes, whoever asks for the eviction.
    private static var ownContext: OperationContext {
        OperationContext(user: UserIdentity(name: "system:apiserver", groups: ["system:masters"]))
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
        var context = Self.ownContext
        context.isDryRun = isDryRun
        _ = try await operations.update(definition, budget.key, subresource: "status", &context, isAdmitted: true) {
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
