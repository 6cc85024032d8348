/// A selector that cannot be read, in the words of the API server.
public struct SelectorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The fault, such as `unable to parse requirement: found 'x' expected: '('`.
    public var message: String

    /// A fault.
    public init(_ message: String) { self.message = message }

    /// The message.
    public var description: String { message }
}
