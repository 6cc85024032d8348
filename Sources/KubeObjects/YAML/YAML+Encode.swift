extension YAML {
    /// The value as one YAML document in block style, as `kubectl -o yaml` prints it: lists not indented below their
    /// name, texts of several lines as `|` blocks, and quotes around every string that would else mean something
    /// other than itself.
    ///
    /// - Parameter sortedKeys: Members in kubectl's order, by name and with numbers in names by value, instead of their
    ///   own.
    public static func encode(_ value: JSONValue, sortedKeys: Bool = false) -> String {
        var bytes: [UInt8] = []
        YAMLEventWriter.write(into: &bytes) { writer in append(value, to: writer, sortedKeys: sortedKeys) }
        // libyaml closes a document that ends in an open block scalar; kubectl does not, and nothing follows here.
        let end = Array("\n...\n".utf8)
        if bytes.suffix(end.count).elementsEqual(end) { bytes.removeLast(end.count - 1) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ value: JSONValue, to writer: borrowing YAMLEventWriter, sortedKeys: Bool) {
        switch value {
        case .null: writer.scalar("null", style: .plain)
        case .bool(let value): writer.scalar(value ? "true" : "false", style: .plain)
        case .integer(let number): writer.scalar(String(number), style: .plain)
        case .double(let number): writer.scalar(plain(number), style: .plain)
        case .string(let text): append(text, to: writer)
        case .array(let elements):
            writer.startSequence(isEmpty: elements.isEmpty)
            for element in elements { append(element, to: writer, sortedKeys: sortedKeys) }
            writer.endSequence()
        case .object(let members):
            writer.startMapping(isEmpty: members.isEmpty)
            for (key, value) in sortedKeys ? YAMLKeyOrder.sorted(members) : Array(members) {
                append(key, to: writer)
                append(value, to: writer, sortedKeys: sortedKeys)
            }
            writer.endMapping()
        }
    }

    /// A double as it looks after kubectl's detour over JSON, where an integral one has neither point nor exponent.
    private static func plain(_ number: Double) -> String {
        guard number.isFinite else { return "null" }
        let json = number.goFormatted
        return Int64(json) == nil && UInt64(json) == nil ? number.goShortest : json
    }

    private static func append(_ text: String, to writer: borrowing YAMLEventWriter) {
        writer.scalar(
            text, style: text.utf8.contains(UInt8(ascii: "\n")) ? .literal : isItself(text) ? .plain : .quoted)
    }

    /// Whether a string without quotes would be read as this string, by kubectl and by readers of YAML 1.1.
    private static func isItself(_ text: String) -> Bool {
        guard text != "<<", case .string = YAMLScalar.resolve(text) else { return false }
        return !YAMLScalar.isTimestamp(text) && !YAMLScalar.isBase60(text)
    }
}
