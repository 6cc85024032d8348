/// A field of a resource's objects.
public struct ResourceField: Sendable, Hashable {
    /// The resource.
    public var resource: CustomResource
    /// The names on the way to the field, such as `spec`, `serviceAccountName`.
    public var path: [String]

    /// A field.
    public init(_ resource: CustomResource, _ path: [String]) {
        self.resource = resource
        self.path = path
    }

    /// The two fields by which the spec of a pod names its service account, the old one included.
    /// - Parameter pod: The way to the pod's spec.
    static func accounts(_ resource: CustomResource, pod: [String]) -> [ResourceField] {
        ["serviceAccountName", "serviceAccount"].map { ResourceField(resource, pod + [$0]) }
    }
}
