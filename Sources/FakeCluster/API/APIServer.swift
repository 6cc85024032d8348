import HTTPTypes
import KubeObjects
import KubeWire
import Logging

/// Answers HTTP requests as a Kubernetes API server does: who asks, what for, may they, then the operation.
final class APIServer: Sendable {
    /// The operations behind the paths.
    let operations: ResourceOperations
    /// Discovery and OpenAPI documents.
    let documents: any DocumentSource
    /// Where pods' logs come from; nil as long as nothing runs pods.
    let logs: (any PodLogSource)?
    /// Who is who.
    let authenticator: Authenticator
    /// The tokens of service accounts.
    let tokens: ServiceAccountTokens
    /// Who may do what.
    let authorizer: Authorizer
    /// What went wrong inside goes here.
    let logger: Logger
    private let limiter: RequestLimiter

    /// A server.
    init(
        operations: ResourceOperations, documents: any DocumentSource, logs: (any PodLogSource)?,
        authenticator: Authenticator, tokens: ServiceAccountTokens, limits: RequestLimiter.Limits, logger: Logger
    ) {
        self.operations = operations
        self.documents = documents
        self.logs = logs
        self.authenticator = authenticator
        self.tokens = tokens
        authorizer = Authorizer(store: operations.store)
        limiter = RequestLimiter(limits)
        self.logger = logger
    }

    /// Answers a request.
    /// - Parameter identity: who asks; nil finds out by the request's headers.
    func handle(_ request: WireRequest, identity: UserIdentity?) async -> WireResponse {
        do throws(KubeStatus) {
            return try await respond(to: request, identity: identity)
        } catch {
            if error.code >= 500 {
                logger.debug("\(request.method) \(request.path): \(error.code) \(error.message)")
            }
            return .failure(error)
        }
    }

    private func respond(to request: WireRequest, identity: UserIdentity?) async throws(KubeStatus) -> WireResponse {
        if request.body.count > RequestBody.sizeLimit { throw KubeStatus.tooLarge(limit: RequestBody.sizeLimit) }
        let target = RequestTarget(request)
        guard let limit = try target.timeLimit() else {
            return try await respond(to: request, target, identity: identity)
        }
        let start = operations.time.now()
        let response = try await respond(to: request, target, identity: identity)
        // The client was told so when its time was over; what was begun is done all the same.
        if operations.time.now() - start > limit { throw KubeStatus.timedOut }
        return response
    }

    private func respond(
        to request: WireRequest, _ target: RequestTarget, identity: UserIdentity?
    ) async throws(KubeStatus) -> WireResponse {
        let caller: UserIdentity
        if let identity { caller = identity } else { caller = try authenticator.authenticate(request.headers) }
        let user = try impersonated(by: caller, request.headers)
        switch limiter.enter(target, user: user) {
        case .refused: return .tooManyRequests(retryAfter: 1)
        case .uncounted: return try await respond(to: request, target, user: user)
        case .counted(let place):
            defer { limiter.leave(place) }
            return try await respond(to: request, target, user: user)
        }
    }

    private func respond(
        to request: WireRequest, _ target: RequestTarget, user: UserIdentity
    ) async throws(KubeStatus) -> WireResponse {
        try authorizer.require(AccessRequest(target, user: user))
        guard let path = target.resourcePath else { return try document(target, request) }
        let resources = operations.registry.snapshot
        let groupVersion = GroupVersion(group: path.group, version: path.version)
        guard let definition = resources.definition(groupVersion, plural: path.resource) else {
            // A built-in group answers with a Status; what no handler knows, the multiplexer answers as text.
            let siblings = resources.definitions.filter { $0.resource.group == path.group }
            if siblings.contains(where: { !$0.isCustom }) { throw KubeStatus.unknownResource }
            return .pageNotFound
        }
        let isNamespaced = definition.resource.isNamespaced
        let isLost = isNamespaced ? path.name != nil && path.namespace == nil : path.hasForeignNamespace
        if isLost {
            if definition.isCustom { return .pageNotFound }
            throw KubeStatus.unknownResource
        }
        return try await resource(
            ResourceRequest(
                target: target, definition: definition, namespace: isNamespaced ? path.namespace : nil,
                name: path.name, subresource: path.subresource, user: user, wire: request,
                format: ResponseFormat(accept: request.headers[.accept] ?? "", query: target.query)))
    }

    private func resource(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        guard let warning = request.definition.deprecationWarning else { return try await answer(request) }
        let response: WireResponse
        do throws(KubeStatus) {
            response = try await answer(request)
        } catch {
            // Warned of is before anything is refused.
            response = .failure(error)
        }
        return response.warning(first: warning)
    }

    private func answer(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        if request.target.isWatchPath { return try olderWatch(request) }
        let isCustom = request.definition.isCustom
        if let name = request.subresource {
            guard let subresource = request.definition.subresources[name] else {
                throw isCustom ? .notFound(request.groupResource, request.name ?? "") : KubeStatus.unknownResource
            }
            guard subresource.verbs.contains(request.verb) else {
                throw isCustom ? .notSupported(request.verb, request.groupResource) : KubeStatus.methodNotAllowed
            }
            return try await self.subresource(name, request)
        }
        if isCustom, request.name == nil, ["update", "patch"].contains(request.verb) {
            throw KubeStatus.badRequest("name must be provided")
        }
        let isForCollection = ["create", "list", "watch", "deletecollection"].contains(request.verb)
        guard request.definition.verbs.contains(request.verb), isForCollection == (request.name == nil) else {
            throw KubeStatus.methodNotAllowed
        }
        let needsNamespace = request.definition.resource.isNamespaced && request.namespace == nil
        switch request.verb {
        case "get": return try get(request)
        case "list": return try list(request)
        case "watch": return try watch(request)
        case "create" where !needsNamespace: return try await create(request)
        case "update": return try await update(request)
        case "patch": return try await patch(request)
        case "delete": return try await delete(request)
        case "deletecollection" where !needsNamespace: return try await deleteCollection(request)
        case "create" where isCustom, "deletecollection" where isCustom: return .pageNotFound
        default: throw KubeStatus.methodNotAllowed
        }
    }

    /// A watch by its path, which only a GET is.
    private func olderWatch(_ request: ResourceRequest) throws(KubeStatus) -> WireResponse {
        if request.subresource != nil { throw KubeStatus.unknownResource }
        guard request.wire.method == .get, request.definition.verbs.contains("watch") else {
            throw KubeStatus.methodNotAllowed
        }
        return try watch(request)
    }

    private func document(_ target: RequestTarget, _ request: WireRequest) throws(KubeStatus) -> WireResponse {
        let path = target.path.count > 1 && target.path.hasSuffix("/") ? String(target.path.dropLast()) : target.path
        switch path {
        case "/healthz", "/livez", "/readyz": return .text("ok")
        case "/version": return .body(ServerVersion.json.encoded())
        default: break
        }
        let accept = request.headers[.accept] ?? ""
        guard request.method == .get || request.method == .head,
            let document = documents.document(at: path, accept: accept, resources: operations.registry.snapshot)
        else { return .pageNotFound }
        var response = WireResponse(status: .ok, headers: [.contentType: document.mediaType], bytes: document.bytes)
        for header in document.headers {
            if let name = HTTPField.Name(header.name) { response.headers[name] = header.value }
        }
        if let tag = response.headers[.eTag], request.headers[.ifNoneMatch] == tag {
            return WireResponse(status: .notModified, headers: response.headers, bytes: [])
        }
        return response
    }

    /// The user in whose name the caller acts, if the headers name one and the caller may.
    private func impersonated(by caller: UserIdentity, _ headers: HTTPFields) throws(KubeStatus) -> UserIdentity {
        guard let impersonation = try Impersonation(headers) else { return caller }
        for access in impersonation.accessRequests(by: caller) { try authorizer.require(access) }
        return impersonation.user
    }
}

extension ResourcePath {
    /// Whether the path puts a cluster-scoped resource into a namespace. A namespace's own path names itself.
    fileprivate var hasForeignNamespace: Bool {
        namespace != nil && !(resource == "namespaces" && group.isEmpty)
    }
}

/// What the server says about itself.
enum ServerVersion {
    /// The version whose behaviour the cluster follows.
    static let gitVersion = "v1.36.2"

    /// The answer of `/version`.
    static let json: JSONValue = [
        "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36", "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35", "gitVersion": .string(gitVersion),
        "gitCommit": "0000000000000000000000000000000000000000", "gitTreeState": "clean",
        "buildDate": "2026-06-09T00:00:00Z", "goVersion": "none", "compiler": "swiftc",
        "platform": "linux/amd64",
    ]
}
