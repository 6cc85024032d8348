public import KubeObjects

/// A resource that a family reads or defines: how the API names it.
public struct CustomResource: Sendable, Hashable {
    /// The API group; empty for the core group.
    public var group: String
    /// The version.
    public var version: String
    /// The kind, such as `JobRun`.
    public var kind: String
    /// The plural name, as in paths.
    public var plural: String
    /// The singular name.
    public var singular: String
    /// Short names, such as `jr`.
    public var shortNames: [String]
    /// Whether objects live in namespaces.
    public var isNamespaced: Bool
    /// Whether the engine keeps a store of the resource. If not, objects are read when a plan needs them.
    public private(set) var isWatched: Bool

    /// A resource.
    public init(
        group: String, version: String, kind: String, plural: String, singular: String, shortNames: [String] = [],
        isNamespaced: Bool = true
    ) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.singular = singular
        self.shortNames = shortNames
        self.isNamespaced = isNamespaced
        // A cluster's Secrets are many, are not ours, and must not lie in our memory.
        isWatched = !group.isEmpty
    }

    /// The resource as one that is read when it is needed: it may be missing from a cluster, and nobody waits for it.
    var unwatched: CustomResource {
        var resource = self
        resource.isWatched = false
        return resource
    }

    /// Group and version as an `apiVersion` is written.
    public var apiVersion: String { GroupVersion(group: group, version: version).apiVersion }

    /// Group, version and kind.
    public var groupVersionKind: GroupVersionKind { GroupVersionKind(group: group, version: version, kind: kind) }

    /// The name of its CustomResourceDefinition: `jobruns.cellbytes.io`.
    public var definitionName: String { "\(plural).\(group)" }

    /// Every word by which kubectl knows the resource, in lower case: `jr`, `jobrun`, `jobruns.cellbytes.io`,
    /// `jobruns.v1.cellbytes.io`, ...
    public var words: [String] {
        let names = [singular, plural]
        return names + shortNames + names.flatMap { ["\($0).\(group)", "\($0).\(version).\(group)"] }
    }
}

/// The resources of the core group that a run may refer to.
extension CustomResource {
    /// Secrets.
    public static let secrets = core("Secret", "secrets")
    /// ConfigMaps.
    public static let configMaps = core("ConfigMap", "configmaps")
    /// Service accounts.
    public static let serviceAccounts = core("ServiceAccount", "serviceaccounts")
    /// Claims to storage.
    public static let persistentVolumeClaims = core("PersistentVolumeClaim", "persistentvolumeclaims")
    /// Namespaces.
    public static let namespaces = core("Namespace", "namespaces", isNamespaced: false)

    private static func core(_ kind: String, _ plural: String, isNamespaced: Bool = true) -> CustomResource {
        CustomResource(
            group: "", version: "v1", kind: kind, plural: plural, singular: kind.lowercased(),
            isNamespaced: isNamespaced)
    }
}

/// An object that a run refers to, such as its template.
public struct RunReference: Sendable, Hashable {
    /// The resource of the object.
    public var resource: CustomResource
    /// Its namespace and name.
    public var key: ObjectKey

    /// A reference.
    public init(resource: CustomResource, key: ObjectKey) {
        self.resource = resource
        self.key = key
    }
}
