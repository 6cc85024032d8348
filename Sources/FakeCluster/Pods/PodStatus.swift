import KubeObjects

/// Everything that a pod's status is made of, at one moment.
struct PodStatus: Sendable {
    var records: [ContainerRecord]
    var startTime: Timestamp
    /// Whether the pod's directory and volumes are there and containers may be started.
    var isSandboxReady = false
    /// Whether no container will be started again.
    var isEnding = false
    /// A reason of the pod's own, such as `DeadlineExceeded`; the pod has failed then.
    var failure: (reason: String, message: String)?
    /// Whether the failure is the node's: a condition says so, which failure policies of Jobs may ignore.
    var isDisrupted = false

    /// The containers whose states are the pod's.
    private var ownRecords: [ContainerRecord] { records.filter { $0.role != .ephemeral } }

    /// The phase.
    func phase(of pod: KubeObject) -> PodPhase {
        if failure != nil && isEnding { return .failed }
        return PodPhase(
            of: ownRecords, restartPolicy: pod[path: "spec", "restartPolicy"]?.string ?? "Always", isEnding: isEnding,
            hasNextRun: hasNextRun(of: pod))
    }

    /// Whether a main container that has ended is about to run again.
    private func hasNextRun(of pod: KubeObject) -> Bool {
        (pod[path: "spec", "containers"]?.array ?? []).contains { container in
            guard let record = records.first(where: { $0.role == .main && $0.name == container["name"]?.string }) else {
                return false
            }
            guard let ended = record.termination else { return !record.isRunning && record.last != nil }
            return ContainerRestart(of: container, in: pod, role: .main).follows(exitCode: ended.exitCode)
        }
    }

    /// The status as it goes into a pod: what others have written there (conditions of other types) stays.
    func merged(into pod: KubeObject, node: NodeIdentity, now: Timestamp) -> JSONObject {
        var status = pod["status"]?.object ?? [:]
        let phase = phase(of: pod)
        status["observedGeneration"] = pod.generation == 0 ? nil : .integer(pod.generation)
        status["phase"] = .string(phase.rawValue)
        status["conditions"] = .array(
            conditions(phase, generation: pod.generation).map { $0.merged(into: status["conditions"], now: now) }
                + foreignConditions(in: status["conditions"]))
        status["reason"] = failure.map { .string($0.reason) }
        status["message"] = failure.map { .string($0.message) }
        status["hostIP"] = .string(node.address)
        status["hostIPs"] = [["ip": .string(node.address)]]
        if isSandboxReady || status["podIP"] != nil {
            let address = node.podAddress(of: pod)
            status["podIP"] = .string(address)
            status["podIPs"] = [["ip": .string(address)]]
        }
        status["startTime"] = .string(startTime.rfc3339)
        for role in [ContainerRecord.Role.initial, .main, .ephemeral] {
            let statuses = records.filter { $0.role.list == role.list }.map(\.json)
            if role == .main || !statuses.isEmpty { status[role.statusList] = .array(statuses) }
        }
        return status
    }

    private static let ownTypes = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady"]

    private func foreignConditions(in conditions: JSONValue?) -> [JSONValue] {
        let own = Self.ownTypes + (isDisrupted ? ["DisruptionTarget"] : [])
        return conditions?.array?.filter { !own.contains($0["type"]?.string ?? "") } ?? []
    }

    private func conditions(_ phase: PodPhase, generation: Int64) -> [PodCondition] {
        let disruption = PodCondition(
            type: "DisruptionTarget", isTrue: true, reason: failure?.reason, message: failure?.message, generation)
        return (isDisrupted ? [disruption] : []) + [
            PodCondition(type: "PodReadyToStartContainers", isTrue: isSandboxReady && !phase.isTerminal, generation),
            initialized(phase, generation), ready("Ready", phase, generation),
            ready("ContainersReady", phase, generation),
        ]
    }

    private func initialized(_ phase: PodPhase, _ generation: Int64) -> PodCondition {
        if phase == .succeeded {
            return PodCondition(type: "Initialized", isTrue: true, reason: "PodCompleted", generation)
        }
        let incomplete = records.filter { record in
            switch record.role {
            case .initial: record.termination?.exitCode != 0
            case .sidecar: !record.isStarted && record.containerID == nil
            case .main, .ephemeral: false
            }
        }
        guard !incomplete.isEmpty else { return PodCondition(type: "Initialized", isTrue: true, generation) }
        return PodCondition(
            type: "Initialized", isTrue: false, reason: "ContainersNotInitialized",
            message: "containers with incomplete status: [\(incomplete.map(\.name).joined(separator: " "))]", generation
        )
    }

    private func ready(_ type: String, _ phase: PodPhase, _ generation: Int64) -> PodCondition {
        switch phase {
        case .succeeded: return PodCondition(type: type, isTrue: false, reason: "PodCompleted", generation)
        case .failed: return PodCondition(type: type, isTrue: false, reason: "PodFailed", generation)
        case .pending, .running: break
        }
        let unready = ownRecords.filter { $0.role != .initial && !$0.isReady }
        guard !unready.isEmpty else { return PodCondition(type: type, isTrue: true, generation) }
        return PodCondition(
            type: type, isTrue: false, reason: "ContainersNotReady",
            message: "containers with unready status: [\(unready.map(\.name).joined(separator: " "))]", generation)
    }
}

/// One condition of a pod.
struct PodCondition {
    var type: String
    var isTrue: Bool
    var reason: String?
    var message: String?
    var generation: Int64

    init(type: String, isTrue: Bool, reason: String? = nil, message: String? = nil, _ generation: Int64) {
        self.type = type
        self.isTrue = isTrue
        self.reason = reason
        self.message = message
        self.generation = generation
    }

    /// As it stands in the status; the time of the last transition stays while the status does.
    func merged(into conditions: JSONValue?, now: Timestamp) -> JSONValue {
        let former = conditions?.array?.first { $0["type"]?.string == type }
        let status: JSONValue = isTrue ? "True" : "False"
        var condition: JSONObject = ["type": .string(type)]
        if generation != 0 { condition["observedGeneration"] = .integer(generation) }
        condition["status"] = status
        condition["lastProbeTime"] = .null
        condition["lastTransitionTime"] =
            former?["status"] == status ? former?["lastTransitionTime"] ?? .string(now.rfc3339) : .string(now.rfc3339)
        condition["reason"] = reason.map { .string($0) }
        condition["message"] = message.map { .string($0) }
        return .object(condition)
    }
}
