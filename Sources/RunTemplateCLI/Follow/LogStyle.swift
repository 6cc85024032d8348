/// How the lines of logs are shown.
struct LogStyle: Sendable {
    /// `--log-output`.
    enum Format: String, Sendable, CaseIterable {
        /// The line, behind its origin once more than one container has spoken.
        case `default`
        /// The line alone, always.
        case raw
        /// A JSON object a line.
        case json
    }

    var format = Format.default
    /// Whether each line begins with its time.
    var showsTimestamps = false
    /// Whether origins and highlights have colours.
    var isColored = false
    /// Which lines are shown, and what stands out in them.
    var filter = LogFilter()

    /// Whether a line must be whole before anything of it can be shown.
    var isByLine: Bool { format == .json || filter.isActive }

    private static let reset = "\u{1B}[0m"
    /// Cyan, green, magenta, yellow, blue: red is for what goes wrong.
    private static let colors = [36, 32, 35, 33, 34]
    private static let brightOffset = 60

    /// The completion index, or else the part of the pod's name that tells it from the others, and the container.
    func origin(of source: LogSource) -> String {
        let pod = source.index.map { "#\($0)" } ?? source.pod.split(separator: "-").last.map(String.init) ?? source.pod
        guard isColored else { return "\(pod) \(source.container) " }
        let color = Self.colors[Self.hash(source.pod) % Self.colors.count]
        return
            "\u{1B}[\(color)m\(pod)\(Self.reset) \u{1B}[\(color + Self.brightOffset)m\(source.container)\(Self.reset) "
    }

    /// FNV-1a: the same pod has the same colour in every run of the plugin.
    private static func hash(_ text: String) -> Int {
        Int(text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } >> 1)
    }
}
