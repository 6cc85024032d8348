import KubeObjects
import KubeSchema
import KubeWire

/// A ValidatingAdmissionPolicy, compiled.
final class AdmissionPolicy: Sendable {
    /// One of its validations.
    struct Validation: Sendable {
        var expression: PolicyExpression
        var message: String
        var messageExpression: PolicyExpression?
        var reason: String
    }

    /// A named expression: a match condition, or an audit annotation.
    struct Named: Sendable {
        var name: String
        var expression: PolicyExpression
    }

    /// The policy's name.
    let name: String
    /// Which requests it is about.
    let match: AdmissionMatch
    /// The kind of its parameters; nil if it has none.
    let paramKind: GroupVersionKind?
    /// Whether what goes wrong refuses a request.
    let failsOnError: Bool
    let conditions: [Named]
    let validations: [Validation]
    let annotations: [Named]
    /// Runs the expressions.
    let compiler: PolicyCompiler

    /// Compiles a stored policy.
    init(_ policy: KubeObject) {
        let spec = policy["spec"] ?? [:]
        name = policy.name ?? ""
        match = AdmissionMatch(spec["matchConstraints"] ?? [:])
        paramKind = spec["paramKind"].flatMap { kind in
            kind.isNull ? nil : GroupVersionKind(apiVersion: kind.text("apiVersion"), kind: kind.text("kind"))
        }
        failsOnError = spec.text("failurePolicy") != "Ignore"
        var compiler = PolicyCompiler(hasParams: paramKind != nil)
        conditions = spec.list("matchConditions").map { [compiler] condition in
            Named(name: condition.text("name"), expression: compiler.compile(condition.text("expression"), to: .bool))
        }
        let variables = spec.list("variables")
        if !variables.isEmpty { compiler.declareVariables() }
        for variable in variables { _ = compiler.declare(variable.text("name"), variable.text("expression")) }
        validations = spec.list("validations").map { [compiler] validation in
            let message = validation.text("messageExpression")
            return Validation(
                expression: compiler.compile(validation.text("expression"), to: .bool),
                message: validation.text("message"),
                messageExpression: message.isEmpty
                    ? nil : compiler.compile(message, to: .string, hasAuthorizer: false),
                reason: validation.text("reason"))
        }
        annotations = spec.list("auditAnnotations").map { [compiler] annotation in
            Named(
                name: annotation.text("key"),
                expression: compiler.compile(annotation.text("valueExpression"), to: .stringOrNull))
        }
        self.compiler = compiler
    }
}

/// A ValidatingAdmissionPolicyBinding: where a policy holds, with which parameters, and what comes of a violation.
struct AdmissionPolicyBinding: Sendable {
    /// The binding's name.
    let name: String
    /// The policy's name.
    let policyName: String
    /// Which of the policy's requests it is about; nil for all.
    let match: AdmissionMatch?
    /// `spec.paramRef`; nil if there is none.
    let paramRef: JSONValue?
    /// `Deny`, `Warn` and `Audit`, in the order in which they are given.
    let actions: [String]

    /// Reads a stored binding.
    init(_ binding: KubeObject) {
        let spec = binding["spec"] ?? [:]
        name = binding.name ?? ""
        policyName = spec.text("policyName")
        match = spec["matchResources"].flatMap { $0.isNull ? nil : AdmissionMatch($0) }
        paramRef = spec["paramRef"].flatMap { $0.isNull ? nil : $0 }
        actions = spec.list("validationActions").compactMap(\.string)
    }
}
