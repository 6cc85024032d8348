import KubeObjects
import RunCore

/// What a person at a terminal wants to know while a run is on: what it waits for, or how far it is.
struct RunGauge: Sendable {
    /// The run's status as it was last seen.
    var status: RunStatus?
    /// How many pods must succeed, if that is known.
    var expected: Int64?
    /// Whether a line of a log was shown.
    var hasSpoken = false

    private var pods: [String: ObservedPod] = [:]
    /// What is waited for, and since when.
    private var waiting: (text: String, since: Timestamp)?

    private static let barWidth = 20

    init(expected: Int64? = nil) { self.expected = expected }

    /// Takes the pods in.
    mutating func see(_ observation: ObjectObservation) {
        switch observation {
        case .all(let all): pods = Dictionary(all.map { ($0.name ?? "", ObservedPod($0)) }) { $1 }
        case .changed(let pod): pods[pod.name ?? ""] = ObservedPod(pod)
        case .removed(let pod): pods[pod.name ?? ""] = nil
        case .interrupted: break
        }
    }

    /// Whether a container has started.
    var hasStarted: Bool { pods.values.contains(where: \.hasStarted) }

    /// The line; empty if there is nothing to say.
    mutating func text(now: Timestamp) -> String {
        guard status?.phase?.isFinal != true else { return "" }
        if let counts = counts() { return counts }
        guard !hasSpoken else { return "" }
        let text = waitingText()
        if waiting?.text != text { waiting = (text, now) }
        let seconds = waiting.map { max(0, (now - $0.since) / .seconds(1)) } ?? 0
        return "\(text) (\(Int(seconds)) s)"
    }

    /// What the run waits for, from what is nearest to its start.
    private func waitingText() -> String {
        guard let pod = pods.values.max(by: Self.isOlder) else {
            if let reason = status?.reason { return "waiting: \(reason)" }
            return status?.job == nil ? "waiting: the controller" : "waiting: a pod"
        }
        if let why = pod.unschedulable { return "waiting: no node for the pod: \(why.onOneLine)" }
        let containers = pod.sidecars + pod.others + [pod.target].compactMap(\.self)
        for container in containers {
            switch container.waitingReason {
            case "ErrImagePull", "ImagePullBackOff", "InvalidImageName":
                return "waiting: image \(container.image) cannot be pulled"
            case nil, "ContainerCreating", "PodInitializing": continue
            case let reason?: return "waiting: \(reason) \(container.name)"
            }
        }
        if containers.contains(where: \.hasStarted) { return "running: \(pod.name)" }
        if containers.isEmpty { return "waiting: a node for pod \(pod.name)" }
        return "waiting: image and start of \(containers.last?.image ?? "")"
    }

    private static func isOlder(_ left: ObservedPod, _ right: ObservedPod) -> Bool {
        let (first, second) = (left.creationTimestamp?.seconds ?? 0, right.creationTimestamp?.seconds ?? 0)
        return (first, left.name) < (second, right.name)
    }

    /// Counts of a run of several pods; nil for one of one. The status may be a few seconds behind the pods, and pods that
    /// are gone are in the status only.
    private func counts() -> String? {
        func ended(_ phase: String) -> Int64 { Int64(pods.values.count { $0.phase == phase }) }
        let succeeded = max(status?.succeeded ?? 0, ended("Succeeded"))
        let failed = max(status?.failed ?? 0, ended("Failed"))
        guard expected ?? 1 > 1 || pods.count > 1 else { return nil }
        let running = pods.values.count { $0.phase == "Running" }
        let counts = "\(running) running" + (failed > 0 ? ", \(failed) failed" : "")
        guard let expected, expected > 1 else { return "\(succeeded) done, \(counts)" }
        let filled = Int(min(expected, succeeded) * Int64(Self.barWidth) / expected)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.barWidth - filled)
        return "[\(bar)] \(succeeded)/\(expected) done, \(counts)"
    }
}
