import KubeObjects
import RunCore

/// How a run ended, for a shell and for a person.
struct RunOutcome: Hashable {
    /// The command's exit code.
    var exitCode: Int32
    /// The end in one line, without the run's name.
    var summary: String
    /// Whether the run ended as its containers did: nobody cancelled it, no limit ended it, it was not lost, and it did not
    /// fail although its containers succeeded.
    var isOfContainers = false

    /// Reasons that are not the container's doing: it was lost with its node, or did not even start. Kubernetes still
    /// gives such a container a code (137, 128), which says nothing about the work.
    private static let lostReasons: Set<String> = [
        "Evicted", "NodeLost", "NodeShutdown", "NodeAffinity", "Preempting", "Shutdown", "Terminated",
        "TerminationByKubelet", "UnexpectedAdmissionError", "StartError", "ContainerCannotRun",
    ]

    /// The end of a run that is over; nil if it is not.
    init?(_ status: RunStatus) {
        guard let phase = status.phase, phase.isFinal else { return nil }
        let reason = status.reason.map { ", reason=\($0)" } ?? ""
        let message = status.message.map { ": \($0.onOneLine)" } ?? ""
        switch phase {
        case .succeeded:
            exitCode = RunExitCode.success
            isOfContainers = true
            summary = "succeeded" + (status.duration.map { " after \($0)" } ?? "")
        case .timedOut:
            exitCode = RunExitCode.timedOut
            summary = "timed out\(reason)\(message)"
        case .cancelled:
            exitCode = RunExitCode.interrupted
            summary = "was cancelled\(reason)"
        case .failed, .pending, .waiting, .running, .suspended:
            let isLost = status.reason.map(Self.lostReasons.contains) ?? false
            let own = isLost ? nil : status.exitCode
            let code = own.flatMap { Int32(exactly: $0) }.flatMap { (1...255).contains($0) ? $0 : nil }
            exitCode = code ?? RunExitCode.notStarted
            isOfContainers = code != nil
            summary = "failed" + (code.map { " with exit code \($0)" } ?? "") + reason + message
        }
    }
}
