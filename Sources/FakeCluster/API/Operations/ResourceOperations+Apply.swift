import KubeObjects
import KubeSchema
import KubeWire

extension ResourceOperations {
    /// Server-side apply (KEP-555): makes an object what a manager's configuration says, or creates it.
    /// - Returns: the object in the version of the definition, and whether it is new.
    func apply(
        _ configuration: KubeObject, _ definition: ResourceDefinition, _ key: ObjectKey, subresource: String?,
        _ context: inout OperationContext
    ) async throws(KubeStatus) -> (object: KubeObject, isNew: Bool) {
        context.hasSettledOwners = true
        while true {
            if store.object(definition.storageResource, key) != nil {
                let updated = try await update(definition, key, subresource: subresource, &context) {
                    live, context throws(KubeStatus) in
                    try applied(configuration, to: live, definition, key, subresource: subresource, context)
                }
                return (updated, false)
            }
            guard subresource == nil else {
                throw KubeStatus.notFound(definition.resource.groupResource, key.name)
            }
            if let uid = configuration.uid {
                throw KubeStatus.conflict(
                    definition.resource.groupResource, key.name,
                    "uid mismatch: the provided object specified uid \(uid), and no existing object was found")
            }
            do throws(KubeStatus) {
                var new = try applied(configuration, to: nil, definition, key, subresource: nil, context)
                // Which version is to be changed is of no account where there is none: the object is made.
                _ = try requiredVersion(of: new)
                new.metadata["resourceVersion"] = nil
                return (try await create(definition, namespace: key.namespace, new, &context), true)
            } catch  where error.isAlreadyExists {
                // Someone was quicker: it is an update now.
            }
        }
    }

    private func applied(
        _ configuration: KubeObject, to live: KubeObject?, _ definition: ResourceDefinition, _ key: ObjectKey,
        subresource: String?, _ context: OperationContext
    ) throws(KubeStatus) -> KubeObject {
        let manager = FieldManager(
            context.fieldManager, .apply, apiVersion: definition.resource.apiVersion, subresource: subresource ?? "")
        do throws(ApplyFailure) {
            return try ServerSideApply.apply(
                configuration, to: live, schema: definition.strategy.mergeSchema, manager: manager,
                force: context.isForced, now: time.now())
        } catch {
            throw KubeStatus(error)
        }
    }

    /// An object as any other write leaves it: the writer owns what it has changed.
    func tracked(
        _ object: KubeObject, from old: KubeObject?, _ definition: ResourceDefinition, subresource: String?,
        _ context: OperationContext
    ) -> KubeObject {
        if context.hasSettledOwners { return object }
        let manager = FieldManager(
            context.fieldManager.isEmpty ? "unknown" : context.fieldManager, .update,
            apiVersion: definition.resource.apiVersion, subresource: subresource ?? "")
        return ServerSideApply.track(
            object, from: old, schema: definition.strategy.mergeSchema, manager: manager, now: time.now())
    }
}

extension KubeStatus {
    /// The server's answer to a configuration that cannot be applied.
    init(_ failure: ApplyFailure) {
        switch failure {
        case .invalid(let message): self = .badRequest(message)
        case .untyped(let message): self = .unexpected(message)
        case .conflicts(let conflicts):
            self.init(
                code: 409, reason: .conflict, message: failure.description,
                details: KubeStatus.Details(
                    causes: conflicts.map {
                        KubeStatus.Cause(reason: "FieldManagerConflict", message: $0.message, field: $0.field)
                    }))
        }
    }
}
