/// The path of a resource request: which resource, in which namespace, which object, which subresource.
///
/// Paths are those of the API conventions: `/api/v1/...` for the core group, `/apis/GROUP/VERSION/...` for the others.
public struct ResourcePath: Sendable, Hashable {
    /// The API group; empty for the core group.
    public var group: String
    /// The version.
    public var version: String
    /// The namespace; nil for all namespaces and for cluster-scoped resources.
    public var namespace: String?
    /// The plural resource name.
    public var resource: String
    /// The object's name; nil for the collection.
    public var name: String?
    /// The subresource, such as `status` or `log`.
    public var subresource: String?

    /// A path of its parts.
    public init(
        group: String, version: String, namespace: String? = nil, resource: String, name: String? = nil,
        subresource: String? = nil
    ) {
        self.group = group
        self.version = version
        self.namespace = namespace
        self.resource = resource
        self.name = name
        self.subresource = subresource
    }

    /// The path of a resource's collection, of an object, or of an object's subresource.
    public init(_ resource: APIResource, namespace: String?, name: String? = nil, subresource: String? = nil) {
        self.init(
            group: resource.group, version: resource.version,
            namespace: resource.isNamespaced && namespace?.isEmpty == false ? namespace : nil,
            resource: resource.plural, name: name, subresource: subresource)
    }

    /// The path as it goes into a request, each part percent-encoded.
    public var encoded: String {
        var path = group.isEmpty ? "/api/" : "/apis/\(PercentEncoding.encode(group))/"
        path += PercentEncoding.encode(version)
        if let namespace { path += "/namespaces/\(PercentEncoding.encode(namespace))" }
        path += "/\(PercentEncoding.encode(resource))"
        if let name { path += "/\(PercentEncoding.encode(name))" }
        if let subresource { path += "/\(subresource)" }
        return path
    }

    /// Reads a request path without its query. Nil if it is not the path of a resource.
    ///
    /// `namespaces/NAME` and its subresources `status` and `finalize` are the namespace object itself; anything else
    /// behind it is a resource inside the namespace.
    public init?(parsing path: String) {
        // By bytes: a text's characters have to be found first.
        let parts = path.utf8.split(separator: UInt8(ascii: "/"))
            .map { PercentEncoding.decode(String(Substring($0))) }
        let rest: ArraySlice<String>
        switch parts.first {
        case "api" where parts.count >= 3:
            self.init(group: "", version: parts[1], resource: "")
            rest = parts[2...]
        case "apis" where parts.count >= 4:
            self.init(group: parts[1], version: parts[2], resource: "")
            rest = parts[3...]
        default:
            return nil
        }
        self.fill(from: Array(rest))
    }

    private mutating func fill(from parts: [String]) {
        var parts = parts[...]
        if parts.count >= 3, parts.first == "namespaces", !["status", "finalize"].contains(parts[parts.startIndex + 2])
        {
            namespace = parts[parts.startIndex + 1]
            parts = parts.dropFirst(2)
        }
        resource = parts.popFirst() ?? ""
        name = parts.popFirst()
        subresource = parts.isEmpty ? nil : parts.joined(separator: "/")
        if resource == "namespaces", group.isEmpty, let name { namespace = name }
    }
}
