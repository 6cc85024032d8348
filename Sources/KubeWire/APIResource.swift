public import KubeObjects

/// A resource of the API and how its objects are called: what a request path and a manifest need to know of a type.
public struct APIResource: Sendable, Hashable {
    /// The API group; empty for the core group.
    public var group: String
    /// The version.
    public var version: String
    /// The plural name, as in paths.
    public var plural: String
    /// The kind, as in manifests.
    public var kind: String
    /// Whether objects live in namespaces.
    public var isNamespaced: Bool

    /// A resource.
    public init(group: String, version: String, plural: String, kind: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.plural = plural
        self.kind = kind
        self.isNamespaced = isNamespaced
    }

    /// Group and version as an `apiVersion` is written.
    public var apiVersion: String { GroupVersion(group: group, version: version).apiVersion }
    /// Group, version and kind.
    public var groupVersionKind: GroupVersionKind { GroupVersionKind(group: group, version: version, kind: kind) }
    /// Group and plural name.
    public var groupResource: GroupResource { GroupResource(group: group, resource: plural) }
}

/// The built-in resources that a controller and its tools talk about.
extension APIResource {
    /// Pods.
    public static let pods = APIResource(group: "", version: "v1", plural: "pods", kind: "Pod")
    /// Jobs.
    public static let jobs = APIResource(group: "batch", version: "v1", plural: "jobs", kind: "Job")
    /// Events of the core group.
    public static let events = APIResource(group: "", version: "v1", plural: "events", kind: "Event")
    /// ConfigMaps.
    public static let configMaps = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
    /// Secrets.
    public static let secrets = APIResource(group: "", version: "v1", plural: "secrets", kind: "Secret")
    /// Service accounts.
    public static let serviceAccounts = APIResource(
        group: "", version: "v1", plural: "serviceaccounts", kind: "ServiceAccount")
    /// Claims to storage.
    public static let persistentVolumeClaims = APIResource(
        group: "", version: "v1", plural: "persistentvolumeclaims", kind: "PersistentVolumeClaim")
    /// Namespaces.
    public static let namespaces = APIResource(
        group: "", version: "v1", plural: "namespaces", kind: "Namespace", isNamespaced: false)
    /// Leases.
    public static let leases = APIResource(
        group: "coordination.k8s.io", version: "v1", plural: "leases", kind: "Lease")
    /// Definitions of custom resources.
    public static let customResourceDefinitions = APIResource(
        group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions",
        kind: "CustomResourceDefinition", isNamespaced: false)
}
