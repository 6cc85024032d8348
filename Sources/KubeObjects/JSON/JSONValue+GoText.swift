extension JSONValue {
    /// The value as Go's `%v` prints it, which some of the API server's messages contain: `map[a:1 b:[x y]]`, names in
    /// order.
    public var goText: String {
        switch self {
        case .null: "<nil>"
        case .bool(let value): value ? "true" : "false"
        case .integer(let number): String(number)
        case .double(let number): number.goShortest
        case .string(let text): text
        case .array(let elements): "[\(elements.map(\.goText).joined(separator: " "))]"
        case .object: goMapText
        }
    }

    /// An object as Go's `%v` prints a map; empty for anything else.
    var goMapText: String {
        guard let members = object else { return "map[]" }
        return "map[\(members.sortedByKey.map { "\($0.key):\($0.value.goText)" }.joined(separator: " "))]"
    }
}
