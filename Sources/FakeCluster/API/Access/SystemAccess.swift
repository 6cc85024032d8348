import KubeObjects
import KubeWire

/// The cluster as its own controllers see it: the operations of the API as a system user.
struct SystemAccess: ClusterAccess {
    /// The operations that requests go through, too.
    let operations: ResourceOperations
    /// The component, as its writes name it in `managedFields`.
    var component = "kube-controller-manager"

    private var context: OperationContext {
        var context = OperationContext(user: UserIdentity(name: "system:\(component)", groups: ["system:masters"]))
        context.fieldManager = component
        context.fieldValidation = .ignore
        return context
    }

    func get(_ resource: APIResource, _ key: ObjectKey) async throws(KubeStatus) -> KubeObject? {
        let definition = try definition(of: resource)
        return operations.store.object(definition.storageResource, key).map { definition.served($0.object) }
    }

    func list(_ resource: APIResource, namespace: String?) async throws(KubeStatus) -> [KubeObject] {
        let definition = try definition(of: resource)
        return operations.store.objects(definition.storageResource, in: namespace).objects.map {
            definition.served($0.object)
        }
    }

    func create(_ resource: APIResource, _ object: KubeObject) async throws(KubeStatus) -> KubeObject {
        let definition = try definition(of: resource)
        var context = context
        var object = object
        try operations.decode(&object, definition, &context)
        return try await operations.create(definition, namespace: object.namespace ?? "", object, &context)
    }

    func update(_ resource: APIResource, _ object: KubeObject) async throws(KubeStatus) -> KubeObject {
        try await replace(resource, object, subresource: nil)
    }

    func updateStatus(_ resource: APIResource, _ object: KubeObject) async throws(KubeStatus) -> KubeObject {
        try await replace(resource, object, subresource: "status")
    }

    func finalize(_ namespace: KubeObject) async throws(KubeStatus) {
        _ = try await replace(.namespaces, namespace, subresource: "finalize")
    }

    func bind(_ pod: ObjectKey, uid: String, to node: String) async throws(KubeStatus) {
        var context = context
        var binding = KubeObject(apiVersion: "v1", kind: "Binding", namespace: pod.namespace, name: pod.name)
        binding.metadata["uid"] = .string(uid)
        binding["target"] = ["kind": "Node", "name": .string(node)]
        try await operations.bind(definition(of: .pods), pod, binding, &context)
    }

    func delete(
        _ resource: APIResource, _ key: ObjectKey, _ options: DeletionOptions
    ) async throws(KubeStatus) {
        var context = context
        _ = try await operations.delete(definition(of: resource), key, options, &context)
    }

    func changes(of resources: [APIResource]?) -> AsyncStream<ObjectChange> {
        let registry = operations.registry
        let wanted = resources?.compactMap { resource in
            registry.definition(resource.groupVersion, plural: resource.plural)
        }
        let byStorage = Dictionary(
            (wanted ?? []).map { ($0.storageResource, $0) }, uniquingKeysWith: { first, _ in first })
        return operations.store.changes(of: wanted?.map(\.storageResource)) { resource, event in
            guard let definition = byStorage[resource] ?? registry.storageDefinition(of: resource) else { return nil }
            return ObjectChange(
                kind: event.isDeletion ? .deleted : event.previous == nil ? .added : .modified,
                resource: definition.resource, object: definition.served(event.object.object))
        }
    }

    func storedResources() -> [APIResource] {
        operations.registry.snapshot.definitions
            .filter { $0.isStorageVersion && $0.conversion == nil && $0.verbs.contains("list") }.map(\.resource)
    }

    private func replace(
        _ resource: APIResource, _ object: KubeObject, subresource: String?
    ) async throws(KubeStatus) -> KubeObject {
        let definition = try definition(of: resource)
        var context = context
        return try await operations.update(definition, object.key, subresource: subresource, &context) {
            present, context throws(KubeStatus) in
            var decoded = object
            try operations.decode(&decoded, madeFrom: present, definition, &context)
            return decoded
        }
    }

    private func definition(of resource: APIResource) throws(KubeStatus) -> ResourceDefinition {
        guard let definition = operations.registry.definition(resource.groupVersion, plural: resource.plural) else {
            throw KubeStatus.unknownResource
        }
        return definition
    }
}

extension APIResource {
    /// Group and version.
    var groupVersion: GroupVersion { GroupVersion(group: group, version: version) }
}
