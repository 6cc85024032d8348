public import KubeObjects

// The messages of apimachinery's `field` package, one function for each kind of fault.
extension FieldError {
    /// A value that must be there and is not. The detail may be empty.
    public static func required(_ path: FieldPath, _ detail: String = "") -> FieldError {
        FieldError(.required, at: path, words: "Required value", detail: detail)
    }

    /// A value that breaks a rule. A nil value is left out of the message.
    public static func invalid(_ path: FieldPath, _ value: JSONValue?, _ detail: String) -> FieldError {
        FieldError(.invalid, at: path, words: "Invalid value", value: value, detail: detail)
    }

    /// A value that breaks a rule, shown as this text.
    public static func invalid(_ path: FieldPath, shown value: String, _ detail: String) -> FieldError {
        FieldError(.invalid, field: path.description, message: "Invalid value: \(value): \(detail)")
    }

    /// A value of the wrong type.
    public static func typeInvalid(_ path: FieldPath, _ value: JSONValue?, _ detail: String) -> FieldError {
        FieldError(.typeInvalid, at: path, words: "Invalid value", value: value, detail: detail)
    }

    /// A value that is none of those allowed, which are listed in this order.
    public static func notSupported(_ path: FieldPath, _ value: JSONValue?, supported: [String]) -> FieldError {
        let list = supported.map(\.quoted).joined(separator: ", ")
        return FieldError(
            .notSupported, at: path, words: "Unsupported value", value: value,
            detail: supported.isEmpty ? "" : "supported values: " + list)
    }

    /// A value that must be unique and is there before.
    public static func duplicate(_ path: FieldPath, _ value: JSONValue?) -> FieldError {
        FieldError(.duplicate, at: path, words: "Duplicate value", value: value)
    }

    /// A value that names what does not exist.
    public static func notFound(_ path: FieldPath, _ value: JSONValue) -> FieldError {
        FieldError(.notFound, at: path, words: "Not found", value: value)
    }

    /// A value that would be right elsewhere, and is not allowed here.
    public static func forbidden(_ path: FieldPath, _ detail: String) -> FieldError {
        FieldError(.forbidden, at: path, words: "Forbidden", detail: detail)
    }

    /// A text of more bytes than allowed.
    public static func tooLong(_ path: FieldPath, maximum: Int) -> FieldError {
        FieldError(
            .tooLong, at: path, words: "Too long",
            detail: "may not be more than \(maximum) \(maximum == 1 ? "byte" : "bytes")")
    }

    /// A list or map of more entries than allowed.
    public static func tooMany(_ path: FieldPath, count: Int, maximum: Int) -> FieldError {
        FieldError(
            .tooMany, at: path, words: "Too many", value: .integer(Int64(count)),
            detail: "must have at most \(maximum) \(maximum == 1 ? "item" : "items")")
    }

    /// A fault of the server, not of the object.
    public static func internalError(_ path: FieldPath, _ detail: String) -> FieldError {
        FieldError(.internalError, at: path, words: "Internal error", detail: detail)
    }

    private init(_ kind: Kind, at path: FieldPath, words: String, value: JSONValue? = nil, detail: String = "") {
        var message = words
        if let value { message += ": " + value.messageText }
        if !detail.isEmpty { message += ": " + detail }
        self.init(kind, field: path.description, message: message)
    }
}
