import KubeObjects
import KubeSchema

/// The rules for the expressions of an admission policy: that they compile, with the variables that they may use.
struct PolicyExpressionRules {
    private static let conditionLimit = 64
    private static let annotationLimit = 20
    private static let annotationLength = 5 * 1024
    private static let reserved: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import",
        "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ]

    private var compiler: PolicyCompiler
    private let policyName: String

    init(hasParams: Bool, policyName: String) {
        compiler = PolicyCompiler(hasParams: hasParams)
        self.policyName = policyName
    }

    /// The faults of match conditions, which see no variables: they are to be checked first.
    func conditions(_ conditions: [JSONValue], at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        if conditions.count > Self.conditionLimit {
            errors.append(.tooMany(path, count: conditions.count, maximum: Self.conditionLimit))
        }
        for (position, condition) in conditions.enumerated() {
            let place = path.index(position)
            let expression = condition.text("expression").trimmingBlanks
            errors +=
                expression.isEmpty
                ? [.required(place.child("expression"))]
                : check(compiler.compile(expression, to: .bool), at: place.child("expression"))
            let name = condition.text("name")
            if name.isEmpty {
                errors.append(.required(place.child("name")))
                continue
            }
            errors += NameValidation.qualifiedName(name).map { .invalid(place.child("name"), .string(name), $0) }
            if !names.insert(name).inserted { errors.append(.duplicate(place.child("name"), .string(name))) }
        }
        return errors
    }

    /// The faults of variables, each of which the expressions after it see.
    mutating func variables(_ variables: [JSONValue], at path: FieldPath) -> [FieldError] {
        if variables.isEmpty { return [] }
        compiler.declareVariables()
        var errors: [FieldError] = []
        for (position, variable) in variables.enumerated() {
            let place = path.index(position)
            let name = variable.text("name")
            if name.trimmingBlanks.isEmpty {
                errors.append(.required(place.child("name"), "name is not specified"))
            } else if !Self.isIdentifier(name) {
                errors.append(.invalid(place.child("name"), .string(name), "name is not a valid CEL identifier"))
            }
            let expression = variable.text("expression")
            errors +=
                expression.trimmingBlanks.isEmpty
                ? [.required(place.child("expression"), "expression is not specified")]
                : check(compiler.declare(name, expression), at: place.child("expression"))
        }
        return errors
    }

    /// The faults of a validation.
    func validation(_ validation: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let expression = validation.text("expression")
        errors +=
            expression.trimmingBlanks.isEmpty
            ? [.required(path.child("expression"), "expression is not specified")]
            : check(compiler.compile(expression, to: .bool), at: path.child("expression"))
        let messageExpression = validation.text("messageExpression")
        if !messageExpression.trimmingBlanks.isEmpty {
            let compiled = compiler.compile(messageExpression, to: .string, hasAuthorizer: false)
            errors += check(compiled, at: path.child("messageExpression"))
        } else if !messageExpression.isEmpty {
            errors.append(
                .invalid(
                    path.child("messageExpression"), .string(messageExpression), "must be non-empty if specified"))
        }
        let message = validation.text("message")
        let place = path.child("message")
        if !message.isEmpty, message.trimmingBlanks.isEmpty {
            errors.append(.invalid(place, .string(message), "message must be non-empty if specified"))
        } else if message.trimmingBlanks.contains(where: \.isNewline) {
            errors.append(.invalid(place, .string(message), "message must not contain line breaks"))
        }
        return errors
    }

    /// The faults of audit annotations.
    func annotations(_ annotations: [JSONValue], at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var keys: Set<String> = []
        if annotations.count > Self.annotationLimit {
            errors.append(
                .invalid(
                    path, .array(annotations), "must not have more than \(Self.annotationLimit) auditAnnotations"))
        }
        for (position, annotation) in annotations.enumerated() {
            let place = path.index(position)
            let key = annotation.text("key")
            let qualified = "\(policyName)/\(key)"
            errors += NameValidation.qualifiedName(qualified).map {
                .invalid(place.child("key"), .string(qualified), $0)
            }
            let expression = annotation.text("valueExpression").trimmingBlanks
            let valuePlace = place.child("valueExpression")
            if expression.isEmpty {
                errors.append(.required(valuePlace, "valueExpression is not specified"))
            } else if expression.utf8.count > Self.annotationLength {
                errors.append(.required(valuePlace, "must not exceed \(Self.annotationLength) bytes in length"))
            } else {
                errors += check(compiler.compile(expression, to: .stringOrNull), at: valuePlace)
            }
            if !keys.insert(key).inserted { errors.append(.duplicate(place.child("key"), .string(key))) }
        }
        return errors
    }

    private func check(_ compiled: PolicyExpression, at path: FieldPath) -> [FieldError] {
        compiled.fault.map { [.invalid(path, .string(compiled.source), $0)] } ?? []
    }

    private static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9")) else {
            return false
        }
        return !reserved.contains(name)
            && name.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) || $0 == "_"
            }
    }
}
