import KubeObjects
import KubeSchema
import KubeWire

extension APIServer {
    /// PATCH with a configuration to be applied.
    func apply(
        _ request: ResourceRequest, _ context: inout OperationContext
    ) async throws(KubeStatus) -> WireResponse {
        context.fieldManager = try requiredManager(request)
        let body = try RequestBody(yaml: request.wire.body, for: request.definition)
        if context.fieldValidation != .ignore, let fault = body.repeatedKey {
            guard context.fieldValidation == .warn else {
                throw KubeStatus.badRequest(
                    "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  \(fault)")
            }
            context.warn([fault])
        }
        try body.requireVersion(request.definition.resource.apiVersion)
        var configuration = try body.object(of: request.definition, operations.registry)
        do throws(ApplyFailure) {
            try ServerSideApply.check(configuration, request.definition.strategy.mergeSchema)
        } catch {
            throw KubeStatus(error)
        }
        try operations.decode(&configuration, faults: body.faults, request.definition, &context)
        let namespace = configuration.namespace ?? ""
        if let expected = request.namespace, !namespace.isEmpty, namespace != expected {
            throw KubeStatus.badRequest(
                "the namespace of the object (\(namespace)) does not match the namespace on the request (\(expected))")
        }
        // A configuration that names no object means the one of the path.
        if (configuration.name ?? "").isEmpty { configuration.metadata["name"] = .string(request.key.name) }
        try checkName(configuration, request)
        let (object, isNew) = try await operations.apply(
            configuration, request.definition, request.key, subresource: request.subresource, &context)
        return answer(object, request, context, status: isNew ? 201 : 200)
    }

    /// Who applies: unlike in other writes, it has to be said.
    func requiredManager(_ request: ResourceRequest) throws(KubeStatus) -> String {
        guard let manager = request.query["fieldManager"], !manager.isEmpty else {
            throw KubeStatus.invalidOptions(
                "PatchOptions",
                FieldError(
                    .required, field: "fieldManager", message: "Required value: is required for apply patch"))
        }
        return manager
    }
}
