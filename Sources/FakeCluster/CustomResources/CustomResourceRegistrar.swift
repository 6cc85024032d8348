import KubeObjects
import KubeWire
import Synchronization

/// Keeps what is served in step with the CustomResourceDefinitions: an established one is served from the moment that it
/// is stored, a changed one is served changed, a deleted one no more.
final class CustomResourceRegistrar: Sendable {
    /// Which state of a definition is served.
    private struct Served: Hashable {
        var uid: String
        var generation: Int64
    }

    // The registry holds the definition that holds this.
    private weak let registry: ResourceRegistry?
    private let served = Mutex<[GroupResource: Served]>([:])

    /// A registrar for a registry.
    init(registry: ResourceRegistry) {
        self.registry = registry
    }

    /// Follows a change of a definition.
    func follow(_ change: ObjectChange) {
        let crd = change.object
        let spec = crd["spec"] ?? [:]
        let resource = GroupResource(group: spec.text("group"), resource: spec["names"]?.text("plural") ?? "")
        if change.kind == .deleted {
            served.withLock { $0[resource] = nil }
            registry?.remove(resource)
            return
        }
        let status = CustomResourceDefinitionStatus(crd["status"] ?? [:], now: Timestamp(seconds: 0))
        guard status.isEstablished else { return }
        // Compiling schemas takes a while; a change of the status alone needs none.
        let state = Served(uid: crd.uid ?? "", generation: crd.generation)
        let isNew = served.withLock { served in
            defer { served[resource] = state }
            return served[resource] != state
        }
        if isNew { registry?.replace(resource, with: ResourceDefinition.custom(crd)) }
    }
}

extension ResourceRegistry {
    /// A registry of the built-in kinds, to which CustomResourceDefinitions add theirs.
    /// - Parameter policies: what follows the admission policies.
    static func standard(_ policies: AdmissionPolicyIndex = AdmissionPolicyIndex()) -> ResourceRegistry {
        let registry = ResourceRegistry(BuiltinKinds.definitions + BuiltinKinds.admissionPolicies(followedBy: policies))
        // The definition lives in the registry, so that it must not hold it.
        let rules = CustomResourceDefinitionRules { [weak registry] group, name in
            registry?.customNames(group: group, except: name) ?? CustomResourceNames()
        }
        var definition = BuiltinKinds.define(
            "apiextensions.k8s.io/v1", "customresourcedefinitions", "CustomResourceDefinition", isNamespaced: false,
            shortNames: ["crd", "crds"], categories: ["api-extensions"], hasStatus: true, rules: rules)
        definition.prepareForDeletion = { crd, context in
            var status = CustomResourceDefinitionStatus(crd["status"] ?? [:], now: context.now)
            status.set(
                "Terminating", "True", "InstanceDeletionPending",
                "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon")
            crd["status"] = status.json
        }
        definition.deletionFinalizers = [CustomResourceDefinitionStatus.cleanupFinalizer]
        let registrar = CustomResourceRegistrar(registry: registry)
        definition.onChange = { registrar.follow($0) }
        registry.replace(definition.resource.groupResource, with: [definition])
        return registry
    }

    /// The names of the custom resources of a group, one definition left out.
    private func customNames(group: String, except name: String) -> CustomResourceNames {
        var names = CustomResourceNames()
        for definition in snapshot.definitions where definition.resource.group == group && definition.isCustom {
            if "\(definition.resource.plural).\(group)" != name { names.formUnion(CustomResourceNames(definition)) }
        }
        return names
    }
}

extension CustomResourceNames {
    /// The names under which a resource is served.
    fileprivate init(_ definition: ResourceDefinition) {
        self.init()
        resources = Set([definition.resource.plural, definition.singular] + definition.shortNames)
        kinds = [definition.resource.kind, definition.listKind]
    }
}
