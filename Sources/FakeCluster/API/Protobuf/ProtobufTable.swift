/// The messages of the built-in kinds: which field number is which JSON member, and how its value is written.
///
/// The tables are texts, read once when the first protobuf body comes: nothing of it costs a cluster that is only
/// spoken to in JSON.
struct ProtobufTable: Sendable {
    /// How a field's value is written.
    indirect enum Shape: Sendable, Hashable {
        case string, bytes, boolean, integer, double
        /// `metav1.Time` and `metav1.MicroTime`.
        case time, microTime
        case quantity, intOrString
        /// JSON text inside bytes: `metav1.FieldsV1`, `runtime.RawExtension`.
        case json
        /// A list of texts in a message of its own.
        case texts
        case message(String)
        /// A message that JSON writes as whichever of its members is there; `schema` goes first.
        case choice(String)
        case list(Shape)
        /// A map from texts.
        case map(Shape)
    }

    /// A field of a message.
    struct Field: Sendable, Hashable {
        /// The member's name in JSON.
        var name: String
        /// How its value is written.
        var shape: Shape
        /// Whether its members stand in JSON beside those of the message around it.
        var isInline: Bool
    }

    /// The table of everything that is known.
    static let standard = ProtobufTable([core, groups, extensions, added].joined(separator: "\n"))

    private let messages: [String: [UInt64: Field]]

    /// Reads a table: a line a message, its name and then `member:number:shape` for each field.
    init(_ text: String) {
        var messages: [String: [UInt64: Field]] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let name = words.first else { continue }
            var fields: [UInt64: Field] = [:]
            for word in words.dropFirst() {
                let parts = word.split(separator: ":")
                guard parts.count == 3, let number = UInt64(parts[1]) else { continue }
                let isInline = parts[2].hasPrefix("^")
                guard let shape = Shape(code: isInline ? parts[2].dropFirst() : parts[2]) else { continue }
                fields[number] = Field(name: String(parts[0]), shape: shape, isInline: isInline)
            }
            messages[String(name)] = fields
        }
        self.messages = messages
    }

    /// The fields of a message, by number; nil if it is not known.
    func fields(of message: String) -> [UInt64: Field]? { messages[message] }

    /// The message of a kind; nil if it is not known. Options are the same in every group.
    func message(apiVersion: String, kind: String) -> String? {
        let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let version = parts.last ?? ""
        let group = parts.count > 1 ? String(parts[0].prefix { $0 != "." }) : "core"
        return ["\(group).\(version).\(kind)", "meta.v1.\(kind)"].first { messages[$0] != nil }
    }
}

extension ProtobufTable.Shape {
    /// Reads a shape's code; nil if it is none.
    fileprivate init?(code: Substring) {
        let rest = code.dropFirst()
        switch code.first {
        case "s": self = .string
        case "y": self = .bytes
        case "b": self = .boolean
        case "i": self = .integer
        case "d": self = .double
        case "T": self = .time
        case "U": self = .microTime
        case "Q": self = .quantity
        case "I": self = .intOrString
        case "F", "R": self = .json
        case "E": self = .texts
        case "m": self = .message(String(rest))
        case "|": self = .choice(String(rest))
        case "*":
            guard let element = Self(code: rest) else { return nil }
            self = .list(element)
        case "%":
            guard let element = Self(code: rest) else { return nil }
            self = .map(element)
        default: return nil
        }
    }
}
