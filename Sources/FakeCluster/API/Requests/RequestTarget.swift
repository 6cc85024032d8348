import HTTPTypes
import KubeObjects
import KubeWire

/// What a request is about: its path, its query, and the resource that it names, if it names one.
struct RequestTarget: Sendable {
    /// The path without its query, as it was sent.
    let path: String
    /// The query.
    let query: Query
    /// The parts of a resource's path; nil for other paths.
    let resourcePath: ResourcePath?
    /// Whether the path is that of a watch in the older form, `/api/v1/watch/...`: of a collection or of one object.
    let isWatchPath: Bool
    /// The verb, as RBAC knows it: `list` for a GET of a collection; for other paths the method in lower case.
    let verb: String

    /// Reads a request's path and method.
    init(_ request: WireRequest) {
        // By bytes: a text's characters have to be found first.
        let end = request.path.utf8.firstIndex(of: UInt8(ascii: "?")) ?? request.path.endIndex
        path = String(request.path[..<end])
        query = Query(parsing: request.path[end...].dropFirst())
        let watched = Self.watchedPath(path)
        isWatchPath = watched != nil
        var resourcePath = ResourcePath(parsing: watched ?? path)
        // A single empty part (`/api/v1/`) names a document, not a resource.
        if resourcePath?.resource.isEmpty ?? false { resourcePath = nil }
        self.resourcePath = resourcePath
        let isCollection = resourcePath?.name == nil
        switch (request.method, resourcePath) {
        case (_, nil): verb = request.method.rawValue.lowercased()
        case _ where watched != nil: verb = "watch"
        case (.get, _?) where isCollection: verb = query.isSet("watch") ? "watch" : "list"
        case (.get, _?), (.head, _?): verb = "get"
        case (.post, _?): verb = "create"
        case (.put, _?): verb = "update"
        case (.patch, _?): verb = "patch"
        case (.delete, _?): verb = isCollection ? "deletecollection" : "delete"
        default: verb = request.method.rawValue.lowercased()
        }
    }

    private static let lastingSubresources: Set = ["attach", "exec", "log", "portforward", "proxy"]

    /// Whether the request lasts as long as its client likes: no limit of time or number is for it.
    var isLasting: Bool {
        verb == "watch" || resourcePath?.subresource.map(Self.lastingSubresources.contains) ?? false
    }

    /// For how long the client waits for the answer (`?timeout=`); nil if it does not say.
    func timeLimit() throws(KubeStatus) -> Duration? {
        guard let text = query["timeout"], !text.isEmpty, !isLasting else { return nil }
        do throws(GoDuration.ParseError) {
            let limit = try GoDuration.parse(text)
            return limit > .zero ? limit : nil
        } catch {
            throw KubeStatus.badRequest("invalid timeout specified in the request URL - \(error.description)")
        }
    }

    /// What is watched by a path of the older form; nil if the path is none.
    private static func watchedPath(_ path: String) -> String? {
        var parts = path.utf8.split(separator: UInt8(ascii: "/")).map(Substring.init)
        let place = parts.first == "api" ? 2 : 3
        guard parts.count > place + 1, parts[place] == "watch" else { return nil }
        parts.remove(at: place)
        return "/" + parts.joined(separator: "/")
    }
}

/// A request for a resource that is served, with everything that is known before its body is looked at.
struct ResourceRequest: Sendable {
    /// What is asked for.
    let target: RequestTarget
    /// The resource.
    let definition: ResourceDefinition
    /// The namespace; nil for all of them, and for cluster-scoped resources.
    let namespace: String?
    /// The object; nil for the collection.
    let name: String?
    /// The subresource.
    let subresource: String?
    /// Who asks.
    let user: UserIdentity
    /// The request as it came.
    let wire: WireRequest
    /// In which form the answer is wanted.
    let format: ResponseFormat

    /// The verb, as RBAC knows it.
    var verb: String { target.verb }
    /// The query.
    var query: Query { target.query }
    /// Namespace and name of the object.
    var key: ObjectKey { ObjectKey(namespace: namespace ?? "", name: name ?? "") }
    /// Group and plural name, as messages show them.
    var groupResource: GroupResource { definition.resource.groupResource }
}
