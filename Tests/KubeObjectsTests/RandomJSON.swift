import KubeObjects

/// SplitMix64: the same numbers for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension JSONValue {
    /// A tree of at most the given depth, with the scalars and strings that parsers stumble over.
    static func random(using random: inout some RandomNumberGenerator, depth: Int = 4) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2:
            return .integer(Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...62, using: &random))
        case 3: return .double(Double.random(in: -1e6...1e6, using: &random) + 0.5e-6)
        case 4, 5: return .string(randomText(using: &random))
        case 6, 7:
            return .array(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in .random(using: &random, depth: depth - 1) })
        default:
            var members = JSONObject()
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                members[randomText(using: &random)] = .random(using: &random, depth: depth - 1)
            }
            return .object(members)
        }
    }

    private static let words = [
        "", "a", "spec", "true", "no", "~", "1e3", "0x1F", "0777", "1:30", "2001-01-01", "- x", "key: value", "#c",
        "multi\nline\n", "trailing ", " leading", "tab\there", "é", "😀", "\u{2028}", "\u{7f}", "'", "\"", "\\", "&a",
        "*a", "!t", "%d", "@x", "`", "{}", "[]", "...", "---", ".inf", ".nan", "=", "<<", "null", "Null", "y", "N",
        "1_000", "+1", "-", "?", "a: b", "x #y", "line\n\n\nend", "\nfirst", "  indented\nblock", "\u{0}",
        "12345678901234567890",
    ]

    private static func randomText(using random: inout some RandomNumberGenerator) -> String {
        let word = words.randomElement(using: &random) ?? ""
        return Bool.random(using: &random) ? word : word + (words.randomElement(using: &random) ?? "")
    }
}

/// A JSON value as `JSONDecoder` reads it.
struct FoundationJSON: Decodable {
    var value: JSONValue

    init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            value = .null
        } else if let bool = try? single.decode(Bool.self) {
            value = .bool(bool)
        } else if let integer = try? single.decode(Int64.self) {
            value = .integer(integer)
        } else if let double = try? single.decode(Double.self) {
            value = .double(double)
        } else if let text = try? single.decode(String.self) {
            value = .string(text)
        } else if let elements = try? single.decode([FoundationJSON].self) {
            value = .array(elements.map(\.value))
        } else {
            value = .object(JSONObject(try single.decode([String: FoundationJSON].self).map { ($0, $1.value) }))
        }
    }
}
