/// Why the configuration leads to no server: one line for a person, with file and line where a file is at fault.
public struct KubeconfigError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and what would be right.
    public var message: String

    /// A fault.
    public init(_ message: String) { self.message = message }

    /// The message.
    public var description: String { message }
}
