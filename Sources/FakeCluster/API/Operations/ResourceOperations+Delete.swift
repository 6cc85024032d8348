import KubeObjects
import KubeWire

/// What a deletion has done.
enum DeletionResult: Sendable {
    /// The object is gone; its last state.
    case removed(KubeObject)
    /// The object is marked and still there.
    case marked(KubeObject)
}

extension ResourceOperations {
    /// Deletes an object, or marks it while finalizers or a grace period keep it.
    /// - Parameter isAdmitted: whether admission has let it pass already, as another request's.
    func delete(
        _ definition: ResourceDefinition, _ key: ObjectKey, _ options: DeletionOptions,
        _ context: inout OperationContext, isAdmitted: Bool = false
    ) async throws(KubeStatus) -> DeletionResult {
        while true {
            let current = try get(definition, key)
            let object = definition.served(current.object)
            try checkPreconditions(object, definition, options)
            let change: StoreWrite.Change
            let result: DeletionResult
            let decision = Deletion(object, definition, options, now: time.now())
            switch decision {
            case .pending: return .marked(object)
            default: if !isAdmitted { try await admitDeletion(of: object, definition, &context) }
            }
            switch decision {
            case .pending: return .marked(object)
            case .remove:
                change = .delete(current.object)
                result = .removed(object)
            case .mark(var marked):
                if !object.isBeingDeleted { definition.prepareForDeletion?(&marked, strategyContext(context)) }
                marked.setNamespacePhase()
                change = .put(definition.stored(marked, registry))
                result = .marked(marked)
            }
            if context.isDryRun { return result }
            let write = StoreWrite(
                resource: definition.storageResource, key: key, expectation: .version(current.version), change: change)
            guard case .written(let stored) = try await commit(write) else { continue }
            switch result {
            case .removed: return .removed(definition.served(stored.object))
            case .marked: return .marked(definition.served(stored.object))
            }
        }
    }

    private func admitDeletion(
        of object: KubeObject, _ definition: ResourceDefinition, _ context: inout OperationContext
    ) async throws(KubeStatus) {
        try await admission.validate(
            AdmissionRequest(
                operation: .delete, definition: definition, namespace: object.namespace ?? "",
                name: object.name ?? "", oldObject: object), &context)
    }

    /// Refuses to delete another object, or another version of it, than the one that is meant.
    func checkPreconditions(
        _ object: KubeObject, _ definition: ResourceDefinition, _ options: DeletionOptions
    ) throws(KubeStatus) {
        // Named by its kind: the server has no resource at hand here.
        let resource = GroupResource(group: definition.resource.group, resource: definition.resource.kind)
        if let uid = options.uid, uid != object.uid {
            throw KubeStatus.conflict(
                resource, object.name ?? "",
                "the UID in the precondition (\(uid)) does not match the UID in record (\(object.uid ?? "")). "
                    + "The object might have been deleted and then recreated")
        }
        if let version = options.resourceVersion, version != object.resourceVersion {
            throw KubeStatus.conflict(
                resource, object.name ?? "",
                "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in record "
                    + "(\(object.resourceVersion ?? "")). The object might have been modified")
        }
    }
}

extension KubeObject {
    /// A namespace that is marked for deletion shows so in its phase.
    fileprivate mutating func setNamespacePhase() {
        guard groupVersionKind == APIResource.namespaces.groupVersionKind else { return }
        var status = self["status"] ?? [:]
        status["phase"] = "Terminating"
        self["status"] = status
    }
}
