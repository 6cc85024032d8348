import KubeObjects

/// How large the values of a schema can be: what it says itself, else what fits into one request (apiserver, `DeclType`
/// and the limits of `pkg/cel`).
final class CELSizedType: Sendable {
    /// The most characters, elements or members; 0 of what has none.
    let size: UInt64
    /// The fewest bytes of a value in JSON.
    let minBytes: UInt64
    /// Of a list's elements or a map's values.
    let element: CELSizedType?
    /// Of a map's keys.
    let key: CELSizedType?
    /// Of an object's properties.
    let fields: [String: CELSizedType]

    /// The largest request, in bytes.
    static let requestLimit: UInt64 = 3 << 20
    /// The longest text that a request can be, without its quotation marks.
    private static let longestText = requestLimit - 2
    private static let text = CELSizedType(size: longestText, minBytes: 2)

    private init(
        size: UInt64 = 0, minBytes: UInt64, element: CELSizedType? = nil, key: CELSizedType? = nil,
        fields: [String: CELSizedType] = [:]
    ) {
        self.size = size
        self.minBytes = minBytes
        self.element = element
        self.key = key
        self.fields = fields
    }

    /// The sizes of a schema's values; nil if expressions do not see them.
    static func of(_ schema: StructuralSchema) -> CELSizedType? {
        if schema.isIntOrString {
            return CELSizedType(size: longestBytes(schema.rules) ?? longestText, minBytes: 1)
        }
        switch schema.type {
        case "boolean": return CELSizedType(minBytes: 4)
        case "integer", "number": return CELSizedType(minBytes: 1)
        case "string": return text(schema.rules)
        case "array":
            guard let element = schema.items.flatMap(of) else { return nil }
            let size = limit(schema.rules.maxItems) ?? longestText / (element.minBytes + 1)
            return CELSizedType(size: size, minBytes: 2, element: element)
        case "object":
            guard case .schema(let values) = schema.additionalProperties else { return object(schema) }
            guard let element = of(values) else { return nil }
            // Beside the value there are a key's quotation marks, two characters of it, a colon and a comma.
            let size = limit(schema.rules.maxProperties) ?? longestText / (element.minBytes + 6)
            return CELSizedType(size: size, minBytes: 2, element: element, key: CELSizedType(minBytes: 2))
        default: return nil
        }
    }

    private static func text(_ rules: ValueRules) -> CELSizedType {
        switch rules.format {
        case "duration": return CELSizedType(size: 32, minBytes: 3)
        case "date": return CELSizedType(size: 12, minBytes: 12)
        case "date-time", "datetime": return CELSizedType(size: 32, minBytes: 21)
        case "byte":
            return CELSizedType(size: limit(rules.maxLength) ?? longestText, minBytes: 2)
        default:
            let longest = rules.enumeration.map { UInt64($0.string?.utf8.count ?? 0) }.max()
            return CELSizedType(size: longestBytes(rules) ?? longest ?? longestText, minBytes: 2)
        }
    }

    /// The most bytes of a text: a character has up to four.
    private static func longestBytes(_ rules: ValueRules) -> UInt64? {
        limit(rules.maxLength).map { CELEstimate.product($0, 4) }
    }

    /// A limit of the schema, for which any number may stand there.
    static func limit(_ number: Int?) -> UInt64? { number.map { UInt64(clamping: $0) } }

    private static func object(_ schema: StructuralSchema) -> CELSizedType {
        var fields = schema.properties.compactMapValues(of)
        var minBytes: UInt64 = 2
        for name in schema.rules.required where schema.properties[name]?.defaultValue == nil {
            if let field = fields[name] { minBytes += UInt64(name.utf8.count) + field.minBytes + 4 }
        }
        if schema.isResource {
            for name in ["apiVersion", "kind"] { fields[name] = text }
            fields["metadata"] = CELSizedType(minBytes: 2, fields: ["name": text, "generateName": text])
        }
        return CELSizedType(minBytes: minBytes, fields: fields)
    }

    /// How often a value can stand in one request if nothing else limits it.
    var mostInRequest: UInt64 { Self.requestLimit / (minBytes + 1) }
}
