public import KubeObjects

extension StructuralSchema {
    /// The faults of a value, in the API server's words: first those of the schema, then those of lists that are sets or
    /// maps, then those of the validation rules.
    ///
    /// What is as it was in `old` is not blamed again (KEP 4008, validation ratcheting).
    /// - Parameters:
    ///   - value: the value after pruning and defaulting.
    ///   - old: the value before an update; nil for a creation.
    ///   - path: where the value is, for the messages; the root for a whole object.
    public func validate(_ value: JSONValue, old: JSONValue?, at path: FieldPath = .root) -> [FieldError] {
        var checker = SchemaChecker(path: path)
        checker.check(value, old: old, against: self)
        var errors = checker.errors
        if hasListTypes {
            var lists = ListTypeChecker(path: path)
            lists.check(value, against: self)
            errors += lists.errors
        }
        return errors
    }
}
