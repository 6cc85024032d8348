/// A text that is no YAML, or YAML that cannot become JSON: what is wrong and where.
public struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The fault, such as `key "name" already set in map`.
    public var message: String
    /// The line of the fault, from 1.
    public var line: Int
    /// The column of the fault within its line, from 1.
    public var column: Int

    /// A fault at a place.
    public init(_ message: String, line: Int, column: Int) {
        self.message = message
        self.line = line
        self.column = column
    }

    init(_ message: String, at mark: YAMLMark) { self.init(message, line: mark.line, column: mark.column) }

    /// `line 3, column 7: did not find expected key`
    public var description: String { "line \(line), column \(column): \(message)" }
}
