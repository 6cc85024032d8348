package import KubeObjects

/// An expression of an admission policy, compiled: ready to run, or why it cannot be.
package struct PolicyExpression: Sendable {
    /// As written.
    package let source: String
    /// Why it cannot be compiled, in the API server's words; nil if it can.
    package let fault: String?
    let expression: CELExpression?
    let type: CELType
}

/// Compiles the expressions of one admission policy (apiserver, `admission/plugin/cel/compile.go`): objects and parameters
/// are of any type, unless a schema says more.
package struct PolicyCompiler: Sendable {
    /// What an expression may come to.
    package enum Result: Sendable {
        case bool, string, stringOrNull, any

        fileprivate var types: [CELType] {
            switch self {
            case .bool: [.bool]
            case .string: [.string]
            case .stringOrNull: [.string, .null]
            case .any: []
            }
        }
    }

    private var variables: [(name: String, type: CELType)]
    /// The fields of `variables` so far.
    private var declared: [(name: String, type: CELType)] = []
    private var composed: [String: CELEvaluator.Qualified] = [:]
    /// How high each variable's expression is with the variables that it refers to put in their places.
    private var heights: [String: Int] = [:]

    /// How high an expression may be with its variables in their places: each is evaluated where it is first met, so that
    /// a chain of them needs as much stack as one expression of that height.
    private static let maximumHeight = 1000

    /// - Parameters:
    ///   - hasParams: whether the policy has parameters.
    ///   - object: what `object` and `oldObject` look like; nil for anything.
    ///   - params: what `params` look like; nil for anything.
    package init(hasParams: Bool, object: StructuralSchema? = nil, params: StructuralSchema? = nil) {
        let objectType = object.map(CELType.object) ?? .dyn
        variables = [
            ("object", objectType), ("oldObject", objectType), ("namespaceObject", .object(PolicySchemas.namespace)),
            ("request", .object(PolicySchemas.request)),
            // Not escaped, as the fields of objects with such names are.
            ("request.namespace", .string),
        ]
        if hasParams { variables.append(("params", params.map(CELType.object) ?? .dyn)) }
    }

    /// Declares `variables`, for a policy that has some or could.
    package mutating func declareVariables() { variables.append(("variables", .object(PolicySchemas.variables))) }

    /// Compiles an expression.
    /// - Parameter hasAuthorizer: whether it may ask about rights.
    package func compile(_ source: String, to result: Result, hasAuthorizer: Bool = true) -> PolicyExpression {
        let expression: CELExpression
        do throws(CELCompilationError) {
            expression = try CELParser.parse(source)
        } catch {
            return PolicyExpression(
                source: source, fault: "compilation failed: \(error)", expression: nil, type: .dyn)
        }
        let height = expression.height(composedOf: heights)
        if height > Self.maximumHeight {
            let words = "expression recursion limit exceeded with its variables: \(Self.maximumHeight)"
            let error = CELCompilationError(
                source: source, issues: [.init(position: expression.position, message: words)])
            return PolicyExpression(
                source: source, fault: "compilation failed: \(error)", expression: nil, type: .dyn)
        }
        var known = variables + declared
        if hasAuthorizer {
            known += [("authorizer", CELAccess.authorizer), ("authorizer.requestResource", CELAccess.resourceCheck)]
        }
        var checker = CELChecker(variables: known)
        let type = checker.check(expression)
        var fault: String?
        if !checker.issues.isEmpty {
            fault = "compilation failed: \(CELCompilationError(source: source, issues: checker.issues))"
        } else if !result.types.isEmpty, !result.types.contains(type) {
            let names = result.types.map(\.runtimeText)
            fault =
                names.count == 1
                ? "must evaluate to \(names[0]) but got \(type.runtimeText)"
                : "must evaluate to one of [\(names.joined(separator: " "))] but got \(type.runtimeText)"
        }
        return PolicyExpression(source: source, fault: fault, expression: expression, type: type)
    }

    /// Compiles a variable, which expressions that are compiled later see as `variables.NAME`.
    package mutating func declare(_ name: String, _ source: String) -> PolicyExpression {
        let compiled = compile(source, to: .any)
        let qualified = "variables.\(name)"
        declared.append((qualified, compiled.fault == nil ? compiled.type.asField : .dyn))
        if let expression = compiled.expression, compiled.fault == nil {
            composed[qualified] = .expression(expression)
            heights[qualified] = expression.height(composedOf: heights)
        } else {
            composed[qualified] = .failure(
                CELRuntimeError(
                    message: "composited variable \"\(name)\" fails to compile: \(compiled.fault ?? "")"))
        }
        return compiled
    }

    /// What expressions say of themselves when their types do not fit, without what a compiler would add.
    package func typeFault(_ source: String) -> String? {
        let prefix = "compilation failed: "
        return compile(source, to: .any).fault.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 }
    }

    /// Runs expressions over a request; variables keep what they have come to.
    package func run(over input: PolicyInput) -> PolicyRun { PolicyRun(input, composed) }
}

extension CELType {
    /// As cel-go names the type that values have, which differs from how its messages show some types.
    fileprivate var runtimeText: String {
        switch self {
        case .null: "null_type"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        default: text
        }
    }

    /// What is known of a variable of this type: of what only functions look into, nothing.
    fileprivate var asField: CELType {
        switch self {
        case .list(let element): .list(element.asField)
        case .map(let key, let value): .map(key.asField, value.asField)
        case .dyn, .null, .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration: self
        default: .dyn
        }
    }
}

/// What the expressions of a policy look at.
package struct PolicyInput: Sendable {
    /// The object as it will be; null for a deletion.
    package var object: JSONValue
    /// The object as it was; null for a creation.
    package var oldObject: JSONValue
    /// The request.
    package var request: JSONValue
    /// The parameter; nil without one.
    package var params: JSONValue?
    /// The namespace; null at the cluster scope.
    package var namespaceObject: JSONValue
    /// Who knows the rights; nil where expressions may not ask.
    package var authorizer: CELAccess?
    /// The question about the request's own resource.
    package var requestResource = CELAccess.Question()

    /// Everything at once.
    package init(
        object: JSONValue, oldObject: JSONValue, request: JSONValue, params: JSONValue?, namespaceObject: JSONValue,
        authorizer: CELAccess?
    ) {
        self.object = object
        self.oldObject = oldObject
        self.request = request
        self.params = params
        self.namespaceObject = namespaceObject
        self.authorizer = authorizer
    }

    fileprivate var variables: [(name: String, value: CELValue)] {
        var variables: [(name: String, value: CELValue)] = [
            ("object", CELValue(object, nil)), ("oldObject", CELValue(oldObject, nil)),
            ("request", CELValue(request, nil)),
            ("namespaceObject", CELValue(namespaceObject, PolicySchemas.namespace)),
            ("params", params.map { CELValue($0, nil) } ?? .null),
        ]
        if let authorizer { variables.append(("authorizer", .access(authorizer))) }
        return variables
    }
}

/// One run of the expressions of a policy, with what they may cost together (apiserver, `RuntimeCELCostBudget`).
package struct PolicyRun: Sendable {
    /// What became of an expression.
    package enum Outcome: Sendable {
        case bool(Bool)
        case string(String)
        case null
        /// Another type, which it names.
        case other(String)
        /// It failed, in the API server's words.
        case failure(String)
    }

    /// The expressions together have become too expensive: nothing more is run.
    package struct Exhausted: Error, Sendable {
        /// In the API server's words.
        package static let message =
            "validation failed due to running out of cost budget, no further validation rules will be run"
    }

    private var evaluator: CELEvaluator
    private var budget = 10_000_000

    fileprivate init(_ input: PolicyInput, _ composed: [String: CELEvaluator.Qualified]) {
        var qualified = composed
        if let authorizer = input.authorizer {
            qualified["authorizer.requestResource"] = .value(
                .access(authorizer.resourceCheck(input.requestResource)))
        }
        evaluator = CELEvaluator(variables: input.variables, qualified: qualified)
    }

    /// Allows no more than a share of the budget, as match conditions get it.
    package mutating func limit(to budget: Int) { self.budget = budget }

    /// Runs an expression.
    package mutating func evaluate(_ compiled: PolicyExpression) throws(Exhausted) -> Outcome {
        guard let expression = compiled.expression, compiled.fault == nil else {
            return .failure("compilation error: \(compiled.fault ?? "")")
        }
        evaluator.refill(CELEvaluator.callLimit)
        let before = evaluator.qualifiedCost
        let outcome: Outcome
        do throws(CELRuntimeError) {
            outcome = Outcome(try evaluator.evaluate(expression))
        } catch {
            outcome = .failure("expression '\(compiled.source)' resulted in error: \(error.message)")
        }
        budget -= CELEvaluator.callLimit - evaluator.budget + evaluator.qualifiedCost - before
        if budget < 0 { throw Exhausted() }
        return outcome
    }
}

extension PolicyRun.Outcome {
    fileprivate init(_ value: CELValue) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .string(let text): self = .string(text)
        case .null: self = .null
        default: self = .other(value.typeName)
        }
    }
}
