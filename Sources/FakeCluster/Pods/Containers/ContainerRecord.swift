import KubeObjects

/// What the pod runner knows of one container of a pod: the source of its entry in the pod's status.
struct ContainerRecord: Sendable, Hashable {
    /// What part a container has in its pod.
    enum Role: Sendable, Hashable {
        /// Runs to its end before the others start.
        case initial
        /// An init container with `restartPolicy: Always`: starts before the others, ends after them (KEP-753).
        case sidecar
        /// One of `spec.containers`.
        case main
        /// One of `spec.ephemeralContainers`: comes while the pod runs, runs once, and the pod does not wait for it (KEP-277).
        case ephemeral

        /// The list of the pod's spec where the container stands.
        var list: String {
            switch self {
            case .initial, .sidecar: "initContainers"
            case .main: "containers"
            case .ephemeral: "ephemeralContainers"
            }
        }

        /// The list of the pod's status where the container stands.
        var statusList: String {
            switch self {
            case .initial, .sidecar: "initContainerStatuses"
            case .main: "containerStatuses"
            case .ephemeral: "ephemeralContainerStatuses"
            }
        }
    }

    /// What a container is doing.
    enum State: Sendable, Hashable {
        case waiting(reason: String, message: String? = nil)
        case running(startedAt: Timestamp)
        case terminated(Termination)
    }

    /// How a run of a container ended.
    struct Termination: Sendable, Hashable {
        var exitCode: Int
        var reason: String
        var message: String?
        var startedAt: Timestamp
        var finishedAt: Timestamp
        /// The id of the run; nil if nothing ran.
        var containerID: String?
    }

    let name: String
    let image: String
    let role: Role
    var state: State
    /// How the run before this one ended.
    var last: Termination?
    var restartCount = 0
    /// The id of the present or last run; nil before the first.
    var containerID: String?
    /// The id of its image.
    var imageID = ""
    var isReady = false
    var isStarted = false
    /// Whether it ran when the runner's former life ended.
    var isLost = false

    /// A container that has yet to start.
    init(_ container: JSONValue, role: Role, waiting reason: String) {
        name = container["name"]?.string ?? ""
        image = container["image"]?.string ?? ""
        self.role = role
        state = .waiting(reason: reason)
    }

    /// How the present run ended, if it has.
    var termination: Termination? {
        guard case .terminated(let termination) = state else { return nil }
        return termination
    }

    /// Whether it runs now.
    var isRunning: Bool {
        guard case .running = state else { return false }
        return true
    }
}

extension ContainerRecord {
    /// Takes over what a pod's status says: what ran when the runner's former life ended has died with it, as with a
    /// node that was switched off.
    mutating func restore(from status: JSONValue, now: Timestamp) {
        restartCount = status["restartCount"]?.integer.flatMap { Int(exactly: $0) } ?? 0
        containerID = status["containerID"]?.string
        imageID = status["imageID"]?.string ?? ""
        last = status["lastState"]?["terminated"].map(Termination.init)
        if let terminated = status["state"]?["terminated"] {
            state = .terminated(Termination(terminated))
        } else if let running = status["state"]?["running"] {
            let startedAt = running["startedAt"]?.string.flatMap(Timestamp.init) ?? now
            isLost = true
            state = .terminated(
                Termination(
                    exitCode: 255, reason: "Unknown", message: "The node stopped while the container was running",
                    startedAt: startedAt, finishedAt: now, containerID: containerID))
        } else if let last {
            // It waited for its next run: seen from here it has just ended.
            state = .terminated(last)
            self.last = nil
        }
    }

    /// The entry of the pod's status.
    var json: JSONValue {
        var status: JSONObject = [
            "name": .string(name), "state": state.json,
            "lastState": last.map { ["terminated": $0.json] } ?? [:], "ready": .bool(isReady),
            "restartCount": .integer(Int64(restartCount)), "image": .string(image),
            "imageID": .string(containerID == nil ? "" : imageID),
        ]
        status["containerID"] = containerID.map { .string($0) }
        if role != .ephemeral { status["started"] = .bool(isStarted) }
        return .object(status)
    }
}

extension ContainerRecord.State {
    fileprivate var json: JSONValue {
        switch self {
        case .waiting(let reason, let message):
            var waiting: JSONObject = ["reason": .string(reason)]
            waiting["message"] = message.map { .string($0) }
            return ["waiting": .object(waiting)]
        case .running(let startedAt): return ["running": ["startedAt": .string(startedAt.rfc3339)]]
        case .terminated(let termination): return ["terminated": termination.json]
        }
    }
}

extension ContainerRecord.Termination {
    fileprivate init(_ json: JSONValue) {
        let epoch = Timestamp(seconds: 0)
        self.init(
            exitCode: json["exitCode"]?.integer.flatMap { Int(exactly: $0) } ?? 0,
            reason: json["reason"]?.string ?? "", message: json["message"]?.string,
            startedAt: json["startedAt"]?.string.flatMap(Timestamp.init) ?? epoch,
            finishedAt: json["finishedAt"]?.string.flatMap(Timestamp.init) ?? epoch,
            containerID: json["containerID"]?.string)
    }

    fileprivate var json: JSONValue {
        var terminated: JSONObject = ["exitCode": .integer(Int64(exitCode)), "reason": .string(reason)]
        terminated["message"] = message.map { .string($0) }
        terminated["startedAt"] = .string(startedAt.rfc3339)
        terminated["finishedAt"] = .string(finishedAt.rfc3339)
        terminated["containerID"] = containerID.map { .string($0) }
        return .object(terminated)
    }
}
