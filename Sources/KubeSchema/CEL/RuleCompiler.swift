import KubeObjects

/// Checks the validation rules of a definition: that they parse, that their types fit, that they speak of old values only
/// where these can be told.
struct RuleCompiler {
    private(set) var errors: [FieldError] = []

    /// - Parameter uncorrelatable: the outermost node below which old and new values cannot be told to belong together.
    mutating func check(_ schema: StructuralSchema, at path: FieldPath, uncorrelatable: FieldPath?) {
        guard schema.hasValidationRules else { return }
        if case .schema(let values) = schema.additionalProperties {
            check(values, at: path.child("additionalProperties"), uncorrelatable: uncorrelatable)
        }
        let below = schema.mapType == "atomic" ? uncorrelatable ?? path : uncorrelatable
        for name in schema.propertyNames {
            guard let property = schema.properties[name] else { continue }
            check(property, at: path.child("properties").key(name), uncorrelatable: below)
        }
        if let items = schema.items {
            let below = schema.listType == "map" ? uncorrelatable : uncorrelatable ?? path
            check(items, at: path.child("items"), uncorrelatable: below)
        }
        guard !schema.programs.isEmpty else { return }
        let place = path.child("x-kubernetes-validations")
        guard let type = CELType(schema) else {
            let words = "rule declared on schema that does not support validation rules type: '\(schema.type)' "
            errors.append(
                .internalError(
                    place, words + "x-kubernetes-preserve-unknown-fields: '\(schema.preservesUnknownFields)'"))
            return
        }
        for (index, program) in schema.programs.enumerated() {
            check(program, of: schema, type, place.index(index), uncorrelatable)
        }
    }

    private mutating func check(
        _ program: CELProgram, of schema: StructuralSchema, _ type: CELType, _ place: FieldPath,
        _ uncorrelatable: FieldPath?
    ) {
        let rule = program.rule
        let hasOptionalOld = rule.optionalOldSelf == true
        let variables: [(name: String, type: CELType)] = [
            ("self", type), ("oldSelf", hasOptionalOld ? .optional(type) : type),
        ]
        if let fault = Self.fault(in: program.expression, rule.rule, variables, result: .bool) {
            errors.append(rule.fault(place.child("rule"), fault))
        }
        if let message = program.messageExpression,
            let fault = Self.fault(in: message, rule.messageExpression, variables, result: .string)
        {
            errors.append(rule.fault(place.child("messageExpression"), "messageExpression " + fault))
        }
        if !rule.fieldPath.isEmpty, let why = RuleFieldPath.fault(rule.fieldPath, in: schema, allowsKeys: true) {
            errors.append(
                .invalid(
                    place.child("fieldPath"), .string(rule.fieldPath), "fieldPath must be a valid path: \(why)"))
        }
        if program.usesOldSelf, let uncorrelatable {
            errors.append(
                .invalid(
                    place.child("rule"), .string(rule.rule),
                    "oldSelf cannot be used on the uncorrelatable portion of the schema within \(uncorrelatable)"))
        } else if !program.usesOldSelf, let isOptional = rule.optionalOldSelf {
            errors.append(
                .invalid(
                    place.child("optionalOldSelf"), .bool(isOptional), "may not be set if oldSelf is not used in rule"))
        }
    }

    private static func fault(
        in expression: Result<CELExpression, CELCompilationError>, _ source: String,
        _ variables: [(name: String, type: CELType)], result: CELType
    ) -> String? {
        switch expression {
        case .failure(let error): return "compilation failed: \(error)"
        case .success(let expression):
            var checker = CELChecker(variables: variables)
            let type = checker.check(expression)
            if !checker.issues.isEmpty {
                let error = CELCompilationError(source: source, issues: checker.issues)
                return "compilation failed: \(error)"
            }
            if type == result { return nil }
            return result == .bool ? "cel expression must evaluate to a bool" : "must evaluate to a string"
        }
    }
}

extension ValidationRule {
    /// A fault of the rule, which the message shows with Go's names of its fields.
    fileprivate func fault(_ place: FieldPath, _ detail: String) -> FieldError {
        let fields: [(String, JSONValue)] = [
            ("Rule", .string(rule)), ("Message", .string(message)), ("MessageExpression", .string(messageExpression)),
            ("Reason", reason.isEmpty ? .null : .string(reason)), ("FieldPath", .string(fieldPath)),
            ("OptionalOldSelf", optionalOldSelf.map(JSONValue.bool) ?? .null),
        ]
        let text = fields.map { "\"\($0.0)\":\($0.1.compactText)" }.joined(separator: ",")
        return FieldError(.invalid, field: place.description, message: "Invalid value: {\(text)}: \(detail)")
    }
}
