import HTTPTypes
public import KubeObjects
public import KubeWire

extension KubeClient {
    /// Reads an object.
    public func get(
        _ resource: APIResource, namespace: String? = nil, name: String, subresource: String? = nil
    ) async throws -> KubeObject {
        let path = ResourcePath(resource, namespace: namespace, name: name, subresource: subresource)
        return try await object(.get, path.encoded)
    }

    /// Reads one page of a resource's objects.
    /// - Parameters:
    ///   - namespace: the namespace; nil for all, and for cluster-scoped resources.
    ///   - keep: what of an object is kept, asked as soon as it is read; nil for nothing. Whoever needs little of many
    ///     objects never has all of them in memory.
    public func list(
        _ resource: APIResource, namespace: String? = nil, options: ListOptions = ListOptions(),
        keep: @Sendable (KubeObject) -> KubeObject? = { $0 }
    ) async throws -> ObjectList {
        let path = ResourcePath(resource, namespace: namespace).encoded + options.query.encoded
        let list = try await answer(.get, path) { bytes throws(JSONError) in
            try ObjectList(parsing: bytes, of: resource, keep: keep)
        }
        guard let list else { throw TransportError(.malformedResponse, "the answer to GET \(path) is not a list") }
        return list
    }

    /// Creates an object. Its name may be left to the server (`metadata.generateName`).
    /// - Returns: the object as it is stored.
    public func create(
        _ resource: APIResource, namespace: String? = nil, _ object: KubeObject, subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws -> KubeObject {
        var path = ResourcePath(resource, namespace: namespace ?? object.namespace)
        if let subresource {
            path.name = object.name
            path.subresource = subresource
        }
        return try await self.object(
            .post, path.encoded + options.query.encoded, contentType: MediaType.json, body: object.value.encoded())
    }

    /// Replaces an object; if it carries a `resourceVersion`, only that version (otherwise 409 `Conflict`).
    /// - Parameter subresource: `status` replaces only the status.
    public func replace(
        _ resource: APIResource, namespace: String? = nil, _ object: KubeObject, subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws -> KubeObject {
        let path = ResourcePath(
            resource, namespace: namespace ?? object.namespace, name: object.name, subresource: subresource)
        return try await self.object(
            .put, path.encoded + options.query.encoded, contentType: MediaType.json, body: object.value.encoded())
    }

    /// Replaces an object's status and nothing else of it.
    public func replaceStatus(
        _ resource: APIResource, namespace: String? = nil, _ object: KubeObject,
        options: WriteOptions = WriteOptions()
    ) async throws -> KubeObject {
        try await replace(resource, namespace: namespace, object, subresource: "status", options: options)
    }

    /// Changes parts of an object.
    /// - Parameters:
    ///   - type: how the patch is to be read. ``PatchType/apply`` needs `options.fieldManager`.
    ///   - patch: the patch.
    ///   - subresource: `status` changes only the status.
    public func patch(
        _ resource: APIResource, namespace: String? = nil, name: String, type: PatchType, _ patch: JSONValue,
        subresource: String? = nil, options: WriteOptions = WriteOptions()
    ) async throws -> KubeObject {
        let path = ResourcePath(resource, namespace: namespace, name: name, subresource: subresource)
        return try await object(
            .patch, path.encoded + options.query.encoded, contentType: type.rawValue, body: patch.encoded())
    }

    /// Deletes an object, or asks for its deletion while finalizers or a grace period keep it.
    /// - Returns: the object in its last state if the server still has it, or the server's `Status`.
    @discardableResult
    public func delete(
        _ resource: APIResource, namespace: String? = nil, name: String, options: DeleteOptions = DeleteOptions()
    ) async throws -> KubeObject {
        try await object(
            .delete, ResourcePath(resource, namespace: namespace, name: name).encoded, contentType: MediaType.json,
            body: options.json.encoded())
    }

    /// Deletes the objects that a list would return.
    public func deleteCollection(
        _ resource: APIResource, namespace: String? = nil, matching: ListOptions = ListOptions(),
        options: DeleteOptions = DeleteOptions()
    ) async throws {
        let path = ResourcePath(resource, namespace: namespace).encoded + matching.query.encoded
        _ = try await json(.delete, path, contentType: MediaType.json, body: options.json.encoded())
    }

    /// The plural names of what the server serves of a group and version, as anybody may ask; empty if it knows neither.
    public func servedResources(of version: GroupVersion) async throws -> [String] {
        let list = try await resourceList(of: version)
        return list?["resources"]?.array?.compactMap { $0["name"]?.string } ?? []
    }

    /// The resource of a kind, as anybody may ask; nil if the server does not know it.
    public func servedResource(of kind: GroupVersionKind) async throws -> APIResource? {
        try await resourceList(of: kind.groupVersion).flatMap { APIResource(of: kind, in: $0) }
    }

    private func resourceList(of version: GroupVersion) async throws -> JSONValue? {
        do {
            return try await json(.get, APIResource.listPath(of: version))
        } catch let status as KubeStatus where status.isNotFound {
            return nil
        }
    }

    /// What the server says of itself at `/version`, such as `gitVersion`.
    public func serverVersion() async throws -> JSONObject {
        try await object(.get, "/version").json
    }
}
