import KubeObjects

/// Checks the validation rules of a definition: that they parse, that their types fit, that they speak of old values only
/// where these can be told, that they cannot cost too much.
struct RuleCompiler {
    private(set) var errors: [FieldError] = []
    private var costs = RuleCosts()
    private let limitsCosts: Bool

    /// - Parameter limitsCosts: whether rules that may cost too much are errors.
    init(limitsCosts: Bool = true) { self.limitsCosts = limitsCosts }

    /// What is known of a node from those above it.
    private struct Context {
        /// The outermost node below which old and new values cannot be told to belong together.
        var uncorrelatable: FieldPath?
        /// How many values of this kind an object can hold; nil if nothing limits them.
        var count: UInt64?

        /// - Parameter limit: how many of them each value above can hold; nil if nothing limits them.
        func below(times limit: UInt64?) -> Context {
            var context = self
            context.count = count.flatMap { count in limit.map { CELEstimate.product(count, $0) } }
            return context
        }
    }

    /// Checks all rules of a whole schema.
    mutating func check(_ schema: StructuralSchema, at path: FieldPath) {
        check(schema, at: path, Context(count: 1))
        errors += costs.errors(at: path)
    }

    private mutating func check(_ schema: StructuralSchema, at path: FieldPath, _ context: Context) {
        guard schema.hasValidationRules else { return }
        if case .schema(let values) = schema.additionalProperties {
            let below = context.below(times: CELSizedType.limit(schema.rules.maxProperties))
            check(values, at: path.child("additionalProperties"), below)
        }
        var below = context
        if schema.mapType == "atomic" { below.uncorrelatable = context.uncorrelatable ?? path }
        for name in schema.propertyNames {
            guard let property = schema.properties[name] else { continue }
            check(property, at: path.child("properties").key(name), below)
        }
        if let items = schema.items {
            var below = context.below(times: CELSizedType.limit(schema.rules.maxItems))
            if schema.listType != "map" { below.uncorrelatable = context.uncorrelatable ?? path }
            check(items, at: path.child("items"), below)
        }
        checkPrograms(of: schema, at: path, context)
    }

    private mutating func checkPrograms(of schema: StructuralSchema, at path: FieldPath, _ context: Context) {
        guard !schema.programs.isEmpty else { return }
        let place = path.child("x-kubernetes-validations")
        guard let type = CELType(schema), let sizes = CELSizedType.of(schema) else {
            let words = "rule declared on schema that does not support validation rules type: '\(schema.type)' "
            errors.append(
                .internalError(
                    place, words + "x-kubernetes-preserve-unknown-fields: '\(schema.preservesUnknownFields)'"))
            return
        }
        for (index, program) in schema.programs.enumerated() {
            checkExpressions(of: program, type, sizes, place.index(index), count: context.count)
            check(program, of: schema, place.index(index), context.uncorrelatable)
        }
    }

    /// - Parameter count: how many values the rule can be asked of; nil if nothing but a request's size limits them.
    private mutating func checkExpressions(
        of program: CELProgram, _ type: CELType, _ sizes: CELSizedType, _ place: FieldPath, count: UInt64?
    ) {
        let rule = program.rule
        let hasOptionalOld = rule.optionalOldSelf == true
        let variables: [(name: String, type: CELType)] = [
            ("self", type), ("oldSelf", hasOptionalOld ? .optional(type) : type),
        ]
        var estimator = CELCostEstimator(root: sizes, variables: variables)
        if let fault = Self.fault(in: program.expression, rule.rule, variables, result: .bool) {
            errors.append(rule.fault(place.child("rule"), fault))
        } else if limitsCosts, case .success(let expression) = program.expression {
            let cost = CELEstimate.product(estimator.cost(of: expression), count ?? sizes.mostInRequest)
            if let fault = costs.add("estimated rule cost", cost, at: place.child("rule")) { errors.append(fault) }
        }
        guard let message = program.messageExpression else { return }
        let messagePlace = place.child("messageExpression")
        if let fault = Self.fault(in: message, rule.messageExpression, variables, result: .string) {
            errors.append(rule.fault(messagePlace, "messageExpression " + fault))
        } else if limitsCosts, case .success(let expression) = message {
            let cost = estimator.cost(of: expression)
            if let fault = costs.add("estimated messageExpression cost", cost, at: messagePlace) {
                errors.append(fault)
            }
        }
    }

    private mutating func check(
        _ program: CELProgram, of schema: StructuralSchema, _ place: FieldPath, _ uncorrelatable: FieldPath?
    ) {
        let rule = program.rule
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
