/// A validation rule, ready to run.
struct CELProgram: Sendable {
    let rule: ValidationRule
    /// The parsed rule, or why it is none.
    let expression: Result<CELExpression, CELCompilationError>
    /// The parsed message expression, if there is one.
    let messageExpression: Result<CELExpression, CELCompilationError>?
    /// Whether the rule speaks of the value before an update, and therefore runs on updates only.
    let usesOldSelf: Bool
    /// The steps to the field to blame, below the rule's own.
    let fieldPath: [FieldPath.Step]

    init(_ rule: ValidationRule) {
        self.rule = rule
        expression = Result { () throws(CELCompilationError) in try CELParser.parse(rule.rule) }
        messageExpression =
            rule.messageExpression.isEmpty
            ? nil : Result { () throws(CELCompilationError) in try CELParser.parse(rule.messageExpression) }
        usesOldSelf = (try? expression.get())?.mentions("oldSelf") ?? false
        fieldPath = RuleFieldPath.steps(rule.fieldPath) ?? []
    }
}

extension CELExpression {
    /// Whether a name occurs in the expression. Variables of comprehensions that hide it are not looked for.
    func mentions(_ name: String) -> Bool {
        if case .identifier(name) = kind { return true }
        return kind.children.contains { $0.mentions(name) }
    }
}

/// The `fieldPath` of a rule: `.spec.name`, `.labels['a.b']`.
enum RuleFieldPath {
    /// The steps; nil if the text is no such path.
    static func steps(_ text: String) -> [FieldPath.Step]? {
        var steps: [FieldPath.Step] = []
        var rest = text[...]
        while let sign = rest.popFirst() {
            if sign == "." {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                if name.isEmpty { return nil }
                steps.append(.field(String(name)))
                rest = rest.dropFirst(name.count)
            } else if sign == "[", rest.popFirst() == "'", let (key, end) = quoted(rest) {
                rest = rest[end...]
                guard rest.popFirst() == "]" else { return nil }
                steps.append(.key(key))
            } else {
                return nil
            }
        }
        return steps
    }

    /// The text up to the closing quote, and the position behind it.
    private static func quoted(_ text: Substring) -> (String, Substring.Index)? {
        var result = ""
        var position = text.startIndex
        while position < text.endIndex {
            if text[position] == "'" { return (result, text.index(after: position)) }
            if text[position] == "\\" {
                position = text.index(after: position)
                guard position < text.endIndex else { return nil }
            }
            result.append(text[position])
            position = text.index(after: position)
        }
        return nil
    }

    /// The steps as the schema takes them: names of properties as fields, keys of maps as keys; nil where there is none.
    static func resolve(_ steps: [FieldPath.Step], in schema: StructuralSchema) -> [FieldPath.Step]? {
        var node = schema
        var result: [FieldPath.Step] = []
        for step in steps {
            guard case .field(let name) = step.named else { return nil }
            if let property = node.properties[name] {
                result.append(.field(name))
                node = property
            } else if node.properties.isEmpty, case .schema(let values) = node.additionalProperties {
                result.append(.key(name))
                node = values
            } else {
                return nil
            }
        }
        return result
    }
}

extension FieldPath.Step {
    fileprivate var named: FieldPath.Step {
        if case .key(let name) = self { .field(name) } else { self }
    }
}
