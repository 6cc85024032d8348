/// A scalar as it stands in a text, and what it means.
///
/// Meaning is given as kubectl gives it (sigs.k8s.io/yaml over its fork of go-yaml 2), which is neither YAML 1.1 nor
/// 1.2: `yes`, `on` and `n` are booleans, `0777` and `0o17` octal, `1_000` an integer, while `1:30` and `2001-01-01` stay
/// strings.
struct YAMLScalar {
    /// The content: unquoted, unfolded.
    var text: String
    /// The tag, written out; nil if there is none.
    var tag: String?
    /// Neither quoted nor tagged nor a block.
    var isPlain: Bool

    /// What a scalar may mean. Floats and large integers are told apart because they differ as names of members.
    enum Meaning: Hashable {
        case null
        case bool(Bool)
        case integer(Int64)
        case unsigned(UInt64)
        case float(Double)
        case string(String)
    }

    /// Whether this, as a name, merges a map into the one that it stands in.
    var isMergeKey: Bool { text == "<<" && (isPlain || tag == "\(Self.tagPrefix)merge") }

    private static let tagPrefix = "tag:yaml.org,2002:"

    /// The meaning, by tag and text. Foreign tags make strings.
    func meaning(at mark: YAMLMark) throws(YAMLError) -> Meaning {
        guard let tag else { return isPlain ? Self.resolve(text) : .string(text) }
        guard tag.hasPrefix(Self.tagPrefix) else { return .string(text) }
        let name = String(tag.dropFirst(Self.tagPrefix.count))
        switch name {
        case "bool", "int", "float", "null", "timestamp": return try tagged(name, at: mark)
        case "binary":
            guard let bytes = Base64.decode(text) else {
                throw YAMLError("!!binary value contains invalid base64 data", at: mark)
            }
            return .string(String(decoding: bytes, as: UTF8.self))
        default: return .string(text)
        }
    }

    private func tagged(_ name: String, at mark: YAMLMark) throws(YAMLError) -> Meaning {
        let meaning = Self.resolve(text)
        switch (name, meaning) {
        case ("bool", .bool), ("int", .integer), ("int", .unsigned), ("float", .float), ("null", .null): return meaning
        case ("float", .integer(let value)): return .float(Double(value))
        case ("float", .unsigned(let value)): return .float(Double(value))
        case ("timestamp", .string) where Self.isTimestamp(text): return meaning
        default: throw YAMLError("cannot decode !!\(meaning.tagName) `\(text)` as a !!\(name)", at: mark)
        }
    }
}

extension YAMLScalar.Meaning {
    /// The last part of the tag that this meaning has.
    fileprivate var tagName: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .integer, .unsigned: "int"
        case .float: "float"
        case .string: "str"
        }
    }

    /// As a JSON value. The detour that kubectl takes over JSON text shows: a float whose text has neither point nor
    /// exponent comes back as an integer, and an integer beyond 64 bits as a double.
    func json(at mark: YAMLMark) throws(YAMLError) -> JSONValue {
        switch self {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .integer(let value): return .integer(value)
        case .unsigned(let value): return .double(Double(value))
        case .string(let text): return .string(text)
        case .float(let value):
            guard value.isFinite else {
                let name = value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf"
                throw YAMLError("\(name) cannot be written as JSON; quote it if it is meant as text", at: mark)
            }
            return Int64(value.goFormatted).map(JSONValue.integer) ?? .double(value)
        }
    }

    /// As the name of a member. Floats lose digits here (`16777217.0` becomes `1.6777216e+07`), in kubectl as well.
    func memberName(at mark: YAMLMark) throws(YAMLError) -> String {
        switch self {
        case .string(let text): return text
        case .integer(let value): return String(value)
        case .bool(let value): return value ? "true" : "false"
        case .float(let value):
            if value.isNaN { return ".nan" }
            return value.isInfinite ? (value < 0 ? "-.inf" : ".inf") : Float(value).goShortest
        case .null: throw YAMLError("null is no name of a field; quote it if it is meant as text", at: mark)
        case .unsigned(let value):
            throw YAMLError("\(value) is no name of a field; quote it if it is meant as text", at: mark)
        }
    }
}
