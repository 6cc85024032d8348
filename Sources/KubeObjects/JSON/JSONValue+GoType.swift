extension JSONValue {
    /// What Go's JSON decoder calls the value in its messages: `cannot unmarshal array into Go value of type …`.
    public var goTypeName: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .integer, .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
