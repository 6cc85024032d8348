import KubeObjects

/// What Helm does to values between `values.yaml` and a template.
enum HelmValues {
    /// Whether a value comes out of `values.yaml` and `toJson` as it went in. Helm's numbers are doubles, it drops
    /// members of maps that are null, and characters that `toJson` leaves as they are may be none of YAML's.
    static func keeps(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool: true
        case .integer(let number): number.magnitude <= 1 << 53
        case .double(let number): number.isFinite
        case .string(let text): keeps(text)
        case .array(let elements): elements.allSatisfy(keeps)
        case .object(let members): members.allSatisfy { keeps($0.key) && !$0.value.isNull && keeps($0.value) }
        }
    }

    private static func keeps(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            !(0x7F...0x9F).contains(scalar.value) && ![0xFEFF, 0xFFFE, 0xFFFF].contains(scalar.value)
        }
    }

    /// A call of `index` that reads a value by names that need not be Go's identifiers.
    static func index(_ root: String, _ names: [String]) -> String {
        "index \(root) " + names.map { JSONValue.string($0).encodedString() }.joined(separator: " ")
    }
}
