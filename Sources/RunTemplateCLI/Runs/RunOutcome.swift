import KubeObjects
import RunCore

/// How a run ended, for a shell and for a person.
struct RunOutcome: Hashable {
    /// The command's exit code.
    var exitCode: Int32
    /// The end in one line, without the run's name.
    var summary: String

    /// The end of a run that is over; nil if it is not.
    init?(_ status: RunStatus) {
        guard let phase = status.phase, phase.isFinal else { return nil }
        let reason = status.reason.map { ", reason=\($0)" } ?? ""
        let message = status.message.map { ": \($0.onOneLine)" } ?? ""
        switch phase {
        case .succeeded:
            exitCode = RunExitCode.success
            summary = "succeeded" + (status.duration.map { " after \($0)" } ?? "")
        case .timedOut:
            exitCode = RunExitCode.timedOut
            summary = "timed out\(reason)\(message)"
        case .cancelled:
            exitCode = RunExitCode.interrupted
            summary = "was cancelled\(reason)"
        case .failed, .pending, .waiting, .running, .suspended:
            let code = status.exitCode.flatMap { Int32(exactly: $0) }.flatMap { (1...255).contains($0) ? $0 : nil }
            exitCode = code ?? RunExitCode.notStarted
            summary = "failed" + (code.map { " with exit code \($0)" } ?? "") + reason + message
        }
    }
}
