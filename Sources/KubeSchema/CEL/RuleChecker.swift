import KubeObjects

/// One walk that runs the validation rules over a custom resource.
struct RuleChecker {
    private var path: FieldPath
    private(set) var errors: [FieldError] = []
    /// What is left to spend on this object (apiserver, `RuntimeCELCostBudget`); nothing more runs below zero.
    private var budget = 10_000_000

    init(path: FieldPath) { self.path = path }

    /// A value and its former self: of the node itself, or of the nearest one above that has one. Errors of what has not
    /// changed are not told again.
    private typealias Correlation = (value: JSONValue, old: JSONValue)

    mutating func check(_ value: JSONValue, old: JSONValue?, against schema: StructuralSchema) {
        check(value, old: old, schema, old.map { (value, $0) })
    }

    private mutating func check(
        _ value: JSONValue, old: JSONValue?, _ schema: StructuralSchema, _ correlation: Correlation?
    ) {
        guard schema.hasValidationRules, !value.isNull, budget >= 0 else { return }
        runPrograms(of: schema, value, old: old, correlation)
        switch value {
        case .array(let elements):
            guard let items = schema.items, items.hasValidationRules else { return }
            let olds = OldElements(old, schema)
            for (index, element) in elements.enumerated() {
                step(.index(index), element, old: olds?.counterpart(of: element), items, correlation)
            }
        case .object(let members):
            let old = schema.mapType == "atomic" ? nil : old?.object
            for (name, member) in members {
                if let property = schema.properties[name] {
                    step(.field(name), member, old: old?[name], property, correlation)
                } else if case .schema(let values) = schema.additionalProperties {
                    step(.key(name), member, old: old?[name], values, correlation)
                }
            }
        default: break
        }
    }

    private mutating func step(
        _ step: FieldPath.Step, _ value: JSONValue, old: JSONValue?, _ schema: StructuralSchema,
        _ correlation: Correlation?
    ) {
        path.append(step)
        check(value, old: old, schema, old.map { (value, $0) } ?? correlation)
        path.removeLast()
    }

    // MARK: - Rules

    private mutating func runPrograms(
        of schema: StructuralSchema, _ value: JSONValue, old: JSONValue?, _ correlation: Correlation?
    ) {
        guard !schema.programs.isEmpty else { return }
        let current = CELValue(value, schema)
        let former = old.flatMap { $0.isNull ? nil : CELValue($0, schema) }
        for program in schema.programs where budget >= 0 {
            guard case .success(let expression) = program.expression else { continue }
            let hasOptionalOld = program.rule.optionalOldSelf == true
            if program.usesOldSelf, former == nil, !hasOptionalOld { continue }
            var variables = [(name: "self", value: current)]
            if program.usesOldSelf {
                variables.append(("oldSelf", hasOptionalOld ? .optional(former) : former ?? .null))
            }
            var run = Run(program: program, schema: schema, value: value, variables: variables)
            run.isRatcheted = !program.usesOldSelf && correlation.map { $0.value == $0.old } ?? false
            evaluate(expression, run)
        }
    }

    private struct Run {
        var program: CELProgram
        var schema: StructuralSchema
        var value: JSONValue
        var variables: [(name: String, value: CELValue)]
        var isRatcheted = false

        /// What errors show of the value: scalars, not whole objects.
        var shownValue: JSONValue? { value.object == nil && value.array == nil ? value : nil }

        /// What errors call the rule.
        var words: String {
            let message = program.rule.message.trimmingBlanks
            return message.isEmpty ? program.rule.rule.trimmingBlanks : message
        }
    }

    private static let exhausted =
        "validation failed due to running out of cost budget, no further validation rules will be run"

    private mutating func evaluate(_ expression: CELExpression, _ run: Run) {
        var evaluator = CELEvaluator(variables: run.variables)
        do {
            let result = try evaluator.evaluate(expression)
            guard spend(evaluator, run) else { return }
            if case .bool(true) = result { return }
            report(run)
        } catch {
            let place = path
            if error.isCostExceeded {
                budget = -1
                errors.append(
                    .invalid(
                        place, run.shownValue,
                        "'\(error.message)': no further validation rules will be run due to call cost exceeds limit for "
                            + "rule: \(run.words)"))
                return
            }
            guard spend(evaluator, run) else { return }
            let words =
                error.message.hasPrefix("no such overload")
                ? "'\(error.message)': call arguments did not match a supported operator, function or macro signature for "
                    + "rule: \(run.words)"
                : "\(error.message) evaluating rule: \(run.words)"
            errors.append(.invalid(place, run.shownValue, words))
        }
    }

    private mutating func spend(_ evaluator: CELEvaluator, _ run: Run) -> Bool {
        budget -= CELEvaluator.callLimit - evaluator.budget
        if budget >= 0 { return true }
        errors.append(.invalid(path, run.shownValue, Self.exhausted))
        return false
    }

    private mutating func report(_ run: Run) {
        var place = path
        for step in RuleFieldPath.resolve(run.program.fieldPath, in: run.schema) ?? [] { place.append(step) }
        let message = run.program.rule.message
        let evaluated = evaluatedMessage(run)
        let detail =
            evaluated
            ?? (message.isEmpty ? "failed rule: \(run.program.rule.rule.trimmingBlanks)" : message.trimmingBlanks)
        guard !run.isRatcheted else { return }
        switch run.program.rule.reason {
        case "FieldValueForbidden": errors.append(.forbidden(place, detail))
        case "FieldValueRequired": errors.append(.required(place, detail))
        case "FieldValueDuplicate": errors.append(.duplicate(place, run.shownValue))
        // A message that is made of the value shows it if it wants to.
        default: errors.append(.invalid(place, evaluated == nil ? run.shownValue : nil, detail))
        }
    }

    /// A message of one line and at most 5 KiB; whatever else comes out gives way to the rule's own message.
    private mutating func evaluatedMessage(_ run: Run) -> String? {
        guard case .success(let expression)? = run.program.messageExpression else { return nil }
        var evaluator = CELEvaluator(variables: run.variables)
        guard case .string(let text)? = try? evaluator.evaluate(expression) else { return nil }
        budget -= CELEvaluator.callLimit - evaluator.budget
        let message = text.trimmingBlanks
        guard !message.isEmpty, message.utf8.count <= 5 * 1024, !message.contains(where: \.isNewline) else {
            return nil
        }
        return message
    }
}

extension String {
    /// Without white space at both ends.
    package var trimmingBlanks: String {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
        return String(self[start..<end])
    }
}
