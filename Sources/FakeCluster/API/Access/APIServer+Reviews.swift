import KubeObjects
import KubeSchema
import KubeWire

/// The kinds that are questions: they are answered and not stored.
extension APIServer {
    /// Answers a review; nil if the object is none.
    func review(_ object: KubeObject, _ request: ResourceRequest) throws(KubeStatus) -> WireResponse? {
        guard request.definition.verbs == ["create"] else { return nil }
        var answered = object
        try operations.settleNamespace(of: &answered, request.definition, namespace: request.namespace ?? "")
        for name in ["creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "uid"] {
            answered.metadata[name] = nil
        }
        try checkReview(answered, request)
        switch (request.groupResource.group, object.kind) {
        case ("authorization.k8s.io", "SelfSubjectAccessReview"), ("authorization.k8s.io", "SubjectAccessReview"),
            ("authorization.k8s.io", "LocalSubjectAccessReview"):
            answered["status"] = accessReview(object, by: request.user)
        case ("authorization.k8s.io", "SelfSubjectRulesReview"):
            answered["status"] = rulesReview(object, by: request.user)
        case ("authentication.k8s.io", "TokenReview"):
            answered["status"] = tokenReview(object)
        case ("authentication.k8s.io", "SelfSubjectReview"):
            answered["status"] = ["userInfo": request.user.json]
            answered.metadata["creationTimestamp"] = .string(operations.time.now().rfc3339)
        default: return nil
        }
        answered["metadata"] = answered["metadata"] ?? [:]
        return .body(encoder(request).object(answered), status: 201, format: request.format)
    }

    /// Refuses a question that cannot be answered (apiserver, `authorization` validation and the reviews' storage).
    private func checkReview(_ review: KubeObject, _ request: ResourceRequest) throws(KubeStatus) {
        let spec = review["spec"] ?? [:]
        switch review.kind {
        case "SelfSubjectAccessReview", "SubjectAccessReview", "LocalSubjectAccessReview":
            let errors = AccessReviewRules.validate(review)
            // The server has forgotten the kind of the review by then, and tells the group only.
            guard errors.isEmpty else {
                throw KubeStatus.invalid(
                    GroupVersionKind(group: request.groupResource.group, version: "v1", kind: ""), "", errors)
            }
        case "SelfSubjectRulesReview" where spec["namespace"]?.string?.isEmpty ?? true:
            throw KubeStatus.badRequest("no namespace on request")
        case "TokenReview" where spec["token"]?.string?.isEmpty ?? true:
            throw KubeStatus.badRequest("token is required for TokenReview in authentication")
        default: return
        }
    }

    private func accessReview(_ review: KubeObject, by caller: UserIdentity) -> JSONValue {
        var user = caller
        let spec = review["spec"] ?? [:]
        if review.kind != "SelfSubjectAccessReview" {
            user = UserIdentity(
                name: spec["user"]?.string ?? "", groups: spec["groups"]?.array?.compactMap(\.string) ?? [])
        }
        var access = AccessRequest(user: user, verb: "", resource: "")
        if let attributes = spec["resourceAttributes"] {
            func text(_ name: String) -> String { attributes[name]?.string ?? "" }
            access.verb = text("verb")
            access.group = text("group")
            access.resource = text("resource")
            access.subresource = text("subresource")
            access.namespace = text("namespace")
            access.name = text("name")
        } else {
            access.verb = spec[path: "nonResourceAttributes", "verb"]?.string ?? ""
            access.path = spec[path: "nonResourceAttributes", "path"]?.string ?? ""
        }
        guard let reason = authorizer.permission(for: access) else {
            let fault = authorizer.fault(in: access)
            return fault.isEmpty ? ["allowed": false] : ["allowed": false, "reason": .string(fault)]
        }
        return reason.isEmpty ? ["allowed": true] : ["allowed": true, "reason": .string(reason)]
    }

    private func rulesReview(_ review: KubeObject, by caller: UserIdentity) -> JSONValue {
        let namespace = review[path: "spec", "namespace"]?.string ?? ""
        let rules = authorizer.grants(for: caller, in: namespace).flatMap { $0.rules.map(\.json) }
        return [
            "resourceRules": .array(rules.filter { $0["resources"] != nil }),
            "nonResourceRules": .array(rules.filter { $0["nonResourceURLs"] != nil }),
            "incomplete": false,
        ]
    }

    private func tokenReview(_ review: KubeObject) -> JSONValue {
        let token = review[path: "spec", "token"]?.string ?? ""
        let asked = review["spec"]?.list("audiences").compactMap(\.string) ?? []
        if let own = tokens.audiences(of: token), !asked.isEmpty {
            let common = own.filter(asked.contains)
            guard let audience = common.first, let user = tokens.identity(of: token, audience: audience) else {
                let text = [own, asked].map { "[" + $0.map(\.quoted).joined(separator: " ") + "]" }
                return [
                    "user": [:],
                    "error": .string("token audiences \(text[0]) is invalid for the target audiences \(text[1])"),
                ]
            }
            return Self.authenticated(user, common)
        }
        guard let user = authenticator.identity(of: token) else {
            return ["user": [:], "error": "invalid bearer token"]
        }
        return Self.authenticated(user, asked.isEmpty ? [ServiceAccountTokens.issuer] : asked)
    }

    private static func authenticated(_ user: UserIdentity, _ audiences: [String]) -> JSONValue {
        ["authenticated": true, "user": user.json, "audiences": .array(audiences.map { .string($0) })]
    }
}

extension UserIdentity {
    /// As `userInfo` shows a user.
    var json: JSONValue {
        var info: JSONObject = ["username": .string(name)]
        info["uid"] = uid.map { .string($0) }
        if !groups.isEmpty { info["groups"] = .array(groups.map { .string($0) }) }
        if !extra.isEmpty {
            info["extra"] = .object(
                JSONObject(extra.sorted { $0.key < $1.key }.map { ($0, .array($1.map { .string($0) })) }))
        }
        return .object(info)
    }
}
