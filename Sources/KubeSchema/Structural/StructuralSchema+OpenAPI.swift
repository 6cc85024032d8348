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
    ///   - limitsCosts: whether a schema is refused whose validation rules may cost too much. One that was accepted once
    ///     stays as it is.
    /// - Throws: the faults of a schema that is not structural or breaks another rule of resource definitions.
    public convenience init(
        openAPIV3 json: JSONValue, at path: FieldPath = FieldPath("spec", "validation", "openAPIV3Schema"),
        limitsCosts: Bool = true
    ) throws(SchemaErrors) {
        guard case .object(let members) = json else {
            throw SchemaErrors([.required(path, "schemas are required")])
        }
        self.init(compiling: members, isRoot: true)
        let errors = Self.errors(in: members, compiled: self, at: path, limitsCosts: limitsCosts)
        guard errors.isEmpty else { throw SchemaErrors(errors) }
    }

    private static func errors(
        in schema: JSONObject, compiled: StructuralSchema, at path: FieldPath, limitsCosts: Bool
    ) -> [FieldError] {
        var errors: [FieldError] = []
        if schema["nullable"] == .bool(true) {
            errors.append(.forbidden(path.child("nullable"), "nullable cannot be true at the root"))
        }
        var invariants = StructuralInvariants()
        invariants.check(schema, at: path)
        errors += invariants.sortedErrors
        if errors.isEmpty {
            var defaults = DefaultsChecker()
            defaults.check(compiled, at: path)
            errors += defaults.errors
        }
        var rules = DefinitionRules()
        rules.check(schema, at: path, DefinitionRules.Context(isRoot: true))
        errors += rules.errors
        // Types are known, and rules worth a look, only of a schema that is right otherwise.
        guard errors.isEmpty else { return errors }
        var compiler = RuleCompiler(limitsCosts: limitsCosts)
        compiler.check(compiled, at: path)
        return compiler.errors
    }
}
