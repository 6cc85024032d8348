extension JSONValue {
    /// Reads one JSON text (RFC 8259) as the API server does: an integer that fits 64 bits stays one, any other number
    /// becomes a double; a repeated name keeps its last value; bytes that are no UTF-8 and lone surrogates become
    /// U+FFFD, as in Go's `encoding/json`.
    ///
    /// - Throws: ``JSONError`` for malformed text, a number beyond the range of a double, or more than
    ///   ``nestingLimit`` levels.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        var parser = JSONParser(bytes)
        self = try parser.document()
    }

    /// Reads one JSON text from a part of a buffer; offsets of errors count from the part's start.
    public init(parsing bytes: ArraySlice<UInt8>) throws(JSONError) {
        try self.init(parsing: Array(bytes))
    }

    /// Reads one JSON text. See ``init(parsing:)-(UInt8)``.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Reads one JSON text, but for the elements of one member of its outermost object, if that is an array: they are handed
    /// over one by one as they are read, and the member stands there as an empty array. A long list is never in memory as a
    /// whole, which would take five times that of its text.
    ///
    /// When the text turns out to be malformed, what comes before that has been handed over.
    public static func parse(
        _ bytes: [UInt8], elementsOf name: String, _ handOver: (JSONValue) -> Void
    ) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes)
        return try parser.document(elementsOf: name, handOver)
    }

    /// Reads one JSON text and tells which fields were given more than once (`spec.containers[0].name`), each once and
    /// in the order of the text: what `fieldValidation=Strict` and `Warn` report as `duplicate field "…"`.
    public static func parseReportingDuplicates(
        _ bytes: [UInt8]
    ) throws(JSONError) -> (value: JSONValue, duplicates: [String]) {
        var parser = JSONParser(bytes)
        let value = try parser.document()
        return (value, parser.duplicates.map(\.path))
    }

    /// How many arrays and objects may stand inside each other. Go's decoder stops at 10,000; nothing that the API
    /// stores comes near, and every walk over a tree is recursive, so the stack is what sets the limit.
    public static let nestingLimit = 1000

    /// Whether more arrays and objects stand inside each other than a number.
    public func isNested(deeperThan limit: Int) -> Bool {
        switch self {
        case .array(let elements): limit < 1 || elements.contains { $0.isNested(deeperThan: limit - 1) }
        case .object(let members): limit < 1 || members.contains { $0.value.isNested(deeperThan: limit - 1) }
        default: false
        }
    }
}
