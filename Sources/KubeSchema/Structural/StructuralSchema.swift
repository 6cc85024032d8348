public import KubeObjects

/// One node of a custom resource's schema, compiled from `openAPIV3Schema`: what a value must look like, what it is
/// filled up with, and what of it is dropped (KEP 1979 and the API reference of `JSONSchemaProps`).
///
/// Nodes are immutable and shared freely.
public final class StructuralSchema: Sendable {
    /// What an object may hold beside its properties.
    public enum AdditionalProperties: Sendable {
        /// Nothing is said: other members are unknown, and pruned.
        case unspecified
        /// Any, or none.
        case allowed(Bool)
        /// Values of this shape: the object is a map.
        case schema(StructuralSchema)
    }

    /// `object`, `array`, `string`, `integer`, `number` or `boolean`; empty if nothing is said.
    public let type: String
    /// Whether `null` is a value of its own; where it is not, it counts as absent.
    public let isNullable: Bool
    /// The members of an object that are known.
    public let properties: [String: StructuralSchema]
    /// The known members' names, sorted: the order in which they are defaulted and checked.
    public let propertyNames: [String]
    /// What an object may hold beside them.
    public let additionalProperties: AdditionalProperties
    /// The shape of a list's elements.
    public let items: StructuralSchema?
    /// What a missing value is filled with.
    public let defaultValue: JSONValue?
    /// `x-kubernetes-preserve-unknown-fields`: nothing is pruned here.
    public let preservesUnknownFields: Bool
    /// `x-kubernetes-embedded-resource`: the value is an object with `apiVersion`, `kind` and `metadata`.
    public let isEmbeddedResource: Bool
    /// `x-kubernetes-int-or-string`.
    public let isIntOrString: Bool
    /// `x-kubernetes-list-type`: `atomic`, `set` or `map`; nil is `atomic`.
    public let listType: String?
    /// `x-kubernetes-list-map-keys`.
    public let listMapKeys: [String]
    /// `x-kubernetes-map-type`: `atomic` or `granular`; nil is `granular`.
    public let mapType: String?
    /// The rules for the value itself.
    public let rules: ValueRules
    /// `x-kubernetes-validations`, as written.
    public let validationRules: [ValidationRule]
    /// Prose for people; empty if there is none.
    public let details: String

    /// The rules, parsed.
    let programs: [CELProgram]
    /// Whether this is the schema of whole objects.
    let isRoot: Bool
    /// Whether this node or one below it has validation rules.
    let hasValidationRules: Bool
    /// Whether this node or one below it has a default.
    let hasDefaults: Bool
    /// Whether this node or one below it has a rule about a list's uniqueness.
    let hasListTypes: Bool

    /// Compiles a schema without checking that it is structural; ``init(openAPIV3:at:)`` does both.
    init(compiling json: JSONObject, isRoot: Bool = false) {
        let reader = SchemaReader(json)
        type = reader.text("type")
        isNullable = reader.flag("nullable")
        properties = reader.schemas("properties")
        propertyNames = properties.keys.sorted()
        additionalProperties = reader.additionalProperties
        items = reader.schema("items")
        defaultValue = json["default"].flatMap { $0.isNull ? nil : $0 }
        preservesUnknownFields = reader.flag("x-kubernetes-preserve-unknown-fields")
        isEmbeddedResource = reader.flag("x-kubernetes-embedded-resource")
        isIntOrString = reader.flag("x-kubernetes-int-or-string")
        listType = json["x-kubernetes-list-type"]?.string
        listMapKeys = reader.texts("x-kubernetes-list-map-keys")
        mapType = json["x-kubernetes-map-type"]?.string
        rules = ValueRules(reader)
        validationRules = (json["x-kubernetes-validations"]?.array ?? []).map(ValidationRule.init)
        programs = validationRules.map(CELProgram.init)
        details = reader.text("description")
        self.isRoot = isRoot
        var below = Array(properties.values)
        if let items { below.append(items) }
        if case .schema(let schema) = additionalProperties { below.append(schema) }
        hasDefaults = defaultValue != nil || below.contains(where: \.hasDefaults)
        hasValidationRules = !validationRules.isEmpty || below.contains(where: \.hasValidationRules)
        hasListTypes = listType == "set" || listType == "map" || below.contains(where: \.hasListTypes)
    }

    /// Whether the value is an object with `apiVersion`, `kind` and `metadata`, named or not.
    var isResource: Bool { isRoot || isEmbeddedResource }

    /// Whether objects have named fields instead of a map's keys.
    var hasFields: Bool { isResource || !properties.isEmpty }

    /// The JSON types that a value may have; empty if any.
    var types: [String] {
        if isIntOrString { return ["integer", "string"] }
        return type.isEmpty ? [] : [type]
    }

    /// The schema of an object's member: a known one, else that of a map's values.
    func schema(ofMember name: String) -> StructuralSchema? {
        if let known = properties[name] { return known }
        if case .schema(let schema) = additionalProperties { return schema }
        return nil
    }
}
