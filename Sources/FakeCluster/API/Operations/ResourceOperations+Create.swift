import KubeObjects
import KubeSchema
import KubeWire

extension ResourceOperations {
    /// How often a name is generated anew if it is taken (KEP-4420).
    private static let nameAttempts = 8

    /// Stores a new object, decoded already.
    /// - Parameter namespace: the namespace of the request; empty for a cluster-scoped resource.
    /// - Returns: the object in the version of the definition.
    func create(
        _ definition: ResourceDefinition, namespace: String, _ object: KubeObject, _ context: inout OperationContext
    ) async throws(KubeStatus) -> KubeObject {
        for _ in 0..<Self.nameAttempts {
            let new = try prepared(definition, namespace: namespace, object, &context)
            defer { admission.settle(&context) }
            try await admission.validate(
                AdmissionRequest(
                    operation: .create, definition: definition, namespace: namespace, name: new.name ?? "", object: new),
                &context)
            do throws(KubeStatus) {
                return try await insert(definition, new, context)
            } catch  where error.isAlreadyExists && (object.name ?? "").isEmpty {
                // The random name is taken: another one.
            }
        }
        throw KubeStatus.alreadyExists(
            definition.resource.groupResource, object["metadata"]?["generateName"]?.string ?? "")
    }

    /// Makes a given object the one that is stored: metadata, defaults, the type's rules.
    func prepared(
        _ definition: ResourceDefinition, namespace: String, _ object: KubeObject, _ context: inout OperationContext
    ) throws(KubeStatus) -> KubeObject {
        // Admission comes before a name is generated, and names an unnamed object by what its name will begin with.
        let givenName = object.name ?? object[path: "metadata", "generateName"]?.string ?? ""
        var object = object
        try prepareMetadata(&object, definition, namespace: namespace)
        try admit(definition, namespace: namespace, name: object.name ?? "")
        let strategyContext = strategyContext(context)
        definition.strategy.applyDefaults(&object)
        if definition.resource.groupResource == APIResource.pods.groupResource {
            LimitRanger(store: store).fillIn(&object, namespace: namespace)
        }
        try EscalationCheck(authorizer: Authorizer(store: store), user: context.user).check(
            object, definition.resource.groupResource, namespace: namespace, requestName: "")
        definition.strategy.prepareForCreate(&object, strategyContext)
        if let why = definition.strategy.refusal(object, strategyContext) {
            throw KubeStatus.forbidden(definition.resource.groupResource, givenName, why)
        }
        if definition.strategy.hasGeneration { object.metadata["generation"] = 1 }
        var errors = definition.strategy.validate(object, strategyContext)
        if (object.name ?? "").isEmpty, !errors.contains(where: { $0.field == "metadata.name" }) {
            errors.insert(
                FieldError(
                    .required, field: "metadata.name", message: "Required value: name or generateName is required"),
                at: 0)
        }
        guard errors.isEmpty else {
            throw KubeStatus.invalid(definition.resource.groupVersionKind, object.name ?? "", errors)
        }
        context.warn(definition.strategy.warnings(object, old: nil))
        object.dropEmptyMetadata()
        return tracked(object, from: nil, definition, subresource: nil, context)
    }

    /// Gives a new object the namespace of its request; one that names another is refused.
    func settleNamespace(
        of object: inout KubeObject, _ definition: ResourceDefinition, namespace: String
    ) throws(KubeStatus) {
        guard definition.resource.isNamespaced else {
            object.metadata["namespace"] = nil
            return
        }
        let given = object.namespace ?? ""
        guard given.isEmpty || given == namespace else {
            throw KubeStatus.badRequest(
                "the namespace of the provided object does not match the namespace sent on the request")
        }
        object.metadata["namespace"] = .string(namespace)
    }

    /// Fills in what the server sets and takes out what a client may not.
    private func prepareMetadata(
        _ object: inout KubeObject, _ definition: ResourceDefinition, namespace: String
    ) throws(KubeStatus) {
        // Not foreseen as an error of the API by the real server either: 500 without a reason.
        if !(object.resourceVersion ?? "").isEmpty {
            throw KubeStatus.unexpected("resourceVersion should not be set on objects to be created")
        }
        try settleNamespace(of: &object, definition, namespace: namespace)
        var metadata = object.metadata
        if let base = metadata["generateName"]?.string, !base.isEmpty, (object.name ?? "").isEmpty {
            metadata["name"] = .string(RandomName.generated(from: base))
        }
        for name in ["resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"] {
            metadata[name] = nil
        }
        metadata["uid"] = .string(RandomName.uid())
        metadata["creationTimestamp"] = .string(time.now().rfc3339)
        object.metadata = metadata
        object["apiVersion"] = .string(definition.resource.apiVersion)
        object["kind"] = .string(definition.resource.kind)
    }

    /// Refuses new objects in a namespace that is not there or is going (admission plugin NamespaceLifecycle).
    private func admit(_ definition: ResourceDefinition, namespace: String, name: String) throws(KubeStatus) {
        guard definition.resource.isNamespaced else { return }
        let namespaces = APIResource.namespaces.groupResource
        guard let found = store.object(namespaces, ObjectKey(name: namespace)) else {
            throw KubeStatus.notFound(namespaces, namespace)
        }
        guard found.object.isBeingDeleted else { return }
        var status = KubeStatus.forbidden(
            definition.resource.groupResource, name,
            "unable to create new content in namespace \(namespace) because it is being terminated")
        status.details?.causes = [
            KubeStatus.Cause(
                reason: "NamespaceTerminating", message: "namespace \(namespace) is being terminated",
                field: "metadata.namespace")
        ]
        throw status
    }

    private func insert(
        _ definition: ResourceDefinition, _ object: KubeObject, _ context: OperationContext
    ) async throws(KubeStatus) -> KubeObject {
        let key = object.key
        let resource = definition.resource.groupResource
        if context.isDryRun {
            guard store.object(definition.storageResource, key) == nil else {
                throw KubeStatus.alreadyExists(resource, key.name)
            }
            return object.inWireOrder
        }
        let write = StoreWrite(
            resource: definition.storageResource, key: key, expectation: .absent,
            change: .put(definition.stored(object, registry)))
        guard case .written(let stored) = try await commit(write) else {
            throw KubeStatus.alreadyExists(resource, key.name)
        }
        return definition.served(stored.object)
    }
}
