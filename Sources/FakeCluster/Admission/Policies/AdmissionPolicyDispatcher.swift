import KubeObjects
import KubeSchema
import KubeWire

/// Runs the admission policies that a write meets (apiserver, `policy/validating/dispatcher.go` and `validator.go`).
struct AdmissionPolicyDispatcher: Sendable {
    let store: ObjectStore
    let registry: ResourceRegistry

    /// What speaks against a write.
    private struct Decision {
        var policy: String
        var binding: String?
        var message: String
        var reason = ""
    }

    /// What decides about policies, and questions, is not itself decided on by policies (apiserver, `admission/exclusion`).
    private static let excluded: [String: Set<String>] = [
        "admissionregistration.k8s.io": [
            "mutatingadmissionpolicies", "mutatingadmissionpolicybindings", "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
        ],
        "authentication.k8s.io": ["selfsubjectreviews", "tokenreviews"],
        "authorization.k8s.io": [
            "localsubjectaccessreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews",
        ],
    ]

    /// Refuses a write that a policy forbids, or warns of it.
    func dispatch(
        _ request: AdmissionRequest, _ hooks: [AdmissionPolicyIndex.Hook], _ context: inout OperationContext
    ) throws(KubeStatus) {
        let resource = request.definition.resource
        if Self.excluded[resource.group]?.contains(resource.plural) == true { return }
        let namespace = store.object(
            APIResource.namespaces.groupResource, ObjectKey(name: request.effectiveNamespace))?.object
        var denied: [Decision] = []
        for hook in hooks {
            let policy = hook.policy
            guard let matched = policy.match.matched(request, registry, namespace: namespace) else { continue }
            let parameters = AdmissionParameters(store: store, registry: registry)
            var paramDefinition: ResourceDefinition?
            do throws(AdmissionParameters.Fault) {
                paramDefinition = try policy.paramKind.map { kind throws(AdmissionParameters.Fault) in
                    try parameters.definition(of: kind)
                }
            } catch {
                fail(policy, nil, "failed to configure policy: \(error.message)", &denied)
                continue
            }
            for binding in hook.bindings {
                guard binding.match.map({ $0.matched(request, registry, namespace: namespace) != nil }) ?? true else {
                    continue
                }
                do throws(AdmissionParameters.Fault) {
                    let found = try parameters.collect(
                        paramDefinition, binding.paramRef, namespace: request.effectiveNamespace)
                    for parameter in found {
                        let input = input(request, matched, parameter, namespace, context)
                        carryOut(binding, policy, decisions(of: policy, input), &denied, &context)
                    }
                } catch {
                    fail(policy, binding, "failed to configure binding: \(error.message)", &denied)
                }
            }
        }
        if let first = denied.first { throw refusal(request, first) }
    }

    private func fail(
        _ policy: AdmissionPolicy, _ binding: AdmissionPolicyBinding?, _ message: String, _ denied: inout [Decision]
    ) {
        guard policy.failsOnError else { return }
        denied.append(Decision(policy: policy.name, binding: binding?.name, message: message))
    }

    private func carryOut(
        _ binding: AdmissionPolicyBinding, _ policy: AdmissionPolicy, _ decisions: [(message: String, reason: String)],
        _ denied: inout [Decision], _ context: inout OperationContext
    ) {
        for decision in decisions {
            // There is no audit log that `Audit` could write to.
            if binding.actions.contains("Deny") {
                denied.append(
                    Decision(
                        policy: policy.name, binding: binding.name, message: decision.message, reason: decision.reason))
            }
            if binding.actions.contains("Warn") {
                context.warn([
                    "Validation failed for ValidatingAdmissionPolicy '\(policy.name)' with binding '\(binding.name)': "
                        + decision.message
                ])
            }
        }
    }

    private func refusal(_ request: AdmissionRequest, _ decision: Decision) -> KubeStatus {
        let binding = decision.binding.map { " with binding '\($0)'" } ?? ""
        let message = "ValidatingAdmissionPolicy '\(decision.policy)'\(binding) denied request: \(decision.message)"
        var status = request.forbidden(message)
        status.reason = KubeStatus.Reason(decision.reason.isEmpty ? "Invalid" : decision.reason)
        switch status.reason {
        case .forbidden: status.code = 403
        case .unauthorized: status.code = 401
        case .requestEntityTooLarge: status.code = 413
        default: status.code = 422
        }
        status.details?.causes.append(KubeStatus.Cause(reason: "", message: message))
        return status
    }
}

// One policy.
extension AdmissionPolicyDispatcher {
    /// What match conditions may cost together (apiserver, `RuntimeCELCostBudgetMatchConditions`).
    private static let conditionBudget = 2_500_000

    private func decisions(
        of policy: AdmissionPolicy, _ input: PolicyInput
    ) -> [(message: String, reason: String)] {
        do throws(PolicyRun.Exhausted) {
            if let failure = try failure(of: policy.conditions, policy, input) {
                return failure.isEmpty || !policy.failsOnError ? [] : [(failure, "")]
            }
            return try violations(of: policy, input)
        } catch {
            return policy.failsOnError ? [(PolicyRun.Exhausted.message, "")] : []
        }
    }

    /// Why a policy does not run: empty because a condition says that it need not. Nil if it runs.
    private func failure(
        of conditions: [AdmissionPolicy.Named], _ policy: AdmissionPolicy, _ input: PolicyInput
    ) throws(PolicyRun.Exhausted) -> String? {
        if conditions.isEmpty { return nil }
        var run = policy.compiler.run(over: input)
        run.limit(to: Self.conditionBudget)
        var failures: [String] = []
        for condition in conditions {
            switch try run.evaluate(condition.expression) {
            case .bool(false): return ""
            case .failure(let message): if !failures.contains(message) { failures.append(message) }
            default: break
            }
        }
        if failures.isEmpty { return nil }
        return failures.count == 1 ? failures[0] : "[\(failures.joined(separator: ", "))]"
    }

    private func violations(
        of policy: AdmissionPolicy, _ input: PolicyInput
    ) throws(PolicyRun.Exhausted) -> [(message: String, reason: String)] {
        var run = policy.compiler.run(over: input)
        var plain = input
        plain.authorizer = nil
        var messages = policy.compiler.run(over: plain)
        var found: [(message: String, reason: String)] = []
        for validation in policy.validations {
            switch try run.evaluate(validation.expression) {
            case .bool(true): break
            case .failure(let message): if policy.failsOnError { found.append((message, "")) }
            default:
                var text = ""
                if let expression = validation.messageExpression {
                    text = Self.message(try? messages.evaluate(expression))
                }
                if text.isEmpty { text = validation.message.trimmingBlanks }
                if text.isEmpty { text = "failed expression: \(validation.expression.source.trimmingBlanks)" }
                found.append((text, validation.reason))
            }
        }
        return try found + annotationFaults(of: policy, input)
    }

    /// Annotations go to the audit log, which is not kept; that one cannot be made is told all the same.
    private func annotationFaults(
        of policy: AdmissionPolicy, _ input: PolicyInput
    ) throws(PolicyRun.Exhausted) -> [(message: String, reason: String)] {
        guard !policy.annotations.isEmpty, policy.failsOnError else { return [] }
        var plain = input
        plain.authorizer = nil
        var run = policy.compiler.run(over: plain)
        var faults: [(message: String, reason: String)] = []
        for annotation in policy.annotations {
            if case .failure(let message) = try run.evaluate(annotation.expression) { faults.append((message, "")) }
        }
        return faults
    }

    /// A message of one line and at most 5 KiB; whatever else comes out gives way to the validation's own message.
    private static func message(_ outcome: PolicyRun.Outcome?) -> String {
        guard case .string(let text)? = outcome else { return "" }
        let message = text.trimmingBlanks
        return message.utf8.count > 5 * 1024 || message.contains("\n") ? "" : message
    }

    private func input(
        _ request: AdmissionRequest, _ matched: ResourceDefinition, _ parameter: KubeObject?, _ namespace: KubeObject?,
        _ context: OperationContext
    ) -> PolicyInput {
        let isSame = matched.resource == request.definition.resource
        // A subresource's own kind is the same in every version.
        let isWhole = request.kind == request.definition.resource.groupVersionKind
        let show = { (object: KubeObject?) -> JSONValue in
            guard let object else { return .null }
            if isSame || !isWhole { return object.value }
            return matched.served(request.definition.stored(object, registry)).value
        }
        var input = PolicyInput(
            object: show(request.object), oldObject: show(request.oldObject),
            request: request.json(matched: matched, context), params: parameter?.value,
            namespaceObject: request.isForNamespace ? .null : namespace?.value ?? .null,
            authorizer: access(for: context.user))
        input.requestResource.group = request.definition.resource.group
        input.requestResource.resource = request.definition.resource.plural
        input.requestResource.subresource = request.subresource ?? ""
        input.requestResource.namespace = request.effectiveNamespace
        input.requestResource.name = request.name
        return input
    }

    private func access(for user: UserIdentity) -> CELAccess {
        let authorizer = Authorizer(store: store)
        return CELAccess { question in
            var access = AccessRequest(
                user: question.serviceAccount.map { UserIdentity(serviceAccount: $0) } ?? user, verb: question.verb,
                group: question.group, resource: question.resource, name: question.name)
            access.subresource = question.subresource
            access.namespace = question.namespace
            access.path = question.path
            let permission = authorizer.permission(for: access)
            return CELAccess.Answer(
                isAllowed: permission != nil, reason: permission ?? "",
                error: permission == nil ? authorizer.fault(in: access) : "")
        }
    }
}

extension UserIdentity {
    fileprivate init(serviceAccount account: CELAccess.ServiceAccount) {
        self.init(
            name: ServiceAccountName(namespace: account.namespace, name: account.name).userName,
            groups: [
                "system:serviceaccounts", "system:serviceaccounts:\(account.namespace)", "system:authenticated",
            ])
    }
}
