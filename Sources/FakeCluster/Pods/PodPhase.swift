import KubeObjects

/// The phase that follows from a pod's containers, as the kubelet derives it.
enum PodPhase: String, Sendable, Hashable {
    case pending = "Pending"
    case running = "Running"
    case succeeded = "Succeeded"
    case failed = "Failed"

    /// Whether a pod in this phase runs nothing any more.
    var isTerminal: Bool { self == .succeeded || self == .failed }

    /// Derives the phase.
    /// - Parameters:
    ///   - records: all containers that the pod consists of; ephemeral ones do not count.
    ///   - restartPolicy: the pod's.
    ///   - isEnding: whether no container will be started again, whatever the policy.
    ///   - hasNextRun: whether a main container that has ended runs again, if nothing keeps it from that.
    init(of records: [ContainerRecord], restartPolicy: String, isEnding: Bool, hasNextRun: Bool) {
        if Self.waitsForInit(records) {
            let hasFailed = records.contains { record in
                record.role == .initial && (record.termination.map { $0.exitCode != 0 } ?? false)
            }
            self = isEnding || (hasFailed && restartPolicy == "Never") ? .failed : .pending
            return
        }
        let main = records.filter { $0.role == .main }
        let ended = main.compactMap { $0.termination ?? ($0.isRunning ? nil : $0.last) }
        // A sidecar that still runs keeps its pod from being done.
        if records.contains(where: { $0.role != .initial && $0.isRunning }) {
            self = .running
        } else if ended.count < main.count {
            self = isEnding ? .failed : .pending
        } else if hasNextRun && !isEnding {
            self = .running
        } else if ended.allSatisfy({ $0.exitCode == 0 }) {
            self = .succeeded
        } else {
            self = .failed
        }
    }

    /// Whether the main containers have yet to be started because of an init container.
    private static func waitsForInit(_ records: [ContainerRecord]) -> Bool {
        guard !records.contains(where: { $0.role == .main && ($0.containerID != nil || $0.last != nil) }) else {
            return false
        }
        return records.contains { record in
            switch record.role {
            case .initial: record.termination?.exitCode != 0
            case .sidecar: !record.isStarted
            case .main, .ephemeral: false
            }
        }
    }
}
