import KubeObjects

extension TableConvention {
    /// `kubectl get pods`.
    static let pods = TableConvention([
        .narrow("Ready"), .narrow("Status"), .narrow("Restarts"), .age, .wide("IP"), .wide("Node"),
        .wide("Nominated Node"), .wide("Readiness Gates"),
    ]) { object, now in
        let summary = PodSummary(object)
        let status = object["status"] ?? [:]
        return [
            .name(of: object), .string("\(summary.ready)/\(summary.total)"), .string(summary.reason),
            .string(summary.restarts(now)), .age(of: object, now),
            .orNone(status.list("podIPs").first?.text("ip") ?? status.text("podIP")),
            .orNone(object["spec"]?.text("nodeName") ?? ""), .orNone(status.text("nominatedNodeName")),
            .orNone(readinessGates(object)),
        ]
    }

    private static func readinessGates(_ pod: KubeObject) -> String {
        let gates = pod["spec"]?.list("readinessGates") ?? []
        guard !gates.isEmpty else { return "" }
        let conditions = pod["status"]?.list("conditions") ?? []
        let met = gates.count { gate in
            conditions.contains { $0["type"] == gate["conditionType"] && $0["status"] == "True" }
        }
        return "\(met)/\(gates.count)"
    }
}

/// What the table of pods tells of one: how many containers are ready, one word for its state, its restarts.
///
/// The word is the reason of the first container from the front that has one to tell: init containers in order until one
/// is not done, then the containers, of which the first wins.
private struct PodSummary {
    var ready = 0
    var total: Int
    var reason: String
    private var restartCount: Int64 = 0
    private var lastRestart: Timestamp?

    init(_ pod: KubeObject) {
        let spec = pod["spec"] ?? [:]
        let status = pod["status"] ?? [:]
        total = spec.list("containers").count
        reason = status.text("reason").isEmpty ? status.text("phase") : status.text("reason")
        let conditions = status.list("conditions")
        if conditions.contains(where: { $0["type"] == "PodScheduled" && $0["reason"] == "SchedulingGated" }) {
            reason = "SchedulingGated"
        }
        let isInitializing = countInit(spec, status)
        let isInitialized = conditions.contains { $0["type"] == "Initialized" && $0["status"] == "True" }
        if !isInitializing || isInitialized { countContainers(spec, status) }
        if pod.isBeingDeleted {
            if status["reason"] == "NodeLost" {
                reason = "Unknown"
            } else if !["Succeeded", "Failed"].contains(status.text("phase")) {
                reason = "Terminating"
            }
        }
    }

    /// `2 (5m ago)`, or the count alone while the time of the last restart is not known.
    func restarts(_ now: Timestamp) -> String {
        guard restartCount != 0, let lastRestart else { return String(restartCount) }
        return "\(restartCount) (\(HumanDuration.text(now - lastRestart)) ago)"
    }

    /// Whether the init containers are still at work.
    private mutating func countInit(_ spec: JSONValue, _ status: JSONValue) -> Bool {
        let sidecars = Self.sidecars(spec)
        total += sidecars.count
        for (position, container) in status.list("initContainerStatuses").enumerated() {
            count(container)
            let terminated = container[path: "state", "terminated"]
            if let terminated, terminated.number("exitCode") == 0 { continue }
            if sidecars.contains(container.text("name")), container["started"] == true {
                if container["ready"] == true { ready += 1 }
                continue
            }
            let waiting = container[path: "state", "waiting"]?.text("reason") ?? ""
            if let terminated {
                reason = "Init:" + Self.word(terminated)
            } else if !waiting.isEmpty, waiting != "PodInitializing" {
                reason = "Init:" + waiting
            } else {
                reason = "Init:\(position)/\(spec.list("initContainers").count)"
            }
            return true
        }
        return false
    }

    private mutating func countContainers(_ spec: JSONValue, _ status: JSONValue) {
        let sidecars = Self.sidecars(spec)
        (restartCount, lastRestart) = (0, nil)
        for container in status.list("initContainerStatuses") where sidecars.contains(container.text("name")) {
            count(container)
        }
        var isAnyRunning = false
        for container in status.list("containerStatuses").reversed() {
            count(container)
            let state = container["state"] ?? [:]
            if let waiting = state["waiting"]?.text("reason"), !waiting.isEmpty {
                reason = waiting
            } else if let terminated = state["terminated"] {
                reason = Self.word(terminated)
            } else if container["ready"] == true, state["running"] != nil {
                isAnyRunning = true
                ready += 1
            }
        }
        if reason == "Completed", isAnyRunning {
            let isReady = status.list("conditions").contains { $0["type"] == "Ready" && $0["status"] == "True" }
            reason = isReady ? "Running" : "NotReady"
        }
    }

    private mutating func count(_ container: JSONValue) {
        restartCount += container.number("restartCount")
        if let finished = container[path: "lastState", "terminated", "finishedAt"]?.timestamp {
            lastRestart = max(lastRestart ?? finished, finished)
        }
    }

    private static func word(_ terminated: JSONValue) -> String {
        let reason = terminated.text("reason")
        if !reason.isEmpty { return reason }
        let signal = terminated.number("signal")
        return signal != 0 ? "Signal:\(signal)" : "ExitCode:\(terminated.number("exitCode"))"
    }

    /// The names of the init containers that go on running beside the others (KEP-753).
    private static func sidecars(_ spec: JSONValue) -> Set<String> {
        Set(spec.list("initContainers").filter { $0["restartPolicy"] == "Always" }.map { $0.text("name") })
    }
}
