import KubeObjects

/// A value of CEL while an expression runs. What comes from an object stays JSON until it is looked at.
indirect enum CELValue: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list(CELList)
    case map(CELMap)
    /// An object of the custom resource: with named fields, or a map if its schema says so or there is none.
    case object(JSONObject, StructuralSchema?)
    case timestamp(Timestamp)
    /// In nanoseconds.
    case duration(Int64)
    case optional(CELValue?)
    case quantity(Quantity)
    case ip(IPAddress)
    case cidr(IPNetwork)
    case url(CELURL)
    case type(String)
    /// A question about rights that is being put together.
    case access(CELAccess)
    case decision(CELAccess.Answer)
    /// A named format.
    case format(String)
}

/// A list, with what its schema says of equality: the order of a set or a map list does not count.
struct CELList: Sendable {
    enum Kind: Sendable, Hashable {
        case ordered, set, keyed([String])
    }

    var elements: [CELValue]
    var kind = Kind.ordered
}

/// A map that an expression made. Keys are booleans, numbers and texts.
struct CELMap: Sendable {
    private(set) var entries: [(key: CELValue, value: CELValue)] = []
    private var positions: [CELKey: Int] = [:]

    subscript(key: CELKey) -> CELValue? { positions[key].map { entries[$0].value } }

    /// Adds an entry; false if the key is there.
    mutating func add(_ key: CELValue, _ hashed: CELKey, _ value: CELValue) -> Bool {
        guard positions[hashed] == nil else { return false }
        positions[hashed] = entries.count
        entries.append((key, value))
        return true
    }
}

/// A map's key: numbers of all types are told apart by their value only.
enum CELKey: Sendable, Hashable {
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)

    init?(_ value: CELValue) {
        switch value {
        case .bool(let bool): self = .bool(bool)
        case .int(let int): self = .int(int)
        case .uint(let uint): self = Int64(exactly: uint).map(CELKey.int) ?? .uint(uint)
        case .double(let double):
            if let int = Int64(exactly: double) {
                self = .int(int)
            } else if let uint = UInt64(exactly: double) {
                self = .uint(uint)
            } else {
                self = .double(double)
            }
        case .string(let text): self = .string(text)
        default: return nil
        }
    }
}

extension CELValue {
    /// A value of an object, as its schema says to read it.
    init(_ json: JSONValue, _ schema: StructuralSchema?) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = schema?.type == "number" ? .double(Double(value)) : .int(value)
        case .double(let value):
            if schema?.type == "integer", let whole = Int64(exactly: value) {
                self = .int(whole)
            } else {
                self = .double(value)
            }
        case .string(let text): self.init(text: text, format: schema?.rules.format ?? "")
        case .array(let elements):
            let items = schema?.items
            var list = CELList(elements: elements.map { CELValue($0, items) })
            switch schema?.listType {
            case "set": list.kind = .set
            case "map": list.kind = .keyed(schema?.listMapKeys ?? [])
            default: break
            }
            self = .list(list)
        case .object(let members): self = .object(members, schema)
        }
    }

    /// Texts of some formats are times, durations and bytes.
    private init(text: String, format: String) {
        var value: CELValue?
        switch format {
        case "date-time", "datetime": value = Timestamp(text).map(CELValue.timestamp)
        case "date": value = Timestamp(text + "T00:00:00Z").map(CELValue.timestamp)
        case "duration": value = (try? GoDuration.parse(text)).flatMap(CELTimes.nanoseconds).map(CELValue.duration)
        case "byte": value = Base64.decode(text).map(CELValue.bytes)
        default: break
        }
        self = value ?? .string(text)
    }

    /// The type's name, as `type()` and messages give it.
    var typeName: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .list: "list"
        case .map: "map"
        case .object(_, let schema): schema?.properties.isEmpty == false ? "object" : "map"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .optional: "optional_type"
        case .quantity: "kubernetes.Quantity"
        case .ip: "net.IP"
        case .cidr: "net.CIDR"
        case .url: "kubernetes.URL"
        case .type: "type"
        case .access(let access): CELAccess.type(access.stage).text
        case .decision: CELAccess.decision.text
        case .format: "kubernetes.NamedFormat"
        }
    }

    /// The value without an optional around it; nil for an empty one.
    var unwrapped: CELValue? {
        guard case .optional(let value) = self else { return self }
        return value
    }

    /// As a number of any type.
    var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// A key as messages show it.
    var keyText: String {
        switch self {
        case .string(let text): text
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): value.messageText
        case .bool(let value): String(value)
        default: typeName
        }
    }

    /// The elements of a list or the keys of a map: what a comprehension walks. With two variables also the values.
    var members: [(key: CELValue, value: CELValue)]? {
        switch self {
        case .list(let list): list.elements.enumerated().map { (.int(Int64($0.offset)), $0.element) }
        case .map(let map): map.entries
        case .object(let members, let schema):
            members.map { (.string($0.key), CELValue($0.value, schema?.schema(ofMember: $0.key))) }
        default: nil
        }
    }
}
