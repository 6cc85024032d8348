import KubeWire

/// Where a container's log is begun: at its first byte unless told otherwise.
struct LogStart: Hashable, Sendable {
    /// How many last lines.
    var tailLines: Int?
    /// How many seconds back.
    var sinceSeconds: Int?

    /// Asks for no more than that.
    func apply(to options: inout LogOptions) {
        options.tailLines = tailLines
        options.sinceSeconds = sinceSeconds
    }
}
