import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// The exit codes of the contract (docs: exit codes).
enum RunExitCode {
    static let success: Int32 = 0
    /// The server has warned, and `--warnings-as-errors` is given.
    static let warned: Int32 = 1
    /// The command line is wrong; nothing was created.
    static let usage: Int32 = 2
    /// Our patience or the run's deadline is over.
    static let timedOut: Int32 = 124
    /// The run could not start or was lost.
    static let notStarted: Int32 = 125
    /// Ctrl-C; the run was cancelled or left.
    static let interrupted: Int32 = 130

    /// The contract in words, for the manual.
    static let meanings = [
        ("0", "The run succeeded."),
        ("1", "diff has found differences; or --warnings-as-errors is given, and the server has warned."),
        ("1-255", "The code of the container that made the run fail; 137 and 143 are SIGKILL and SIGTERM."),
        ("2", "The command line is wrong; nothing was created."),
        ("124", "--wait-timeout or the run's own deadline is over."),
        (
            "125",
            "The run could not start or was lost: unknown template, refused, no connection, evicted; or output was lost."
        ),
        ("130", "Interrupted; the last line says whether the run was cancelled or goes on."),
    ]
}

/// Ends a command with a message on standard error and an exit code.
struct CommandFailure: Error, Hashable {
    /// One line, as the user reads it behind `error: `.
    var message: String
    var exitCode: Int32
    /// Whether all that is wrong is that a run is not there.
    var isMissingRun = false

    init(_ message: String, exitCode: Int32 = RunExitCode.notStarted, isMissingRun: Bool = false) {
        self.message = message
        self.exitCode = exitCode
        self.isMissingRun = isMissingRun
    }

    /// What any error means for the user.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let unknown as UnknownTemplate: self = unknown.failure
        case let status as KubeStatus: self.init(status.message.onOneLine)
        case let error as TransportError: self.init(error.message.onOneLine)
        case let error as KubeconfigError:
            self.init(error.message, exitCode: error.isOfFlags ? RunExitCode.usage : RunExitCode.notStarted)
        case let rejection as RunRejection:
            self.init(rejection.message, exitCode: Self.exitCode(of: rejection.reason))
        case is CancellationError: self.init("interrupted", exitCode: RunExitCode.interrupted)
        default: self.init("\(error)".onOneLine)
        }
    }

    /// What a run asks for wrongly is the command line's fault; all else is the template's or its author's will.
    private static func exitCode(of reason: RunReason) -> Int32 {
        switch reason {
        case .invalidRun, .invalidParameter, .containerNotFound: RunExitCode.usage
        default: RunExitCode.notStarted
        }
    }
}

extension String {
    /// The text with its lines joined, for messages of others that may have several.
    var onOneLine: String { split(whereSeparator: \.isNewline).joined(separator: " ") }
}
