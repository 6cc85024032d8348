public import KubeObjects

/// Why a schema is refused: all its faults.
public struct SchemaErrors: Error, Sendable, Hashable, CustomStringConvertible {
    /// The faults, in the order in which the API server lists them.
    public var errors: [FieldError]

    /// These faults.
    public init(_ errors: [FieldError]) { self.errors = errors }

    /// All faults, separated by commas.
    public var description: String { errors.map(\.description).joined(separator: ", ") }
}

extension StructuralSchema {
    /// Compiles a resource definition's `openAPIV3Schema`.
    /// - Parameters:
    ///   - json: the schema of whole objects.
    ///   - path: where it stands. The API server says `spec.validation.openAPIV3Schema` if all versions share one schema,
    ///     else `spec.versions[0].schema.openAPIV3Schema`.
    /// - Throws: the faults of a schema that is not structural or breaks another rule of resource definitions.
    public convenience init(
        openAPIV3 json: JSONValue, at path: FieldPath = FieldPath("spec", "validation", "openAPIV3Schema")
    ) throws(SchemaErrors) {
        guard case .object(let members) = json else {
            throw SchemaErrors([.required(path, "schemas are required")])
        }
        let errors = Self.errors(in: members, at: path)
        guard errors.isEmpty else { throw SchemaErrors(errors) }
        self.init(compiling: members, isRoot: true)
        var rules = RuleCompiler()
        rules.check(self, at: path, uncorrelatable: nil)
        guard rules.errors.isEmpty else { throw SchemaErrors(rules.errors) }
    }

    private static func errors(in schema: JSONObject, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if schema["nullable"] == .bool(true) {
            errors.append(.forbidden(path.child("nullable"), "nullable cannot be true at the root"))
        }
        var invariants = StructuralInvariants()
        invariants.check(schema, at: path)
        errors += invariants.sortedErrors
        var rules = DefinitionRules()
        rules.check(schema, at: path, DefinitionRules.Context(isRoot: true))
        return errors + rules.errors
    }
}
