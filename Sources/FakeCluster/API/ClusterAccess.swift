import KubeObjects
import KubeWire

/// How the built-in controllers and the pod runner use the server: the operations of the API without HTTP, as a
/// system user, with the same defaulting, validation and versioning that a client's request meets.
protocol ClusterAccess: Sendable {
    /// An object as it is stored; nil if there is none.
    func get(_ resource: APIResource, _ key: ObjectKey) async throws(KubeStatus) -> KubeObject?
    /// All objects of a resource, of one namespace or of all, in order of namespace and name.
    func list(_ resource: APIResource, namespace: String?) async throws(KubeStatus) -> [KubeObject]
    /// Stores a new object.
    func create(_ resource: APIResource, _ object: KubeObject) async throws(KubeStatus) -> KubeObject
    /// Replaces an object; its `resourceVersion`, if there, must be the stored one.
    func update(_ resource: APIResource, _ object: KubeObject) async throws(KubeStatus) -> KubeObject
    /// Replaces an object's status; its `resourceVersion`, if there, must be the stored one.
    func updateStatus(_ resource: APIResource, _ object: KubeObject) async throws(KubeStatus) -> KubeObject
    /// Assigns a pod to a node, as the `binding` subresource does: sets `spec.nodeName` and the condition `PodScheduled`
    /// in one write.
    /// - Throws: a conflict if the pod is assigned already or has another uid.
    func bind(_ pod: ObjectKey, uid: String, to node: String) async throws(KubeStatus)
    /// Replaces a namespace's `spec.finalizers`, as its `finalize` subresource does; a namespace that is being deleted
    /// and has no finalizer left goes.
    func finalize(_ namespace: KubeObject) async throws(KubeStatus)
    /// Deletes an object, or marks it for deletion while finalizers or a grace period keep it.
    func delete(_ resource: APIResource, _ key: ObjectKey, _ options: DeletionOptions) async throws(KubeStatus)
    /// Every change of these resources (nil: of all, custom ones included), beginning with an `added` for each object
    /// that is there. The sequence never drops a change; it ends when its reader is cancelled.
    func changes(of resources: [APIResource]?) -> AsyncStream<ObjectChange>
    /// Every resource of which objects can be stored, custom ones included, in its storage version, whether or not there
    /// are any.
    func storedResources() -> [APIResource]
}

/// How an object is deleted.
struct DeletionOptions: Sendable, Hashable {
    /// Seconds to leave a pod for its end; nil for the pod's own. 0 removes at once.
    var gracePeriodSeconds: Int?
    /// Deletes only the object with this uid.
    var uid: String?
    /// Deletes only the object at this version.
    var resourceVersion: String?
    /// What happens with the dependents; nil for the resource's default.
    var propagationPolicy: PropagationPolicy?
    /// Whether the request said `orphanDependents: false`: a deletion that is not done at once is then answered with 202.
    var keepsNoOrphans = false
}

/// One change of a stored object, as controllers see it.
struct ObjectChange: Sendable {
    /// What happened.
    enum Kind: Sendable, Hashable { case added, modified, deleted }
    /// What happened.
    var kind: Kind
    /// The resource.
    var resource: APIResource
    /// The object after the change; for a deletion, its last state.
    var object: KubeObject
}
