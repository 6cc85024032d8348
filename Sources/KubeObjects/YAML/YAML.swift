/// YAML in and out, as kubectl reads and prints it.
public enum YAML {
    /// What happens when a map names a member twice.
    public enum DuplicateKeys: Sendable {
        /// The text is refused at the second name's line: no one writes it on purpose.
        case refused
        /// The last one wins, as in the API server unless strict validation is asked for.
        case lastWins
    }

    /// How many nodes aliases may add to a text before it counts as an attack.
    public static let expansionLimit = 100_000

    /// Reads a text of one or more YAML documents, or of JSON values one after another, which is what a text whose
    /// first character is `{` is taken for first. Documents that are empty or `null` are left out.
    ///
    /// Scalars mean what they mean to kubectl; every value becomes what it would be after kubectl's detour over JSON
    /// (`1.0` is the integer 1). Names that are numbers or booleans become their text.
    ///
    /// - Throws: ``YAMLError`` for a malformed text, a name given twice, an alias that is unknown, contains itself or
    ///   explodes, a name that is `null`, a list or a map, an infinity, and more than ``JSONValue/nestingLimit`` levels.
    public static func parse(
        _ bytes: [UInt8], duplicateKeys: DuplicateKeys = .refused
    ) throws(YAMLError) -> [YAMLDocument] {
        if let documents = try parseJSON(bytes, duplicateKeys: duplicateKeys) { return documents }
        var builder = YAMLTreeBuilder(bytes, duplicateKeys: duplicateKeys)
        var documents: [YAMLDocument] = []
        var index = 0
        while let document = try builder.nextDocument() {
            if document.value != .null {
                documents.append(
                    YAMLDocument(
                        value: document.value, startLine: document.mark.line, source: bytes, index: index,
                        linesBefore: 0))
            }
            index += 1
        }
        return documents
    }

    /// Reads a text of one or more documents. See ``parse(_:duplicateKeys:)-([UInt8],_)``.
    public static func parse(
        _ text: String, duplicateKeys: DuplicateKeys = .refused
    ) throws(YAMLError) -> [YAMLDocument] {
        try parse(Array(text.utf8), duplicateKeys: duplicateKeys)
    }

    /// The values of a JSON text; nil if it is none, which leaves it to the YAML reader to say why.
    private static func parseJSON(_ bytes: [UInt8], duplicateKeys: DuplicateKeys) throws(YAMLError) -> [YAMLDocument]? {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard bytes.first(where: { !isSpace($0) }) == UInt8(ascii: "{") else { return nil }
        var parser = JSONParser(bytes)
        var documents: [YAMLDocument] = []
        var linesBefore = 0
        while true {
            let start = parser.position
            parser.skipSpace()
            let newLines = bytes[start..<parser.position].count { $0 == UInt8(ascii: "\n") }
            let next: JSONValue?
            do throws(JSONError) { next = try parser.nextDocument() } catch { return nil }
            guard let value = next else { return documents }
            if duplicateKeys == .refused, let duplicate = parser.duplicates.first {
                let place = JSONError("key \"\(duplicate.path)\" already set in map", at: duplicate.offset, in: bytes)
                throw YAMLError(place.message, line: place.line, column: place.column)
            }
            documents.append(
                YAMLDocument(
                    value: value, startLine: linesBefore + newLines + 1, source: Array(bytes[start..<parser.position]),
                    index: 0, linesBefore: linesBefore))
            linesBefore += bytes[start..<parser.position].count { $0 == UInt8(ascii: "\n") }
        }
    }
}
