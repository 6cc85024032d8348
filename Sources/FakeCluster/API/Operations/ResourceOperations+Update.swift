import KubeObjects
import KubeSchema
import KubeWire

extension ResourceOperations {
    /// Changes an object: reads it, makes the new one of it, checks, writes; again if another write came between.
    /// - Parameters:
    ///   - subresource: the subresource through which the change comes, such as `status`.
    ///   - change: makes the new object of the present one. If it carries a `resourceVersion`, the present one must be
    ///     at it.
    ///   - isAdmitted: whether admission has no say: the server's own writes, as part of a request that it let pass.
    ///   - shown: what admission is shown of the object: a subresource's own kind, if it has one.
    /// - Returns: the changed object in the version of the definition.
    func update(
        _ definition: ResourceDefinition, _ key: ObjectKey, subresource: String? = nil,
        _ context: inout OperationContext, isAdmitted: Bool = false, shown: (KubeObject) -> KubeObject = { $0 },
        change: (KubeObject, inout OperationContext) throws(KubeStatus) -> KubeObject
    ) async throws(KubeStatus) -> KubeObject {
        let resource = definition.resource.groupResource
        while true {
            let current = try get(definition, key)
            let old = definition.served(current.object)
            var given = try change(old, &context)
            if let version = try requiredVersion(of: given) {
                guard version == old.resourceVersion else { throw KubeStatus.modified(resource, key.name) }
            } else {
                guard definition.strategy.allowsUnconditionalUpdate else {
                    throw KubeStatus.unversioned(definition.resource, key.name)
                }
                given.metadata["resourceVersion"] = nil
            }
            let new = try prepare(given, old: old, definition, subresource: subresource, &context)
            defer { admission.settle(&context) }
            // A binding is admitted as such, by who makes it.
            if subresource != "binding", !isAdmitted {
                try await admission.validate(
                    AdmissionRequest(
                        operation: .update, definition: definition, subresource: subresource,
                        namespace: old.namespace ?? "", name: key.name, object: shown(new), oldObject: shown(old)),
                    &context)
            }
            if new == old { return old }
            let isGone = removesObject(definition, new, subresource: subresource)
            if context.isDryRun { return new }
            let form = definition.stored(new, registry)
            let write = StoreWrite(
                resource: definition.storageResource, key: key, expectation: .version(current.version),
                change: isGone ? .delete(form) : .put(form))
            guard case .written(let stored) = try await commit(write) else { continue }
            return definition.served(stored.object)
        }
    }

    /// The version that an object has to be at for a change of it; nil for any.
    func requiredVersion(of given: KubeObject) throws(KubeStatus) -> String? {
        guard let text = given.resourceVersion, !text.isEmpty else { return nil }
        guard let number = UInt64(text) else {
            throw KubeStatus.unexpected("strconv.ParseUint: parsing \(text.quoted): invalid syntax")
        }
        return number == 0 ? nil : text
    }

    /// Refuses a replacement that names another object's uid: the one that it was made from is gone.
    /// - Parameter old: the present object; nil if there is none any more.
    func requireSame(
        _ given: KubeObject, as old: KubeObject?, _ key: ObjectKey, _ definition: ResourceDefinition
    ) throws(KubeStatus) {
        guard let uid = given.uid, !uid.isEmpty, uid != old?.uid else { return }
        throw KubeStatus.conflict(
            definition.resource.groupResource, key.name,
            "StorageError: invalid object, Code: 4, Key: /registry/\(definition.storagePrefix)/\(key), "
                + "ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: \(uid), "
                + "UID in object meta: \(old?.uid ?? "")")
    }

    /// Runs the rules of an update on a given object.
    private func prepare(
        _ given: KubeObject, old: KubeObject, _ definition: ResourceDefinition, subresource: String?,
        _ context: inout OperationContext
    ) throws(KubeStatus) -> KubeObject {
        let strategy = definition.strategy
        let strategyContext = strategyContext(context)
        var object = given
        MetadataUpdate.prepare(&object, old: old)
        // A binding changes what no other update may, and was checked by who makes it.
        if subresource == "binding" {
            return tracked(object, from: old, definition, subresource: subresource, context).inWireOrder
        }
        strategy.applyDefaults(&object)
        if definition.resource.group == Authorizer.group,
            object.value.withoutBookkeeping != old.value.withoutBookkeeping
        {
            try EscalationCheck(authorizer: Authorizer(store: store), user: context.user).check(
                object, definition.resource.groupResource, namespace: old.namespace ?? "",
                requestName: old.name ?? "")
        }
        strategy.prepareForUpdate(&object, old: old, subresource: subresource, strategyContext)
        if strategy.hasGeneration, strategy.changesGeneration(object, old: old) {
            object.metadata["generation"] = .integer(old.generation &+ 1)
        }
        let errors =
            ObjectMetaValidation.validateEveryUpdate(
                object, old: old, isNamespaced: definition.resource.isNamespaced)
            + strategy.validateUpdate(object, old: old, subresource: subresource, strategyContext)
        guard errors.isEmpty else {
            throw KubeStatus.invalid(definition.resource.groupVersionKind, old.name ?? "", errors)
        }
        context.warn(strategy.warnings(object, old: old))
        object.dropEmptyMetadata()
        return tracked(object, from: old, definition, subresource: subresource, context).inWireOrder
    }

    /// Whether an update takes away the last thing that kept an object which is being deleted.
    private func removesObject(_ definition: ResourceDefinition, _ object: KubeObject, subresource: String?) -> Bool {
        guard object.isBeingDeleted, object.finalizers.isEmpty else { return false }
        if definition.resource.groupResource == APIResource.namespaces.groupResource {
            return object[path: "spec", "finalizers"]?.array?.isEmpty ?? true
        }
        return object.metadata["deletionGracePeriodSeconds"]?.integer ?? 0 == 0
    }
}

extension JSONValue {
    /// An object without what the garbage collector and field management change, which gives nobody any rights.
    fileprivate var withoutBookkeeping: JSONValue {
        var object = self
        for key in ["ownerReferences", "finalizers", "managedFields"] { object.set(nil, at: ["metadata", key]) }
        return object
    }
}

extension ResourceDefinition {
    /// Where a real server keeps objects of this resource below its root (kube-apiserver, `storagefactory`).
    fileprivate var storagePrefix: String {
        let resource = storageResource
        if isCustom || resource.group == "apiextensions.k8s.io" { return "\(resource.group)/\(resource.resource)" }
        return switch resource.resource {
        case "services": "services/specs"
        case "nodes": "minions"
        case "ingresses": "ingress"
        default: resource.resource
        }
    }
}
