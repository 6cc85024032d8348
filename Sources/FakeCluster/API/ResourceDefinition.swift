import KubeObjects
import KubeWire

/// A resource that the server serves, built in or custom: its names, its verbs, its subresources, and the strategy
/// that knows what its objects must look like.
struct ResourceDefinition: Sendable {
    /// Group, version, plural, kind, scope.
    var resource: APIResource
    /// The singular name.
    var singular: String
    /// The kind of its lists.
    var listKind: String
    /// Short names, such as `po`.
    var shortNames: [String] = []
    /// Categories, such as `all`.
    var categories: [String] = []
    /// The verbs, in the order of discovery documents (alphabetical).
    var verbs: [String] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    /// The subresources by name, such as `status`.
    var subresources: [String: SubresourceDefinition] = [:]
    /// What the subresource `scale` shows, if there is one.
    var scalePaths = ScalePaths()
    /// Whether this is the version in which objects are stored; others are served by conversion of `apiVersion`.
    var isStorageVersion = true
    /// What whoever uses this version is warned of, if it is not to be used any more.
    var deprecationWarning: String?
    /// Whether this comes from a CustomResourceDefinition.
    var isCustom = false
    /// What its objects must look like.
    var strategy: any ResourceStrategy
    /// How objects become those of the stored version and back; nil changes `apiVersion` only.
    var conversion: ResourceConversion?
    /// Changes an object that is marked for deletion: a Namespace's phase, a CustomResourceDefinition's condition
    /// `Terminating`. Called once, with `metadata.deletionTimestamp` set already.
    var prepareForDeletion: (@Sendable (inout KubeObject, StrategyContext) -> Void)?
    /// Finalizers that an object gets when its deletion is asked for: who clears up behind a CustomResourceDefinition.
    var deletionFinalizers: [String] = []
    /// Whether an object that is deleted at once is answered itself, as Pods are, instead of a `Status`.
    var returnsDeletedObject = false
    /// Called with every change of an object, in the order of versions, before the writer gets its answer, and once for
    /// each stored object (as added) when the server starts. Must be quick and must not write.
    var onChange: (@Sendable (ObjectChange) -> Void)?
}

/// How objects of a served version become objects of the stored one: `events.k8s.io/v1` Events are stored as `v1` ones.
struct ResourceConversion: Sendable {
    /// The resource under which the objects are stored.
    var storage: GroupResource
    /// From the served to the stored form, `apiVersion` and `kind` included.
    var toStorage: @Sendable (KubeObject) -> KubeObject
    /// From the stored to the served form, `apiVersion` and `kind` included.
    var fromStorage: @Sendable (KubeObject) -> KubeObject
}

/// A subresource: its kind and verbs, for discovery.
struct SubresourceDefinition: Sendable, Hashable {
    /// Group, if it is not the parent's: `autoscaling` for a scale.
    var group: String?
    /// Version, if it is not the parent's.
    var version: String?
    /// The kind, such as `Scale`, `TokenRequest`, or the parent's.
    var kind: String
    /// The verbs.
    var verbs: [String]
}
