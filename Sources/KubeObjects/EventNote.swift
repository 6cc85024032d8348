/// What a controller tells users about an object; `kubectl describe` shows it as an Event.
public struct EventNote: Sendable, Hashable {
    /// The two types that the API knows.
    public enum Severity: String, Sendable, Hashable {
        /// Something happened as it should.
        case normal = "Normal"
        /// Something needs attention.
        case warning = "Warning"
    }

    /// Whether it needs attention.
    public var severity: Severity
    /// Why it is told, in one UpperCamelCase word that a program can match.
    public var reason: String
    /// What happened, for a person to read.
    public var message: String

    /// A note.
    public init(_ severity: Severity, reason: String, message: String) {
        self.severity = severity
        self.reason = reason
        self.message = message
    }
}
