import KubeObjects
import KubeSchema
import KubeWire

extension APIServer {
    /// POST of a TokenRequest: makes a token for a service account.
    func requestToken(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        var context = try OperationContext(request, options: "CreateOptions")
        let account = try operations.get(request.definition, request.key).object
        let body = try RequestBody(request.wire, for: request.definition).value
        let kind = GroupVersionKind(group: "authentication.k8s.io", version: "v1", kind: "TokenRequest")
        try checkSubject(of: body["metadata"] ?? [:], kind, account, request)
        var spec = body["spec"]?.object ?? [:]
        let seconds = spec["expirationSeconds"]?.integer ?? ServiceAccountTokens.defaultSeconds
        func refuse(_ why: String) -> KubeStatus {
            KubeStatus.invalid(
                kind, request.key.name, [.invalid(FieldPath("spec", "expirationSeconds"), .integer(seconds), why)])
        }
        if seconds < ServiceAccountTokens.minimumSeconds {
            throw refuse("may not specify a duration less than 10 minutes")
        }
        if seconds > ServiceAccountTokens.maximumSeconds {
            throw refuse("may not specify a duration larger than 2^32 seconds")
        }
        let audiences = spec["audiences"]?.array?.compactMap(\.string) ?? []
        let bound = try spec["boundObjectRef"].flatMap { reference throws(KubeStatus) in
            try boundObject(reference, request)
        }
        spec["audiences"] = .array((audiences.isEmpty ? [ServiceAccountTokens.issuer] : audiences).map { .string($0) })
        spec["expirationSeconds"] = .integer(seconds)
        if spec["boundObjectRef"] == nil { spec["boundObjectRef"] = .null }
        try await admitCreation(of: ["spec": .object(spec)], "token", request, &context)
        do {
            let (token, expiration) = try tokens.issue(
                account, audiences: audiences, seconds: seconds, boundTo: bound)
            let answer: JSONValue = [
                "kind": .string(kind.kind), "apiVersion": .string(kind.apiVersion),
                "metadata": [
                    "name": .string(request.key.name), "namespace": .string(request.key.namespace),
                    "creationTimestamp": .string(operations.time.now().rfc3339),
                ],
                "spec": .object(spec),
                "status": ["token": .string(token), "expirationTimestamp": .string(expiration.rfc3339)],
            ]
            return .body(answer.encoded(), status: 201).warning(of: context.warnings)
        } catch {
            throw KubeStatus.internalError("cannot sign a token: \(error)")
        }
    }

    /// Refuses a request whose own metadata speak of another account.
    private func checkSubject(
        of metadata: JSONValue, _ kind: GroupVersionKind, _ account: KubeObject, _ request: ResourceRequest
    ) throws(KubeStatus) {
        var given = KubeObject(["metadata": metadata] as JSONObject)
        try operations.settleNamespace(of: &given, request.definition, namespace: request.key.namespace)
        if let name = given.name, !name.isEmpty, name != request.key.name {
            let why = "must match the service account name if specified"
            throw KubeStatus.invalid(
                kind, request.key.name, [.invalid(FieldPath("metadata", "name"), .string(name), why)])
        }
        if let uid = given.uid, !uid.isEmpty, uid != account.uid {
            throw KubeStatus.conflict(
                GroupResource(group: kind.group, resource: kind.kind), request.key.name,
                "the UID in the token request (\(uid)) does not match the UID of the service account "
                    + "(\(account.uid ?? ""))")
        }
    }

    /// The object with which a token is to die.
    private func boundObject(_ reference: JSONValue, _ request: ResourceRequest) throws(KubeStatus) -> KubeObject? {
        guard !reference.isNull else { return nil }
        let kind = reference["kind"]?.string ?? ""
        guard let resource = ["Pod": APIResource.pods, "Secret": .secrets][kind] else {
            let version = reference["apiVersion"]?.string ?? ""
            throw KubeStatus.badRequest(
                "cannot bind token to object of type \(version.contains("/") ? version : "/" + version), Kind=\(kind)")
        }
        let name = reference["name"]?.string ?? ""
        let key = ObjectKey(namespace: request.key.namespace, name: name)
        guard let stored = operations.store.object(resource.groupResource, key) else {
            throw KubeStatus.notFound(resource.groupResource, name)
        }
        if let uid = reference["uid"]?.string, uid != stored.object.uid {
            throw KubeStatus.conflict(
                GroupResource(group: "", resource: kind), name,
                "the UID in the bound object reference (\(uid)) does not match the UID in record. "
                    + "The object might have been deleted and then recreated")
        }
        return stored.object
    }
}
