/// How log lines are written.
package enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// For people: time, level, message, `key=value`.
    case text
    /// For machines: one JSON object a line.
    case json
}
