import KubeObjects
import KubeWire
import Logging

/// Counts how many pods of each PodDisruptionBudget may be evicted (`disruption-controller`).
struct DisruptionController: Sendable {
    let access: any ClusterAccess
    let time: TimeSource
    let logger: Logger

    /// How long an eviction counts that has not become a deletion yet.
    private static let evictionTimeout: Duration = .seconds(120)

    /// Runs until cancelled.
    func run() async {
        let queue = WorkQueue<ObjectKey>(time: time)
        await ControllerLoop(queue: queue, time: time, logger: logger).run {
            await feed(queue)
        } reconcile: { key in
            try await sync(key)
        }
    }

    private func feed(_ queue: WorkQueue<ObjectKey>) async {
        var budgets: Set<ObjectKey> = []
        for await change in access.changes(of: [.podDisruptionBudgets, .pods, .replicaSets, .deployments]) {
            let key = change.object.key
            if change.resource.groupResource == APIResource.podDisruptionBudgets.groupResource {
                if change.kind == .deleted { budgets.remove(key) } else { budgets.insert(key) }
                queue.add(key)
            } else {
                for budget in budgets where budget.namespace == key.namespace { queue.add(budget) }
            }
        }
    }

    /// Brings one budget's status in order; returns when an eviction stops to count.
    private func sync(_ key: ObjectKey) async throws -> Duration? {
        guard var budget = try await access.get(.podDisruptionBudgets, key) else { return nil }
        let now = time.now()
        let pods = try await access.list(.pods, namespace: key.namespace).filter { budget.covers($0) }.map(JobPod.init)
        let evictions = stillCounting(budget, pods, now)
        var status = budget["status"]?.object ?? [:]
        let healthy = pods.count { $0.isReady && !$0.isDeleting && evictions[$0.name] == nil }
        var failure: String?
        do throws(DisruptionFailure) {
            let (expected, desired) = try await counts(budget, pods)
            let allowed = expected == 0 ? 0 : max(0, healthy - desired)
            status["expectedPods"] = .integer(Int64(expected))
            status["desiredHealthy"] = .integer(Int64(desired))
            status["currentHealthy"] = .integer(Int64(healthy))
            status["disruptionsAllowed"] = .integer(Int64(allowed))
            status["observedGeneration"] = .integer(budget.generation)
        } catch {
            failure = error.message
            status["disruptionsAllowed"] = 0
            status["observedGeneration"] = .integer(budget.generation)
        }
        status["disruptedPods"] = evictions.isEmpty ? nil : .object(evictions)
        status["conditions"] = .array([condition(status, failure, generation: budget.generation, now)])
        if budget["status"]?.object != status {
            budget["status"] = .object(status)
            _ = try await access.updateStatus(.podDisruptionBudgets, budget)
        }
        return evictions.isEmpty ? nil : Self.evictionTimeout
    }

    /// The evictions whose pods are still there and not being deleted yet, by pod.
    private func stillCounting(_ budget: KubeObject, _ pods: [JobPod], _ now: Timestamp) -> JSONObject {
        let present = Set(pods.filter { !$0.isDeleting }.map(\.name))
        let all = budget[path: "status", "disruptedPods"]?.object ?? [:]
        return JSONObject(
            all.filter { name, moment in
                guard present.contains(name), let moment = moment.string.flatMap(Timestamp.init) else { return false }
                return now - moment < Self.evictionTimeout
            }.map { ($0.key, $0.value) })
    }

    /// How many pods there should be, and how many of them healthy.
    private func counts(
        _ budget: KubeObject, _ pods: [JobPod]
    ) async throws(DisruptionFailure) -> (expected: Int, desired: Int) {
        if let unavailable = budget[path: "spec", "maxUnavailable"] {
            let expected = try await wanted(pods)
            return (expected, max(0, expected - Self.scaled(unavailable, of: expected)))
        }
        let available = budget[path: "spec", "minAvailable"] ?? 0
        if let number = available.integer { return (pods.count, Int(number)) }
        let expected = try await wanted(pods)
        return (expected, Self.scaled(available, of: expected))
    }

    /// A number, or a percentage rounded up.
    private static func scaled(_ value: JSONValue, of total: Int) -> Int {
        if let number = value.integer { return Int(clamping: number) }
        // More than everything is everything; a percentage may be as large as its text is long.
        let percent = value.string.flatMap { Int($0.dropLast()) } ?? 0
        return (total * min(max(percent, 0), 100) + 99) / 100
    }

    /// How many pods the owners of these want, each owner counted once.
    private func wanted(_ pods: [JobPod]) async throws(DisruptionFailure) -> Int {
        var owners: [String: Int] = [:]
        for pod in pods {
            guard let reference = pod.object.controllerReference else { continue }
            let key = ObjectKey(namespace: pod.object.namespace ?? "", name: reference.name)
            guard reference.kind == "ReplicaSet" else {
                throw DisruptionFailure(
                    message: "\(reference.kind.lowercased())s.\(reference.apiVersion.prefix { $0 != "/" }) does not "
                        + "implement the scale subresource")
            }
            guard var owner = try? await access.get(.replicaSets, key), let uid = owner.uid else { continue }
            if let above = owner.controllerReference, above.kind == "Deployment" {
                let key = ObjectKey(namespace: key.namespace, name: above.name)
                if let deployment = try? await access.get(.deployments, key) { owner = deployment }
            }
            owners[owner.uid ?? uid] = Int(owner[path: "spec", "replicas"]?.integer ?? 1)
        }
        return owners.values.reduce(0, +)
    }

    private func condition(
        _ status: JSONObject, _ failure: String?, generation: Int64, _ now: Timestamp
    ) -> JSONValue {
        let isAllowed = failure == nil && (status["disruptionsAllowed"]?.integer ?? 0) > 0
        let state: JSONValue = isAllowed ? "True" : "False"
        let reason = failure != nil ? "SyncFailed" : isAllowed ? "SufficientPods" : "InsufficientPods"
        let former = status["conditions"]?.array?.first { $0["type"] == "DisruptionAllowed" }
        let since = former?["status"] == state ? former?["lastTransitionTime"] : nil
        return [
            "type": "DisruptionAllowed", "status": state, "observedGeneration": .integer(generation),
            "lastTransitionTime": since ?? .string(now.rfc3339), "reason": .string(reason),
            "message": .string(failure ?? ""),
        ]
    }
}

/// Why a budget cannot be counted.
private struct DisruptionFailure: Error {
    var message: String
}

extension KubeObject {
    /// Whether this budget is about a pod. One without a selector is about none, one with an empty selector about all.
    func covers(_ pod: KubeObject) -> Bool {
        guard let selector = self[path: "spec", "selector"].flatMap({ try? LabelSelector($0) }) else { return false }
        return selector.matches(pod)
    }
}
