import KubeObjects

/// Holds a definition's defaults against the schema that they stand in.
struct DefaultsChecker {
    private(set) var errors: [FieldError] = []

    mutating func check(_ schema: StructuralSchema, at path: FieldPath) {
        guard schema.hasDefaults else { return }
        if let value = schema.defaultValue { check(value, of: schema, at: path.child("default")) }
        if let items = schema.items { check(items, at: path.child("items")) }
        for name in schema.propertyNames {
            if let property = schema.properties[name] { check(property, at: path.child("properties").key(name)) }
        }
        if case .schema(let values) = schema.additionalProperties {
            check(values, at: path.child("additionalProperties"))
        }
    }

    private mutating func check(_ value: JSONValue, of schema: StructuralSchema, at path: FieldPath) {
        var pruned = value
        if !schema.prune(&pruned).isEmpty {
            errors.append(.invalid(path, value, "must not have unknown fields"))
        }
        errors += schema.validate(value, old: nil).map { $0.moved(below: path) }
    }
}

extension FieldError {
    /// The same fault of a value that stands elsewhere.
    fileprivate func moved(below path: FieldPath) -> FieldError {
        var moved = self
        if field == FieldPath.root.description {
            moved.field = path.description
        } else {
            moved.field = path.description + (field.hasPrefix("[") ? "" : ".") + field
        }
        return moved
    }
}
