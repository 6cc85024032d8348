/// A type, as the checker knows it before anything runs.
indirect enum CELType: Sendable, Equatable {
    case dyn, null, bool, int, uint, double, string, bytes, timestamp, duration, quantity, ip, cidr, url
    case list(CELType)
    case map(CELType, CELType)
    /// An object with the fields of a schema.
    case object(StructuralSchema)
    case optional(CELType)
    case type
    /// A type that only its own functions look into.
    case opaque(String)
    /// A type that a function leaves open; equal names in one signature are one type.
    case parameter(String)

    static func == (left: CELType, right: CELType) -> Bool {
        switch (left, right) {
        case (.dyn, .dyn), (.null, .null), (.bool, .bool), (.int, .int), (.uint, .uint), (.double, .double),
            (.string, .string), (.bytes, .bytes), (.timestamp, .timestamp), (.duration, .duration),
            (.quantity, .quantity), (.ip, .ip), (.cidr, .cidr), (.url, .url), (.type, .type):
            true
        case (.list(let left), .list(let right)), (.optional(let left), .optional(let right)): left == right
        case (.map(let leftKey, let left), .map(let rightKey, let right)): leftKey == rightKey && left == right
        case (.object(let left), .object(let right)): left === right
        case (.parameter(let left), .parameter(let right)), (.opaque(let left), .opaque(let right)): left == right
        default: false
        }
    }

    /// Whether its values are made of others, so that none can be the key of a map.
    var isAggregate: Bool {
        switch self {
        case .list, .map, .object, .optional: true
        default: false
        }
    }

    /// As cel-go prints it.
    var text: String {
        switch self {
        case .dyn: "dyn"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .quantity: "kubernetes.Quantity"
        case .ip: "net.IP"
        case .cidr: "net.CIDR"
        case .url: "kubernetes.URL"
        case .list(let element): "list(\(element.text))"
        case .map(let key, let value): "map(\(key.text), \(value.text))"
        case .object: "object"
        case .optional(let value): "optional_type(\(value.text))"
        case .type: "type"
        case .parameter(let name), .opaque(let name): name
        }
    }

    /// The type of a schema's values; nil if expressions cannot see them (unknown fields that are only preserved).
    init?(_ schema: StructuralSchema) {
        if schema.isIntOrString {
            self = .dyn
            return
        }
        switch schema.type {
        case "boolean": self = .bool
        case "integer": self = .int
        case "number": self = .double
        case "string":
            switch schema.rules.format {
            case "byte": self = .bytes
            case "duration": self = .duration
            case "date", "date-time", "datetime": self = .timestamp
            default: self = .string
            }
        case "array":
            guard let items = schema.items, let element = CELType(items) else { return nil }
            self = .list(element)
        case "object":
            if case .schema(let values) = schema.additionalProperties {
                guard let value = CELType(values) else { return nil }
                self = .map(.string, value)
            } else {
                self = .object(schema)
            }
        default: return nil
        }
    }

    /// Replaces open types by what is known of them.
    func substituting(_ known: [String: CELType]) -> CELType {
        switch self {
        case .parameter(let name): known[name] ?? .dyn
        case .list(let element): .list(element.substituting(known))
        case .map(let key, let value): .map(key.substituting(known), value.substituting(known))
        case .optional(let value): .optional(value.substituting(known))
        default: self
        }
    }

    /// Whether a value of another type fits, with what open types become by that.
    func accepts(_ other: CELType, _ known: inout [String: CELType]) -> Bool {
        switch (self, other) {
        case (.parameter(let name), _):
            guard let bound = known[name] else {
                known[name] = other
                return true
            }
            if bound == .dyn || other == .dyn { return true }
            if bound.accepts(other, &known) { return true }
            // What was inferred from an empty list or null gives way to what says more.
            guard other.accepts(bound, &known) else { return false }
            known[name] = other
            return true
        case (.dyn, _), (_, .dyn): return true
        case (.list(let left), .list(let right)), (.optional(let left), .optional(let right)):
            return left.accepts(right, &known)
        case (.map(let leftKey, let left), .map(let rightKey, let right)):
            return leftKey.accepts(rightKey, &known) && left.accepts(right, &known)
        case (.null, .object), (.object, .null), (.null, .timestamp), (.timestamp, .null), (.null, .duration),
            (.duration, .null):
            return true
        default: return self == other
        }
    }
}
