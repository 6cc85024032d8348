import KubeObjects
import KubeWire

/// A write as admission sees it: complete and valid, and not stored yet (apiserver, `admission.Attributes`).
struct AdmissionRequest: Sendable {
    /// What is done.
    enum Operation: String, Sendable, Hashable {
        case create = "CREATE"
        case update = "UPDATE"
        case delete = "DELETE"
        case connect = "CONNECT"
    }

    /// What is done.
    var operation: Operation
    /// The resource.
    var definition: ResourceDefinition
    /// The subresource; nil for the object itself.
    var subresource: String?
    /// The object's namespace; empty at the cluster scope.
    var namespace: String
    /// The object's name.
    var name: String
    /// The object as it will be, or what a subresource was sent; nil for a deletion.
    var object: KubeObject?
    /// The object as it was; nil for a creation.
    var oldObject: KubeObject?

    /// The kind of what is written: a subresource's may be another than its resource's.
    var kind: GroupVersionKind { Self.kind(of: definition, subresource: subresource) }

    /// The kind of a resource's objects or of a subresource.
    static func kind(of definition: ResourceDefinition, subresource: String?) -> GroupVersionKind {
        let resource = definition.resource
        guard let subresource, let known = definition.subresources[subresource] else {
            return resource.groupVersionKind
        }
        return GroupVersionKind(
            group: known.group ?? resource.group, version: known.version ?? resource.version, kind: known.kind)
    }

    /// Whether a pod's containers are to get more or less: of all that is done through subresources only this counts to
    /// a namespace's limits and quotas.
    var isResize: Bool {
        subresource == "resize" && operation == .update
            && definition.resource.groupResource == APIResource.pods.groupResource
    }

    /// Whether the object is a namespace.
    var isForNamespace: Bool { definition.resource.groupResource == APIResource.namespaces.groupResource }

    /// The namespace that the request counts to: a namespace is in itself.
    var effectiveNamespace: String { isForNamespace ? name : namespace }

    /// A refusal by an admission plugin.
    func forbidden(_ why: String) -> KubeStatus {
        KubeStatus.forbidden(definition.resource.groupResource, name, why)
    }
}
