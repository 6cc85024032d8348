public import KubeObjects

/// What a built-in type, or one use of it in a field, list or map, looks like.
///
/// Types are recursive (`JSONSchemaProps`), so a use names its object type by number and looks it up when asked.
public final class TypeSchema: Sendable {
    /// The kinds of value.
    public enum Shape: Sendable {
        case string, boolean, int32, int64, double
        /// Binary data, in JSON as Base64.
        case bytes
        /// `resource.Quantity`: a text or a number.
        case quantity
        /// `metav1.Time` and `metav1.MicroTime`: RFC 3339.
        case time, microTime
        case intOrString
        /// Any value at all (`apiextensions.v1.JSON`).
        case any
        /// An object that is kept as it is (`metav1.FieldsV1`).
        case fields
        /// A schema, or a list of them; or a truth value; or a list of texts: the variants of `JSONSchemaProps`.
        case schemaOrArray, schemaOrBool, schemaOrStrings
        indirect case list(TypeSchema)
        indirect case map(TypeSchema)
        /// An object type, by its number in ``BuiltinTypes``.
        case object(Int)
    }

    /// The kind of value.
    public let shape: Shape
    /// The values that are allowed; of a list or map, those of its elements. Empty if any.
    public let enumeration: [String]
    /// What a missing value stands for, where one list's keys depend on it.
    public let defaultValue: JSONValue?
    /// How a list is patched strategically: the key of its elements.
    public let patchMergeKey: String?
    /// `merge`, `retainKeys`, or nothing.
    public let patchStrategies: [String]
    /// `atomic`, `set` or `map` of a list.
    public let listType: String?
    /// The keys of a `map` list.
    public let listMapKeys: [String]
    private let mapType: String?

    init(_ shape: Shape, _ attributes: TypeAttributes = TypeAttributes()) {
        self.shape = shape
        enumeration = attributes.enumeration
        defaultValue = attributes.defaultValue
        patchMergeKey = attributes.patchMergeKey
        patchStrategies = attributes.patchStrategies
        listType = attributes.listType
        listMapKeys = attributes.listMapKeys
        mapType = attributes.mapType
    }

    /// The object type, if this is one.
    public var definition: TypeDefinition? {
        guard case .object(let number) = shape else { return nil }
        return BuiltinTypes.definitions[number]
    }

    /// The fields of an object type by name; nil for what is none, or has no such field.
    public func field(_ name: String) -> TypeField? { definition?.field(name) }

    /// Whether a map or object is applied as one.
    public var isAtomicMap: Bool { (mapType ?? definition?.mapType) == "atomic" }
}

extension TypeSchema: MergeSchema {
    /// The schema of a field or of a map's values.
    public func member(_ name: String) -> (any MergeSchema)? {
        switch shape {
        case .map(let values): values
        case .object: field(name)?.type
        default: nil
        }
    }

    /// The schema of a list's elements.
    public var element: (any MergeSchema)? {
        guard case .list(let elements) = shape else { return nil }
        return elements
    }
}

/// What the table says of a use beside its shape.
struct TypeAttributes {
    var enumeration: [String] = []
    var defaultValue: JSONValue?
    var patchMergeKey: String?
    var patchStrategies: [String] = []
    var listType: String?
    var listMapKeys: [String] = []
    var mapType: String?
}
