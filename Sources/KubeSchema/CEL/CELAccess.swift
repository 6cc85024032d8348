import KubeObjects

/// What expressions may ask about rights: `authorizer.group('').resource('pods').check('create').allowed()`.
package struct CELAccess: Sendable {
    /// A question, as far as it has been put together.
    package struct Question: Sendable, Hashable {
        /// The service account that is asked about instead of the user who sent the request.
        package var serviceAccount: ServiceAccount?
        /// A path that is no resource.
        package var path = ""
        /// The verb.
        package var verb = ""
        /// The API group.
        package var group = ""
        /// The plural resource name; empty for a path.
        package var resource = ""
        /// The subresource.
        package var subresource = ""
        /// The namespace; empty at the cluster scope.
        package var namespace = ""
        /// The object's name.
        package var name = ""

        /// A question about nothing yet.
        package init() {}
    }

    /// A service account by its name.
    package struct ServiceAccount: Sendable, Hashable {
        /// The namespace.
        package var namespace: String
        /// The name.
        package var name: String
    }

    /// What the answer is.
    package struct Answer: Sendable, Hashable {
        /// Whether it is allowed.
        package var isAllowed: Bool
        /// Why it is allowed.
        package var reason: String
        /// What went wrong in finding out; empty if nothing did.
        package var error: String

        /// An answer.
        package init(isAllowed: Bool, reason: String, error: String) {
            self.isAllowed = isAllowed
            self.reason = reason
            self.error = error
        }
    }

    /// How far the question has come.
    enum Stage: String, Sendable {
        case authorizer = "Authorizer"
        case path = "PathCheck"
        case group = "GroupCheck"
        case resource = "ResourceCheck"
    }

    var stage = Stage.authorizer
    var question = Question()
    let decide: @Sendable (Question) -> Answer

    /// Who is asked.
    package init(decide: @escaping @Sendable (Question) -> Answer) { self.decide = decide }

    /// A check of one resource, as `authorizer.requestResource` is one.
    func resourceCheck(_ question: Question) -> CELAccess {
        var access = self
        access.stage = .resource
        access.question = question
        return access
    }

    static let authorizer = type(.authorizer)
    static let resourceCheck = type(.resource)
    static let decision = CELType.opaque("kubernetes.authorization.Decision")

    static func type(_ stage: Stage) -> CELType { .opaque("kubernetes.authorization.\(stage.rawValue)") }
}

/// Kubernetes' authorizer library.
enum CELAuthorization {
    /// What one check costs (apiserver, `cel/library/cost.go`).
    private static let checkCost = 350_000

    static let functions: [String: CELFunction] = [
        "path": step(.authorizer, to: .path) { access, text throws(CELRuntimeError) in
            if text.trimmingBlanks.isEmpty { throw CELRuntimeError(message: "path must not be empty") }
            access.question.path = text
        },
        "group": step(.authorizer, to: .group) { access, text throws(CELRuntimeError) in access.question.group = text },
        "resource": step(.group, to: .resource) { access, text throws(CELRuntimeError) in
            if text.trimmingBlanks.isEmpty { throw CELRuntimeError(message: "resource must not be empty") }
            access.question.resource = text
        },
        "subresource": step(.resource, to: .resource) { access, text throws(CELRuntimeError) in
            access.question.subresource = text
        },
        "namespace": step(.resource, to: .resource) { access, text throws(CELRuntimeError) in
            access.question.namespace = text
        },
        "name": step(.resource, to: .resource) { access, text throws(CELRuntimeError) in access.question.name = text },
        // RBAC does not look at selectors.
        "fieldSelector": step(.resource, to: .resource) { _, _ throws(CELRuntimeError) in },
        "labelSelector": step(.resource, to: .resource) { _, _ throws(CELRuntimeError) in },
        "serviceAccount": CELFunction(
            [.method([CELAccess.authorizer, .string, .string], CELAccess.authorizer)], serviceAccount),
        "check": CELFunction(
            [
                .method([CELAccess.type(.path), .string], CELAccess.decision),
                .method([CELAccess.type(.resource), .string], CELAccess.decision),
            ], cost: { _ in checkCost }
        ) {
            guard case .access(var access) = $0[0], case .string(let verb) = $0[1] else { return nil }
            access.question.verb = verb
            return .decision(access.decide(access.question))
        },
        "allowed": read(.bool) { .bool($0.isAllowed) },
        "reason": read(.string) { .string($0.reason) },
        "errored": read(.bool) { .bool(!$0.error.isEmpty) },
        "error": read(.string) { .string($0.error) },
    ]

    private static func step(
        _ from: CELAccess.Stage, to next: CELAccess.Stage,
        _ change: @escaping @Sendable (inout CELAccess, String) throws(CELRuntimeError) -> Void
    ) -> CELFunction {
        CELFunction([.method([CELAccess.type(from), .string], CELAccess.type(next))]) {
            arguments throws(CELRuntimeError) in
            guard case .access(var access) = arguments[0], access.stage == from, case .string(let text) = arguments[1]
            else { return nil }
            try change(&access, text)
            access.stage = next
            return .access(access)
        }
    }

    private static func read(
        _ type: CELType, _ value: @escaping @Sendable (CELAccess.Answer) -> CELValue
    ) -> CELFunction {
        CELFunction([.method([CELAccess.decision], type)]) {
            guard case .decision(let answer) = $0[0] else { return nil }
            return value(answer)
        }
    }

    private static func serviceAccount(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        guard case .access(var access) = arguments[0], access.stage == .authorizer,
            case .string(let namespace) = arguments[1], case .string(let name) = arguments[2]
        else { return nil }
        if !NameValidation.dns1123Subdomain(name).isEmpty {
            throw CELRuntimeError(message: "Invalid service account name")
        }
        if !NameValidation.dns1123Label(namespace).isEmpty {
            throw CELRuntimeError(message: "Invalid service account namespace")
        }
        access.question.serviceAccount = CELAccess.ServiceAccount(namespace: namespace, name: name)
        return .access(access)
    }
}
