/// Why a cluster could not be started or used from the command line; the message is for a person to read.
package struct SessionError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    package let description: String

    /// A failure.
    package init(_ message: String) { description = message }
}
