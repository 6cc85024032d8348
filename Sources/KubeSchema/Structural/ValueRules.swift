public import KubeObjects

/// The rules of a schema that look at a value itself (`ValueValidation`). Nil and empty mean no rule.
public struct ValueRules: Sendable {
    /// The values that are allowed.
    public let enumeration: [JSONValue]
    /// A known format's name as written; what the server does not check is dropped.
    public let format: String
    /// What a text must match.
    public let pattern: Pattern?
    /// The shortest text, in Unicode scalars.
    public let minLength: Int?
    /// The longest text, in Unicode scalars.
    public let maxLength: Int?
    /// The smallest number.
    public let minimum: Double?
    /// The largest number.
    public let maximum: Double?
    /// Whether the smallest number itself is excluded.
    public let excludesMinimum: Bool
    /// Whether the largest number itself is excluded.
    public let excludesMaximum: Bool
    /// What a number must be a multiple of.
    public let multipleOf: Double?
    /// The fewest elements of a list.
    public let minItems: Int?
    /// The most elements of a list.
    public let maxItems: Int?
    /// Whether a list's elements must differ.
    public let hasUniqueItems: Bool
    /// The fewest members of an object.
    public let minProperties: Int?
    /// The most members of an object.
    public let maxProperties: Int?
    /// The members that an object must have.
    public let required: [String]
    /// Schemas that must all hold.
    public let allOf: [StructuralSchema]
    /// Schemas of which one must hold.
    public let anyOf: [StructuralSchema]
    /// Schemas of which exactly one must hold.
    public let oneOf: [StructuralSchema]
    /// A schema that must not hold.
    public let not: StructuralSchema?

    init(_ reader: SchemaReader) {
        enumeration = reader.json["enum"]?.array ?? []
        format = StringFormat.isKnown(reader.text("format"), forType: reader.text("type")) ? reader.text("format") : ""
        // A pattern that is none was refused with the schema; a nested schema is compiled only after that.
        let expression = reader.text("pattern")
        pattern = expression.isEmpty ? nil : try? Pattern(expression)
        minLength = reader.count("minLength")
        maxLength = reader.count("maxLength")
        minimum = reader.number("minimum")
        maximum = reader.number("maximum")
        excludesMinimum = reader.flag("exclusiveMinimum")
        excludesMaximum = reader.flag("exclusiveMaximum")
        multipleOf = reader.number("multipleOf")
        minItems = reader.count("minItems")
        maxItems = reader.count("maxItems")
        hasUniqueItems = reader.flag("uniqueItems")
        minProperties = reader.count("minProperties")
        maxProperties = reader.count("maxProperties")
        required = reader.texts("required")
        allOf = reader.schemaList("allOf")
        anyOf = reader.schemaList("anyOf")
        oneOf = reader.schemaList("oneOf")
        not = reader.schema("not")
    }
}
