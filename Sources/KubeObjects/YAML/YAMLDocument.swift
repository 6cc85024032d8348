/// One document of a text: its value, and where in the text each part of it stands.
public struct YAMLDocument: Sendable {
    /// The value.
    public let value: JSONValue
    /// The line on which the value begins, from 1.
    public let startLine: Int

    let source: [UInt8]
    /// Which of the source's documents this is, from 0, empty ones counted.
    let index: Int
    let linesBefore: Int

    /// Where a part of a document stands, and how it is written.
    public struct Location: Sendable, Hashable {
        /// The line, from 1.
        public var line: Int
        /// The column, from 1.
        public var column: Int
        /// The scalar as it is written if it has no quotes: what to show when `yes` was meant as text.
        public var plainText: String?
    }

    /// The line of a field, from 1: of its name in a map, of the element itself in a list. For a path that the text
    /// does not hold (a missing field, one that a merge or an alias brought in) it is the line of the deepest part
    /// that is there.
    ///
    /// The text is read once more for this: only a text with a fault is asked, and all others pay nothing.
    public func line(of path: [JSONPathElement]) -> Int { location(of: path).line }

    /// The place of a field, as in ``line(of:)``.
    public func location(of path: [JSONPathElement]) -> Location {
        var locator = YAMLLocator(source, path: path)
        guard var found = locator.locate(document: index) else { return Location(line: startLine, column: 1) }
        found.line += linesBefore
        return found
    }
}
