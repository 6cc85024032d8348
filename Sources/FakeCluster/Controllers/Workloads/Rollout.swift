import KubeObjects

/// How many pods of which generation a Deployment may have at a moment. Pure.
struct Rollout: Sendable {
    /// A ReplicaSet's numbers.
    struct Replicas: Sendable {
        var wanted: Int
        var present: Int
        var available: Int
    }

    let replicas: Int
    /// How many pods more than wanted there may be during an update.
    let maximumSurge: Int
    /// How many pods less than wanted may be available during an update.
    let maximumUnavailable: Int
    /// Whether all old pods go before the first new one comes.
    let recreates: Bool

    init(_ deployment: KubeObject) {
        let replicas = Int(deployment[path: "spec", "replicas"]?.integer ?? 1)
        let strategy = deployment[path: "spec", "strategy"]
        let rolling = strategy?["rollingUpdate"]
        let surge = Self.count(rolling?["maxSurge"] ?? "25%", of: replicas, up: true)
        let unavailable = Self.count(rolling?["maxUnavailable"] ?? "25%", of: replicas, up: false)
        self.replicas = replicas
        recreates = strategy?["type"]?.string == "Recreate"
        maximumSurge = recreates ? 0 : surge
        // Both zero would never get on (API reference, `RollingUpdateDeployment`).
        maximumUnavailable = recreates ? replicas : surge == 0 && unavailable == 0 ? 1 : min(unavailable, replicas)
    }

    /// A number, or a percentage of the replicas rounded up or down.
    private static func count(_ value: JSONValue, of replicas: Int, up: Bool) -> Int {
        if let number = value.integer { return Int(clamping: number) }
        guard let text = value.string, text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return 0 }
        // Percentages have no upper limit; one that overflows is all there can be.
        let (product, overflows) = replicas.multipliedReportingOverflow(by: percent)
        guard !overflows, product < .max - 99 else { return Int(Int32.max) }
        return up ? (product + 99) / 100 : product / 100
    }

    /// How many pods the newest ReplicaSet is to have.
    func newReplicas(_ new: Replicas, old: [Replicas]) -> Int {
        if recreates { return old.contains { $0.present > 0 || $0.wanted > 0 } ? new.wanted : replicas }
        if new.wanted >= replicas { return replicas }
        let room = replicas + maximumSurge - new.wanted - old.reduce(0) { $0 + $1.wanted }
        return min(replicas, new.wanted + max(0, room))
    }

    /// How many pods the older ReplicaSets are to have, in their order.
    func oldReplicas(_ new: Replicas, old: [Replicas]) -> [Int] {
        if recreates { return old.map { _ in 0 } }
        let all = new.wanted + old.reduce(0) { $0 + $1.wanted }
        var spare = all - (replicas - maximumUnavailable) - (new.wanted - new.available)
        // What is not available is missed by nobody.
        var result = old.map(\.wanted)
        for index in old.indices {
            let unhealthy = min(max(0, old[index].wanted - old[index].available), max(0, spare))
            result[index] -= unhealthy
            spare -= unhealthy
        }
        for index in old.indices {
            let less = min(result[index], max(0, spare))
            result[index] -= less
            spare -= less
        }
        return result
    }
}
