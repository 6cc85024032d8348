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
        guard hasValidationRules else { return errors }
        guard !errors.contains(where: \.blocksRules) else {
            let words =
                "some validation rules were not checked because the object was invalid; "
                + "correct the existing errors to complete validation"
            return errors + [.invalid(.root, .null, words)]
        }
        var rules = RuleChecker(path: path)
        rules.check(value, old: old, against: self)
        return errors + rules.errors
    }
}

extension FieldError {
    /// Whether the object is so wrong that its validation rules might stumble over it.
    fileprivate var blocksRules: Bool {
        switch kind {
        case .notSupported, .required, .tooLong, .tooMany, .typeInvalid: true
        default: false
        }
    }
}
