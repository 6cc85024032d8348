/// What names an object within its resource: namespace (empty for cluster-scoped objects) and name.
public struct ObjectKey: Sendable, Hashable, CustomStringConvertible {
    /// The namespace; empty for a cluster-scoped object.
    public var namespace: String
    /// The name.
    public var name: String

    /// A namespace, empty for a cluster-scoped object, and a name.
    public init(namespace: String = "", name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// `namespace/name`, or the name alone.
    public var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
}

extension ObjectKey: Comparable {
    /// By namespace, then by name: the order of the API server's lists.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}
