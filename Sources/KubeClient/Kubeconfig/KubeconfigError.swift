/// Why the configuration leads to no server: one line for a person, with file and line where a file is at fault.
public struct KubeconfigError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and what would be right.
    public var message: String
    /// Whether it is the command line that is at fault, and no file.
    public var isOfFlags: Bool

    /// A fault.
    public init(_ message: String, isOfFlags: Bool = false) {
        self.message = message
        self.isOfFlags = isOfFlags
    }

    /// The message.
    public var description: String { message }
}
