import ArgumentParser
import KubeObjects

/// `--color`.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument {
    case auto, always, never
}

extension LogStyle.Format: ExpressibleByArgument {}

extension LogFilter.Expression: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

/// How logs are shown.
struct LogArguments: ParsableArguments {
    @Flag(help: "Shows the time of each line.")
    var timestamps = false
    @Option(help: "Only so many last lines of each container.")
    var tail: Int?
    @Option(help: "Only what is younger, such as 5m.")
    var since: DurationArgument?
    @Option(
        help: ArgumentHelp("Only lines that match; may be repeated.", valueName: "regex"))
    var include: [LogFilter.Expression] = []
    @Option(help: ArgumentHelp("No lines that match; may be repeated.", valueName: "regex"))
    var exclude: [LogFilter.Expression] = []
    @Option(help: ArgumentHelp("Marks what matches; may be repeated.", valueName: "regex"))
    var highlight: [LogFilter.Expression] = []
    @Option(help: "default puts the origin before the lines of several containers, raw never, json always.")
    var logOutput: LogStyle.Format = .default
    @Option(help: "auto colours origins on a terminal, unless NO_COLOR is set; always; never.")
    var color: ColorChoice = .auto
    @Option(help: ArgumentHelp("How many logs are read at once (50); the others wait.", valueName: "n"))
    var maxLogRequests: Int?

    func validate() throws {
        if let maxLogRequests, maxLogRequests < 1 {
            throw ValidationError("--max-log-requests: 1 is the least")
        }
        if let tail, tail < Self.allLines { throw ValidationError("--tail: -1 is the least, and means all lines") }
    }

    /// `--tail -1`, as with kubectl.
    private static let allLines = -1

    /// What the lines look like.
    func style(_ session: Session) -> LogStyle {
        let filter = LogFilter(include: include, exclude: exclude, highlight: highlight)
        let isColored =
            switch color {
            case .always: true
            case .never: false
            case .auto: session.outputHasColors
            }
        return LogStyle(format: logOutput, showsTimestamps: timestamps, isColored: isColored, filter: filter)
    }

    /// What of the logs is read, and how.
    func apply(to options: inout RunFollower.Options) {
        options.start = start
        if let maxLogRequests { options.logLimit = maxLogRequests }
    }

    /// Where each log is begun.
    var start: LogStart {
        LogStart(tailLines: tail == Self.allLines ? nil : tail, sinceSeconds: since.map { Int($0.wholeSeconds) })
    }
}
