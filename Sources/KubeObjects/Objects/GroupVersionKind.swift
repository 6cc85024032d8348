/// An API group and version, as in `apiVersion`: `batch/v1`, or `v1` for the core group.
public struct GroupVersion: Sendable, Hashable {
    /// The API group; empty for the core group.
    public var group: String
    /// The version, such as `v1`.
    public var version: String

    /// A group and a version.
    public init(group: String, version: String) {
        self.group = group
        self.version = version
    }

    /// Reads an `apiVersion`. What has no slash is a version of the core group.
    public init(apiVersion: String) {
        if let slash = apiVersion.firstIndex(of: "/") {
            self.init(
                group: String(apiVersion[..<slash]), version: String(apiVersion[apiVersion.index(after: slash)...]))
        } else {
            self.init(group: "", version: apiVersion)
        }
    }

    /// As an `apiVersion` is written.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
}

/// The type of an object: group, version and kind.
public struct GroupVersionKind: Sendable, Hashable {
    /// The API group; empty for the core group.
    public var group: String
    /// The version, such as `v1`.
    public var version: String
    /// The kind, such as `Job`.
    public var kind: String

    /// A group, a version and a kind.
    public init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    /// From the two fields that every object carries.
    public init(apiVersion: String, kind: String) {
        let groupVersion = GroupVersion(apiVersion: apiVersion)
        self.init(group: groupVersion.group, version: groupVersion.version, kind: kind)
    }

    /// Group and version.
    public var groupVersion: GroupVersion { GroupVersion(group: group, version: version) }
    /// Group and version as an `apiVersion` is written.
    public var apiVersion: String { groupVersion.apiVersion }
}

/// A resource whatever its version: group and plural name, as RBAC and error details use it.
public struct GroupResource: Sendable, Hashable, CustomStringConvertible {
    /// The API group; empty for the core group.
    public var group: String
    /// The plural resource name, such as `jobs`.
    public var resource: String

    /// A group and a plural name.
    public init(group: String, resource: String) {
        self.group = group
        self.resource = resource
    }

    /// `jobs.batch`, or `pods` for the core group: the form that the API server's messages use.
    public var description: String { group.isEmpty ? resource : "\(resource).\(group)" }
}
