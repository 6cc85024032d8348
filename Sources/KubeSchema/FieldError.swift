/// One fault of an object: the kind of fault, the field, and the words that the API server uses for it
/// (apimachinery, `field.Error`). Validation collects all of them instead of stopping at the first.
public struct FieldError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of fault, with the reason that stands in a `Status` cause.
    public enum Kind: String, Sendable, Hashable {
        case required = "FieldValueRequired"
        case invalid = "FieldValueInvalid"
        case notSupported = "FieldValueNotSupported"
        case duplicate = "FieldValueDuplicate"
        case forbidden = "FieldValueForbidden"
        case notFound = "FieldValueNotFound"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"
        case typeInvalid = "FieldValueTypeInvalid"
        case internalError = "InternalError"
    }

    /// The kind of fault.
    public var kind: Kind
    /// The field's path, such as `spec.template.spec.containers[0].name`.
    public var field: String
    /// The fault as it stands in a cause, without the path: `Required value: must be set`.
    public var message: String

    /// A fault.
    public init(_ kind: Kind, field: String, message: String) {
        self.kind = kind
        self.field = field
        self.message = message
    }

    /// The fault with its path, as it stands in the message of a `Status`.
    public var description: String { "\(field): \(message)" }
}
