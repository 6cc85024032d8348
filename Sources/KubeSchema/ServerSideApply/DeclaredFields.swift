import KubeObjects

extension TypeSchema {
    /// Whether the type is an object type with this field.
    public func declares(_ name: String) -> Bool { field(name) != nil }
}

extension StructuralSchema {
    /// Whether this is a property, or one of the three fields that every resource has.
    public func declares(_ name: String) -> Bool {
        properties[name] != nil || (isResource && ["apiVersion", "kind", "metadata"].contains(name))
    }
}
