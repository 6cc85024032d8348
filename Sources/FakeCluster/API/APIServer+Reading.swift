import KubeObjects
import KubeWire

extension APIServer {
    /// GET of an object.
    func get(_ request: ResourceRequest) throws(KubeStatus) -> WireResponse {
        let query = try ListQuery(request.query, isWatch: false)
        if case .atLeast(let version) = query.version { try requireReached(version) }
        let stored = try operations.get(request.definition, request.key)
        try request.format.requireMetadata(ofList: false, request.definition)
        return .body(encoder(request).object(stored), format: request.format)
    }

    /// GET of a collection.
    func list(_ request: ResourceRequest) throws(KubeStatus) -> WireResponse {
        let query = try ListQuery(request.query, isWatch: false)
        let filter = try ObjectFilter(request)
        try request.format.requireMetadata(ofList: true, request.definition)
        let (items, metadata) = try page(of: request, query, filter)
        return .body(encoder(request).list(items, metadata: metadata), format: request.format)
    }

    /// The objects that a list shows, and the list's metadata.
    func page(
        of request: ResourceRequest, _ query: ListQuery, _ filter: ObjectFilter
    ) throws(KubeStatus) -> (items: [StoredObject], metadata: JSONObject) {
        let (version, objects) = try objects(request, query)
        var rest = objects
        if let token = query.token { rest = rest.drop { $0.key <= token.last } }
        var items: [StoredObject] = []
        var metadata: JSONObject = ["resourceVersion": .string(String(version))]
        while let next = rest.popFirst() {
            guard filter.matches(next) else { continue }
            items.append(next)
            if items.count == query.limit { break }
        }
        if items.count == query.limit, let last = items.last, rest.contains(where: filter.matches) {
            metadata["continue"] = .string(ContinueToken(version: version, last: last.key).text)
            if !filter.selects { metadata["remainingItemCount"] = .integer(Int64(rest.count)) }
        }
        return (items, metadata)
    }

    /// What a request's objects are written with.
    func encoder(_ request: ResourceRequest) -> ObjectEncoder {
        ObjectEncoder(definition: request.definition, format: request.format, time: operations.time)
    }

    /// The objects of the request's namespace at the version that it asks for.
    private func objects(
        _ request: ResourceRequest, _ query: ListQuery
    ) throws(KubeStatus) -> (version: UInt64, objects: ArraySlice<StoredObject>) {
        let store = operations.store
        let resource = request.definition.storageResource
        if let token = query.token, let version = token.version {
            guard let objects = store.objects(resource, at: version) else { throw KubeStatus.expired(token) }
            return (version, objects.inNamespace(request.namespace))
        }
        switch query.version {
        case .newest: return store.objects(resource, in: request.namespace)
        case .atLeast(let version):
            try requireReached(version)
            return store.objects(resource, in: request.namespace)
        case .exactly(let version):
            try requireReached(version)
            guard let objects = store.objects(resource, at: version) else {
                throw KubeStatus.expired("The resourceVersion for the provided list is too old.")
            }
            return (version, objects.inNamespace(request.namespace))
        }
    }

    /// Refuses a version that does not exist yet. A real server waits some seconds for its cache to catch up; here
    /// every version that was ever answered can be read.
    func requireReached(_ version: UInt64) throws(KubeStatus) {
        let current = operations.store.version
        guard version > current else { return }
        throw KubeStatus(
            code: 504, reason: .timeout,
            message: "Timeout: Too large resource version: \(version), current: \(current)",
            details: KubeStatus.Details(
                causes: [KubeStatus.Cause(reason: "ResourceVersionTooLarge", message: "Too large resource version")],
                retryAfterSeconds: 1))
    }
}

extension [StoredObject] {
    /// Those of a namespace, or all.
    fileprivate func inNamespace(_ namespace: String?) -> ArraySlice<StoredObject> {
        guard let namespace else { return self[...] }
        return filter { $0.key.namespace == namespace }[...]
    }
}
