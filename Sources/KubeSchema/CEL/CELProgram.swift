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
package enum RuleFieldPath {
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

    /// Why a text is no path to a field of a schema, in the server's words (apiextensions-apiserver, `ValidFieldPath`); nil
    /// if it is one.
    package static func fault(_ text: String, in schema: StructuralSchema, allowsKeys: Bool) -> String? {
        var node = schema
        var tokens = tokens(of: text)[...]
        while let token = tokens.popFirst() {
            let name: String
            switch token {
            case ".":
                guard let next = tokens.popFirst() else { return "unexpected end of JSON path" }
                name = next
            case "[":
                guard allowsKeys else { return "array notation is not allowed" }
                guard let next = tokens.popFirst() else { return "unexpected end of JSON path" }
                guard next.count > 1, next.hasPrefix("'"), next.hasSuffix("'") else {
                    return "expected single quoted string but got \(next)"
                }
                name = String(next.dropFirst().dropLast())
                guard let end = tokens.popFirst() else { return "unexpected end of JSON path" }
                guard end == "]" else { return "expected ] but got \(end)" }
            default: return "expected [ or . but got: \(token)"
            }
            guard let member = node.fieldSchema(name) else { return "does not refer to a valid field" }
            node = member
        }
        return nil
    }

    /// Dots, brackets, quoted texts with their quotes, and what stands between.
    private static func tokens(of text: String) -> [String] {
        var tokens: [String] = []
        var rest = text[...]
        while let sign = rest.first {
            if sign == "'", let (_, end) = quoted(rest.dropFirst()) {
                tokens.append(String(rest[..<end]))
                rest = rest[end...]
            } else if ".[]'".contains(sign) {
                tokens.append(String(sign))
                rest = rest.dropFirst()
            } else {
                let word = rest.prefix { !".[]'".contains($0) }
                tokens.append(String(word))
                rest = rest.dropFirst(word.count)
            }
        }
        return tokens
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

extension StructuralSchema {
    /// The schema of a member: of a property, or of a map's value.
    fileprivate func fieldSchema(_ name: String) -> StructuralSchema? {
        if let property = properties[name] { return property }
        guard properties.isEmpty, case .schema(let values) = additionalProperties else { return nil }
        return values
    }
}

extension FieldPath.Step {
    fileprivate var named: FieldPath.Step {
        if case .key(let name) = self { .field(name) } else { self }
    }
}
