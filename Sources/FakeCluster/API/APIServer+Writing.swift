import HTTPTypes
import KubeObjects
import KubeWire

extension APIServer {
    /// POST of an object.
    func create(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        var context = try OperationContext(request, options: "CreateOptions")
        return try await telling(&context) { context throws(KubeStatus) in
            let body = try RequestBody(request.wire, for: request.definition)
            var object = try body.object(of: request.definition, operations.registry)
            try operations.decode(&object, faults: body.faults, request.definition, &context)
            if let answer = try review(object, request) { return answer }
            let created = try await operations.create(
                request.definition, namespace: request.namespace ?? "", object, &context)
            return answer(created, request, context, status: 201)
        }
    }

    /// PUT of an object, or of one of its subresources that carry the object itself.
    func update(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        var context = try OperationContext(request, options: "UpdateOptions")
        return try await telling(&context) { context throws(KubeStatus) in
            let body = try RequestBody(request.wire, for: request.definition)
            var object = try body.object(of: request.definition, operations.registry)
            try operations.decode(&object, faults: body.faults, request.definition, &context)
            try checkName(object, request)
            return try await replaceOrCreate(object, request, &context)
        }
    }

    /// PUT of an object that may be there.
    private func replaceOrCreate(
        _ given: KubeObject, _ request: ResourceRequest, _ context: inout OperationContext
    ) async throws(KubeStatus) -> WireResponse {
        let mayCreate = request.subresource == nil && request.definition.strategy.createsOnUpdate
        while true {
            let present = operations.store.object(request.definition.storageResource, request.key)?.object
            try operations.requireSame(given, as: present, request.key, request.definition)
            do throws(KubeStatus) {
                if present == nil, mayCreate { return try await create(given, request, &context) }
                return try await replace(given, request, &context)
            } catch  where mayCreate && present == nil && error.isAlreadyExists {
                // Someone was quicker: it is an update now.
            } catch  where mayCreate && present != nil && error.isNotFound && error.details?.name == request.name {
                // Someone has deleted it since: it is a creation now.
            }
        }
    }

    /// PUT of an object that is there.
    private func replace(
        _ given: KubeObject, _ request: ResourceRequest, _ context: inout OperationContext
    ) async throws(KubeStatus) -> WireResponse {
        let updated = try await operations.update(
            request.definition, request.key, subresource: request.subresource, &context
        ) { old, _ throws(KubeStatus) in
            try operations.requireSame(given, as: old, request.key, request.definition)
            return given
        }
        return answer(updated, request, context)
    }

    /// PUT of an object that is not there, where that makes it: whoever does it must be allowed to create it, too.
    private func create(
        _ given: KubeObject, _ request: ResourceRequest, _ context: inout OperationContext
    ) async throws(KubeStatus) -> WireResponse {
        var access = AccessRequest(request.target, user: request.user)
        access.verb = "create"
        try authorizer.require(access)
        var object = given
        _ = try operations.requiredVersion(of: given)
        object.metadata["resourceVersion"] = nil
        let created = try await operations.create(
            request.definition, namespace: request.namespace ?? "", object, &context)
        return answer(created, request, context, status: 201)
    }

    /// DELETE of an object.
    func delete(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        var (options, context) = try DeletionOptions.read(request)
        try protectNamespaces(request)
        if request.definition.defersDeletionWarning, options.propagationPolicy == nil {
            context.warn([
                "child pods are preserved by default when jobs are deleted; "
                    + "set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress "
                    + "this warning"
            ])
        }
        return try await telling(&context) { context throws(KubeStatus) in
            try await delete(request, options, &context)
        }
    }

    private func delete(
        _ request: ResourceRequest, _ options: DeletionOptions, _ context: inout OperationContext
    ) async throws(KubeStatus) -> WireResponse {
        switch try await operations.delete(request.definition, request.key, options, &context) {
        case .marked(let object): return answer(object, request, context, status: options.keepsNoOrphans ? 202 : 200)
        case .removed(let object):
            if request.definition.returnsDeletedObject { return answer(object, request, context) }
            var details: JSONObject = ["name": .string(request.name ?? "")]
            if !request.groupResource.group.isEmpty { details["group"] = .string(request.groupResource.group) }
            details["kind"] = .string(request.groupResource.resource)
            details["uid"] = object.uid.map { .string($0) }
            let status: JSONValue = [
                "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
                "details": .object(details),
            ]
            return .body(status.encoded()).warning(of: context.warnings)
        }
    }

    /// DELETE of a collection: of everything that the selectors choose.
    func deleteCollection(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        let query = try ListQuery(request.query, isWatch: false)
        var (options, context) = try DeletionOptions.read(request)
        // With a limit, what a list with it would have shown goes, and no more.
        let (chosen, metadata) = try page(of: request, query, ObjectFilter(request))
        for stored in chosen {
            do throws(KubeStatus) {
                _ = try await operations.delete(request.definition, stored.key, options, &context)
            } catch  where error.isNotFound {
                // Someone else was quicker.
            }
        }
        return .body(encoder(request).list(chosen, metadata: metadata), format: request.format)
            .warning(of: context.warnings)
    }

    /// Answers a write. A refusal, too, tells what was warned of before it: a real server has written these headers by then.
    func telling(
        _ context: inout OperationContext,
        _ write: (inout OperationContext) async throws(KubeStatus) -> WireResponse
    ) async throws(KubeStatus) -> WireResponse {
        do throws(KubeStatus) {
            return try await write(&context)
        } catch {
            if context.warnings.isEmpty { throw error }
            return .failure(error).warning(of: context.warnings)
        }
    }

    /// The answer to a write: the object as it is now, and the warnings.
    func answer(
        _ object: KubeObject, _ request: ResourceRequest, _ context: OperationContext, status: Int = 200
    ) -> WireResponse {
        var shown = object
        // A dry run has stored nothing, so that a new object has no version.
        if context.isDryRun, status == 201 { shown.metadata["resourceVersion"] = nil }
        if status == 201 { shown = request.definition.strategy.answered(shown) }
        let encoder = encoder(request)
        let bytes = stored(shown, request, context).map { encoder.object($0) } ?? encoder.object(shown)
        return .body(bytes, status: status, format: request.format).warning(of: context.warnings)
    }

    /// What was stored of an object that was just written, unless it is there no more: its bytes need not be made anew.
    private func stored(_ object: KubeObject, _ request: ResourceRequest, _ context: OperationContext) -> StoredObject?
    {
        guard !context.isDryRun, request.definition.servesStoredForm,
            let stored = operations.store.object(request.definition.storageResource, object.key),
            String(stored.version) == object.resourceVersion, stored.object == object
        else { return nil }
        return stored
    }

    /// Holds the names in a body against those in the path.
    func checkName(_ object: KubeObject, _ request: ResourceRequest) throws(KubeStatus) {
        let name = request.name ?? ""
        guard let given = object.name, !given.isEmpty else {
            throw KubeStatus.badRequest(
                "the name of the object (\(name) based on URL) was undeterminable: name must be provided")
        }
        guard given == name else {
            throw KubeStatus.badRequest(
                "the name of the object (\(given)) does not match the name on the URL (\(name))")
        }
        let namespace = object.namespace ?? ""
        guard let expected = request.namespace, !namespace.isEmpty, namespace != expected else { return }
        throw KubeStatus.badRequest(
            "the namespace of the object (\(namespace)) does not match the namespace on the request (\(expected))")
    }

    /// Keeps the namespaces that a cluster cannot do without (admission plugin NamespaceLifecycle).
    private func protectNamespaces(_ request: ResourceRequest) throws(KubeStatus) {
        guard request.groupResource == APIResource.namespaces.groupResource, let name = request.name,
            ["default", "kube-system", "kube-public"].contains(name)
        else { return }
        throw KubeStatus.forbidden(request.groupResource, name, "this namespace may not be deleted")
    }
}

extension ResourceDefinition {
    /// Whether a deletion that names no policy leaves dependents behind and says so.
    fileprivate var defersDeletionWarning: Bool {
        strategy.defaultPropagation == .orphan && resource.groupResource == APIResource.jobs.groupResource
    }
}
