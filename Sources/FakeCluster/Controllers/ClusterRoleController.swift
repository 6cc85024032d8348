import KubeObjects
import KubeWire
import Logging

/// Writes into each ClusterRole with an `aggregationRule` the rules of the roles that it gathers
/// (`clusterrole-aggregation-controller`), and brings back the roles that every cluster has when it starts, as the server
/// does.
struct ClusterRoleController: Sendable {
    let access: any ClusterAccess
    let time: TimeSource
    let logger: Logger

    /// Runs until cancelled.
    func run() async {
        let queue = WorkQueue<String>(time: time)
        await ControllerLoop(queue: queue, time: time, logger: logger).run {
            await restoreAll()
            await feed(queue)
        } reconcile: { name in
            try await sync(name)
            return nil
        }
    }

    private func feed(_ queue: WorkQueue<String>) async {
        var gathering: Set<String> = []
        for await change in access.changes(of: [.clusterRoles]) {
            guard let name = change.object.name else { continue }
            if change.kind == .deleted || change.object["aggregationRule"]?.object == nil {
                gathering.remove(name)
            } else {
                gathering.insert(name)
            }
            for name in gathering { queue.add(name) }
        }
    }

    private func sync(_ name: String) async throws {
        guard var role = try await access.get(.clusterRoles, ObjectKey(name: name)) else { return }
        let roles = try await access.list(.clusterRoles, namespace: nil)
        guard let rules = Self.gatheredRules(of: role, from: roles), rules != role["rules"]?.array ?? [] else { return }
        role["rules"] = .array(rules)
        _ = try await access.update(.clusterRoles, role)
    }

    /// The rules that a role gathers, each once: selector by selector, from roles in order of their names.
    /// - Returns: nil for a role that gathers none, or whose selectors are at fault.
    static func gatheredRules(of role: KubeObject, from roles: [KubeObject]) -> [JSONValue]? {
        guard let aggregation = role["aggregationRule"], aggregation.object != nil else { return nil }
        let others = roles.filter { $0.name != role.name }.sorted { $0.key < $1.key }
        var rules: [JSONValue] = []
        for selector in aggregation.list("clusterRoleSelectors") {
            guard let selector = try? LabelSelector(selector) else { return nil }
            for rule in others.filter(selector.matches).flatMap({ $0.value.list("rules") })
            where !rules.contains(rule) {
                rules.append(rule)
            }
        }
        return rules
    }

    /// Makes bootstrap roles that are gone again, and gives back what they gather and for whom.
    private func restoreAll() async {
        for role in BootstrapRoles.roles {
            do {
                try await restore(role)
            } catch {
                logger.debug("cannot restore a role", metadata: ["role": "\(role.key)", "error": "\(error)"])
            }
        }
    }

    private func restore(_ role: KubeObject) async throws {
        guard var present = try await access.get(.clusterRoles, role.key) else {
            _ = try await access.create(.clusterRoles, role)
            return
        }
        let labels = present.labels.merging(role.labels) { _, bootstrap in bootstrap }
        guard labels != present.labels || present["aggregationRule"] != role["aggregationRule"] else { return }
        present.metadata["labels"] = .object(JSONObject(labels.sorted { $0.key < $1.key }.map { ($0, .string($1)) }))
        present["aggregationRule"] = role["aggregationRule"]
        _ = try await access.update(.clusterRoles, present)
    }
}
