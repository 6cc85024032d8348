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

    /// The Go type of the value that Kubernetes' JSON decoder has made, as `%T` prints it.
    package var goDynamicType: String {
        switch self {
        case .null: "<nil>"
        case .bool: "bool"
        case .integer: "int64"
        case .double: "float64"
        case .string: "string"
        case .array: "[]interface {}"
        case .object: "map[string]interface {}"
        }
    }
}
